"""Reported events in SQLite: scalars as numbers, everything else (plots, log lines, images) as JSON.

A scalar or plot reported again for the same metric, variant and iteration replaces the earlier one.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

Event = dict[str, Any]

SCALAR = "training_stats_scalar"
LOG = "log"
SINGLE = -(2**31)  # the iteration under which a value without a curve is kept

SCHEMA = """
CREATE TABLE IF NOT EXISTS scalars (
    owner TEXT, metric TEXT, variant TEXT, iter INTEGER, timestamp INTEGER, value REAL,
    PRIMARY KEY (owner, metric, variant, iter)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reports (
    number INTEGER PRIMARY KEY, owner TEXT, type TEXT, metric TEXT, variant TEXT, iter INTEGER, body TEXT,
    UNIQUE (owner, type, metric, variant, iter)
);
"""


class Point(NamedTuple):
    metric: str
    variant: str
    iter: int
    timestamp: int
    value: float


class Events:
    """Used inside a transaction of the documents, which share the connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.executescript(SCHEMA)

    def add(self, events: Iterable[Event]) -> None:
        events = list(events)
        self._connection.executemany(
            "INSERT OR REPLACE INTO scalars VALUES (?, ?, ?, ?, ?, ?)",
            [scalar_row(event) for event in events if event["type"] == SCALAR],
        )
        self._connection.executemany(
            "INSERT OR REPLACE INTO reports (owner, type, metric, variant, iter, body) VALUES (?, ?, ?, ?, ?, ?)",
            [report_row(event) for event in events if event["type"] != SCALAR],
        )

    def points(self, owner: str, metrics: Sequence[dict[str, Any]] = ()) -> list[Point]:
        """The scalars of a task or model by metric, variant and iteration; all, or those of the wanted metrics."""
        rows = self._connection.execute(
            "SELECT metric, variant, iter, timestamp, value FROM scalars WHERE owner = ?"
            " ORDER BY metric, variant, iter",
            (owner,),
        )
        return [point for point in map(Point._make, rows) if wanted(metrics, point.metric, point.variant)]

    def reports(self, owner: str, type: str) -> list[Event]:
        """Everything of one other type, in the order it was reported."""
        rows = self._connection.execute(
            "SELECT body FROM reports WHERE owner = ? AND type = ? ORDER BY number", (owner, type)
        )
        return [json.loads(body) for (body,) in rows]

    def forget(self, owner: str) -> None:
        for table in ("scalars", "reports"):
            self._connection.execute(f"DELETE FROM {table} WHERE owner = ?", (owner,))


def wanted(metrics: Sequence[dict[str, Any]], metric: str, variant: str) -> bool:
    if not metrics:
        return True
    return any(m.get("metric") == metric and (not m.get("variants") or variant in m["variants"]) for m in metrics)


def scalar_row(event: Event) -> tuple[Any, ...]:
    return (event["task"], event["metric"], event["variant"], event["iter"], event["timestamp"], event["value"])


def report_row(event: Event) -> tuple[Any, ...]:
    """Log lines have no metric: SQL tells rows with NULL apart, so that none replaces another."""
    keys = (None, None) if event["type"] == LOG else (event["metric"], event["variant"])
    return (event["task"], event["type"], *keys, event["iter"], json.dumps(event))
