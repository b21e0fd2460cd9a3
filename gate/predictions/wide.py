"""One table that holds the truth and both predictions side by side, as a relation."""

from __future__ import annotations

from collections.abc import Sequence

from gate.counts import Pairing
from gate.predictions.cells import in_type
from gate.predictions.relation import Relation
from gate.predictions.table import LABELS, Engine, UnusablePredictions, quoted

WIDE = ("y_true", "best", "candidate")
ROLES = ("truth", "best", "candidate")


def wide(engine: Engine, table: str, columns: Sequence[str] = WIDE, light: bool = True) -> Relation:
    """The table's relation; ``columns`` name the truth and both predictions.

    A light one is read anew by each of the few queries that count classes; for everything it is kept, in numbers.

    Raises:
        UnusablePredictions: a column is missing, of another kind, or has empty values; or there are no rows.
    """
    kind = _kind(engine, table, columns)
    rows = _rows(engine, table, columns)
    names = [quoted(column) for column in columns]
    held = engine.label_type([(table, name) for name in names]) if kind == "text" and not light else ""
    cells = ", ".join(f"{in_type(held, name)} AS {role}" for name, role in zip(names, ROLES, strict=True))
    engine.define("wide_rows", f"SELECT {cells} FROM {table}", keep=not light)
    return Relation("wide_rows", Pairing("position", rows, rows, rows), frozenset(ROLES))


def _kind(engine: Engine, table: str, columns: Sequence[str]) -> str:
    """Of the labels: text or integer."""
    kinds = engine.columns(table)
    if wrong := [column for column in columns if kinds.get(column) not in LABELS]:
        listed = ", ".join(f"{name} ({kind})" for name, kind in sorted(kinds.items()))
        raise UnusablePredictions(f"no column of labels is called {' or '.join(wrong)}; the table has: {listed}")
    if len({kinds[column] for column in columns}) > 1:
        raise UnusablePredictions(f"the labels of {', '.join(columns)} are of different kinds")
    return kinds[columns[0]]


def _rows(engine: Engine, table: str, columns: Sequence[str]) -> int:
    """How many there are, none of them with an empty value."""
    filled = ", ".join(f"count({quoted(column)}) AS filled{number}" for number, column in enumerate(columns))
    rows, *counts = (int(found[0]) for found in engine.rows(f"SELECT count(*) AS n, {filled} FROM {table}").values())
    if not rows:
        raise UnusablePredictions("the table has no rows")
    if lacking := [column for column, count in zip(columns, counts, strict=True) if count < rows]:
        raise UnusablePredictions(f"the column {', '.join(lacking)} has empty values")
    return rows
