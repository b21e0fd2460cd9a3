"""Prediction tables to counts: the one pass over the rows, and the only door to DuckDB.

Everything later (scores, tests, charts) is a pure function of what leaves here, whose size is bounded by
classes, never by rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]

COLUMNS = ("id", "y_true", "y_pred")


class UnusablePredictions(Exception):
    """A prediction table, or a pair of them, that cannot be counted; the message says why in a sentence."""


@dataclass(frozen=True)
class PairedCounts:
    """How often each distinct (truth, best's prediction, candidate's prediction) occurs over the same rows.

    ``labels`` is the union of the labels in the truth and in both predictions, sorted; ``truth``, ``best`` and
    ``candidate`` index it and, with ``count``, all have the same length (one entry per distinct triple).
    ``matched`` is the share of all ids found in both tables, in [0, 1].
    """

    labels: tuple[str, ...]
    truth: Codes
    best: Codes
    candidate: Codes
    count: Codes
    matched: float

    @property
    def rows(self) -> int:
        return int(self.count.sum())


def paired_counts(best: Path, candidate: Path) -> PairedCounts:
    """Count two Parquet prediction tables (columns id, y_true, y_pred) joined by id.

    Raises:
        UnusablePredictions: a table is unreadable, lacks a column, repeats an id, or the truths of one id differ.
    """
    with duckdb.connect() as engine:
        for name, path in (("best", best), ("candidate", candidate)):
            _open(engine, name, path)
        both, either, differing = _row(engine, _OVERLAP)
        if differing:
            raise UnusablePredictions(f"{differing:,} ids have another y_true in the two tables: the test set changed")
        if not both:
            raise UnusablePredictions("the two tables have no id in common: they are of different test sets")
        triples = engine.execute(_TRIPLES).fetchnumpy()
    return _coded(triples, both / either)


def _coded(triples: Mapping[str, Any], matched: float) -> PairedCounts:
    columns = [np.asarray(triples[name], dtype=str) for name in ("truth", "best", "candidate")]
    labels, codes = np.unique(np.concatenate(columns), return_inverse=True)
    truth, best, candidate = np.split(codes.astype(np.int64), 3)
    names = tuple(str(label) for label in labels)
    return PairedCounts(names, truth, best, candidate, np.asarray(triples["n"], dtype=np.int64), matched)


def _open(engine: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    try:
        table = engine.read_parquet(str(path))
    except duckdb.Error as error:
        raise UnusablePredictions(
            f"the {name}'s predictions are not a readable Parquet file: {_first(error)}"
        ) from error
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        raise UnusablePredictions(f"the {name}'s predictions have no column {', '.join(missing)}")
    nested = [c for c in COLUMNS if "[" in (kind := str(table[c].dtypes[0])) or kind.startswith(("STRUCT", "MAP"))]
    if nested:
        raise UnusablePredictions(
            f"the {name}'s column {nested[0]} holds lists or structures where single values belong"
        )
    # A view of our own name; the path never becomes part of SQL.
    table.create_view(name)
    rows, distinct, empty = _row(engine, _SHAPE.format(table=name))
    if empty:
        raise UnusablePredictions(f"{empty:,} rows of the {name}'s predictions lack an id, y_true or y_pred")
    if rows != distinct:
        raise UnusablePredictions(f"the {name}'s predictions repeat {rows - distinct:,} ids")
    if not rows:
        raise UnusablePredictions(f"the {name}'s predictions have no rows")


def _row(engine: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    try:
        found = engine.execute(query).fetchall()
    except duckdb.Error as error:
        raise UnusablePredictions(f"the predictions cannot be read to their end: {_first(error)}") from error
    return tuple(int(value or 0) for value in found[0])


def _first(error: Exception) -> str:
    return str(error).splitlines()[0][:200]


_SHAPE = """
    SELECT count(*), count(DISTINCT id), count(*) FILTER (id IS NULL OR y_true IS NULL OR y_pred IS NULL) FROM {table}
"""
_OVERLAP = """
    SELECT count(*) FILTER (b.id IS NOT NULL AND c.id IS NOT NULL), count(*),
           count(*) FILTER (CAST(b.y_true AS VARCHAR) <> CAST(c.y_true AS VARCHAR))
    FROM best b FULL JOIN candidate c ON CAST(b.id AS VARCHAR) = CAST(c.id AS VARCHAR)
"""
_TRIPLES = """
    SELECT CAST(b.y_true AS VARCHAR) AS truth, CAST(b.y_pred AS VARCHAR) AS best,
           CAST(c.y_pred AS VARCHAR) AS candidate, count(*) AS n
    FROM best b JOIN candidate c ON CAST(b.id AS VARCHAR) = CAST(c.id AS VARCHAR)
    GROUP BY ALL ORDER BY ALL
"""
