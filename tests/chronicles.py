"""Runs as tests of a history draw them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from gate.brief import Brief

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def at(minutes: float) -> str:
    return (BEGIN + timedelta(minutes=minutes)).isoformat(timespec="microseconds")


def brief(name: str, minutes: float, value: float | None = 0.5, **changed: Any) -> Brief:
    """A finished run that ended so many minutes after `BEGIN`."""
    values = {} if value is None else {"test/accuracy": (value, value, value)}
    return Brief(name, **{"status": "completed", "completed": at(minutes), "values": values, **changed})


def metric(value: float, name: str = "test/accuracy") -> dict[str, Any]:
    """``last_metrics`` of a task that reported one value."""
    title, series = name.split("/", 1)
    facts = dict.fromkeys(("value", "min_value", "max_value", "first_value", "mean_value"), value)
    entry = {"metric": title, "variant": series, "count": 1, **facts}
    one, other = (hashlib.md5(text.encode()).hexdigest() for text in (title, series))
    return {one: {other: entry}}


def document(number: int, value: float, every: float = 60, **changed: Any) -> Mapping[str, Any]:
    """A task that the server holds: the ``number``-th of its project, so many minutes after the one before it."""
    ended = at(every * number)
    times = {"created": ended, "started": ended, "completed": ended, "last_change": ended, "last_update": ended}
    script = {"version_num": f"{number:040x}", "diff": "", "repository": "", "branch": "main"}
    return {**times, "script": script, "last_metrics": metric(value), **changed}
