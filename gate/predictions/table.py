"""What a prediction table holds, and every way in which one can be wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy.typing as npt

Columns = Mapping[str, npt.NDArray[Any]]

LABELS = ("text", "integer")
MAX_WEIGHT = 2**22  # a weight becomes a whole number of 2**-40, so that every engine sums it to the same bit
EXPECTED: Mapping[str, tuple[str, ...]] = {
    "y_true": LABELS,
    "y_pred": LABELS,
    "id": LABELS,
    "confidence": ("number", "integer"),
    "weight": ("number", "integer"),
    "group": LABELS,
    "timestamp": ("time",),
    "top_k": ("list of text", "list of integer"),
}
SAID = {
    "list": "lists",
    "naive time": "times without a zone",
    "number": "numbers with a fraction",
    "boolean": "booleans",
    "other": "structures",
}


class UnusablePredictions(Exception):
    """Prediction tables that cannot be counted; ``problems`` lists every reason in a sentence of its own."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Engine(Protocol):
    """Where the rows are. Only small results leave it: one array per column."""

    words: Mapping[str, str]

    def row_number(self, table: str) -> str:
        """The column that numbers a table's rows in their order; empty where rows have none."""

    def columns(self, table: str) -> Mapping[str, str]:
        """Kind of each column: text, integer, number, time, naive time, boolean, ``list of`` these, or other."""

    def rows(self, query: str) -> Columns:
        """The answer of a query in DuckDB's SQL. Raises `UnusablePredictions` where a table cannot be read."""

    def define(self, name: str, query: str, keep: bool) -> None:
        """Give a query a name; ``keep`` asks for its rows to be computed once."""


@dataclass(frozen=True)
class Table:
    """One prediction table in an engine. ``who`` names it in messages; ``slices`` are declared extra columns."""

    name: str
    who: str
    kinds: Mapping[str, str]
    slices: Sequence[str] = ()
    row_number: str = ""

    def has(self, column: str) -> bool:
        return column in self.kinds

    @property
    def labelled(self) -> bool:
        return self.has("y_true")


def quoted(name: str) -> str:
    """A column's name as SQL, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def open_table(engine: Engine, name: str, who: str, slices: Sequence[str] = ()) -> Table:
    """A table whose columns have the kinds that the contract asks for.

    Raises:
        UnusablePredictions: it has not; every problem of its columns is listed.
    """
    table = Table(name, who, engine.columns(name), tuple(slices), engine.row_number(name))
    if problems := list(column_problems(table)):
        raise UnusablePredictions(*problems)
    return table


def column_problems(table: Table) -> Iterator[str]:
    """What can be told from names and types alone."""
    if not table.has("y_pred"):
        listed = ", ".join(sorted(table.kinds)) or "none"
        yield f"{table.who} has no column y_pred; its columns are: {listed}"
    for column, kinds in EXPECTED.items():
        kind = table.kinds.get(column)
        if kind is not None and kind not in kinds:
            yield f"{table.who}: column {column} holds {SAID.get(kind, kind)}; required: {' or '.join(kinds)}"
    labels = {table.kinds[column] for column in ("y_true", "y_pred") if table.kinds.get(column) in LABELS}
    if len(labels) > 1:
        yield f"{table.who}: y_true is {table.kinds['y_true']} and y_pred is {table.kinds['y_pred']}; use one kind"
    for column in table.slices:
        kind = table.kinds.get(column, "missing")
        if kind == "missing" or kind.startswith("list") or kind == "other":
            yield f"{table.who}: the slice column {column} {'is missing' if kind == 'missing' else f'holds {kind}'}"


def row_problems(engine: Engine, table: Table) -> list[str]:
    """What only the rows can tell: two passes, one of them over the ids alone."""
    checks = {name: check for name, check in _ROW_CHECKS.items() if table.has(name)}
    sums = ", ".join(f"count(*) FILTER (WHERE {condition}) AS {name}" for name, (condition, _) in checks.items())
    found = engine.rows(f"SELECT count(*) AS rows_, {sums} FROM {table.name}")
    if not int(found["rows_"][0]):
        return [f"{table.who} has no rows"]
    problems = [
        f"{table.who}: {int(found[name][0]):,} of {int(found['rows_'][0]):,} rows {said}"
        for name, (_, said) in checks.items()
        if int(found[name][0])
    ]
    if table.has("id") and (twice := repeated(engine, table)):
        problems.append(f"{table.who} repeats {twice:,} ids; each row needs an id of its own")
    return problems


def repeated(engine: Engine, table: Table) -> int:
    """How many ids occur more than once."""
    query = f"SELECT count(*) AS n FROM (SELECT id FROM {table.name} GROUP BY id HAVING count(*) > 1) AS twice"
    return int(engine.rows(query)["n"][0])


_ROW_CHECKS = {
    "y_pred": ("y_pred IS NULL", "lack y_pred"),
    "id": ("id IS NULL", "lack an id"),
    "confidence": (
        "confidence IS NULL OR isnan(confidence) OR confidence < 0 OR confidence > 1",
        "have a confidence that is no number in [0, 1]",
    ),
    "weight": (
        f"weight IS NULL OR isnan(weight) OR weight < 0 OR weight > {MAX_WEIGHT}",
        f"have a weight that is no number in [0, {MAX_WEIGHT:,}]",
    ),
    "group": ('"group" IS NULL', "lack a group"),
    "timestamp": ("timestamp IS NULL", "lack a timestamp"),
}
