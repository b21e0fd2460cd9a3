"""What a prediction table holds, and every way in which one can be wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from gate.late import numpy_typing as npt

Columns: TypeAlias = "Mapping[str, npt.NDArray[Any]]"

LABELS = ("text", "integer")
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
    "time": "times",
    "naive time": "times without a zone",
    "number": "numbers with a fraction",
    "boolean": "booleans",
    "other": "structures",
}
WANTED = {"time": "times with a zone, such as UTC"}


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

    def number(self, query: str) -> int:
        """The one whole number that a query answers."""

    def define(self, name: str, query: str, keep: bool) -> None:
        """Give a query a name; ``keep`` asks for its rows to be computed once."""

    def label_type(self, columns: Sequence[tuple[str, str]]) -> str:
        """The SQL type that the texts of these columns, each with its table, are compared and copied in."""


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


def whose(name: str) -> str:
    """How messages call the table of this name."""
    return f"the {name}'s predictions" if name in ("best", "candidate") else "the predictions"


def table_of(engine: Engine, name: str, slices: Sequence[str] = ()) -> Table:
    """A table as it is, right or wrong: `problems` tells."""
    return Table(name, whose(name), engine.columns(name), tuple(slices), engine.row_number(name))


@dataclass(frozen=True)
class Problem:
    """Something wrong in a table, in a sentence. A mild one costs only what is made of its ``column``."""

    said: str
    column: str = ""
    mild: bool = False


def problems(engine: Engine, table: Table) -> list[Problem]:
    """Everything that is wrong with a table: of its columns first, then what only its rows can tell."""
    return [*first_problems(engine, table), *repeats(engine, table)]


def first_problems(engine: Engine, table: Table, unchecked: Collection[str] = ()) -> list[Problem]:
    """The same but for ids that occur more than once, which are dear to find; and for rows in ``unchecked`` columns."""
    return [*_of_columns(table), *_of_rows(engine, table, unchecked)]


def _of_columns(table: Table) -> Iterator[Problem]:
    if not table.has("y_pred"):
        listed = ", ".join(sorted(table.kinds)) or "none"
        yield Problem(f"{table.who} have no column y_pred; the columns are: {listed}", "y_pred")
    for column, kinds in EXPECTED.items():
        kind = table.kinds.get(column)
        if kind is not None and kind not in kinds:
            wanted = " or ".join(WANTED.get(kind, kind) for kind in kinds)
            yield Problem(f"{table.who}: the column {column} holds {SAID.get(kind, kind)}; required: {wanted}", column)
    labels = {table.kinds[column] for column in ("y_true", "y_pred") if table.kinds.get(column) in LABELS}
    if len(labels) > 1:
        both = f"y_true is {table.kinds['y_true']} and y_pred is {table.kinds['y_pred']}"
        yield Problem(f"{table.who}: {both}; use one kind of labels", "y_pred")
    for column in table.slices:
        kind = table.kinds.get(column, "missing")
        if kind == "missing" or kind.startswith("list") or kind == "other":
            held = "is missing" if kind == "missing" else f"holds {SAID.get(kind, kind)}"
            yield Problem(f"{table.who}: the slice column {column} {held}", column, mild=True)


def _of_rows(engine: Engine, table: Table, unchecked: Collection[str]) -> Iterator[Problem]:
    """One pass; columns of a wrong kind are left out."""
    checks = {
        column: check for column, check in _ROW_CHECKS.items() if _fits(table, column) and column not in unchecked
    }
    if not checks:
        return
    sums = [f'{bad} AS "{column}"' for column, (bad, _) in checks.items()]
    found = engine.rows(f"SELECT {', '.join(['count(*) AS rows_', *sums])} FROM {table.name}")
    rows = int(found["rows_"][0])
    if not rows:
        yield Problem(f"{table.who} have no rows")
    for column, (_, said) in checks.items():
        if bad := int(found[column][0]):
            yield Problem(f"{table.who}: {bad:,} of {rows:,} rows {said}", column, column in MILD)


def repeats(engine: Engine, table: Table) -> Iterator[Problem]:
    """Ids that occur more than once."""
    if not _fits(table, "id"):
        return
    query = f"SELECT count(*) AS n FROM (SELECT id FROM {table.name} GROUP BY id HAVING count(*) > 1) AS twice"
    if twice := engine.number(query):
        said = "1 id occurs" if twice == 1 else f"{twice:,} ids occur"
        yield Problem(f"{table.who}: {said} more than once; each row needs an id of its own", "id")


def _fits(table: Table, column: str) -> bool:
    return table.kinds.get(column) in EXPECTED[column]


MILD = ("confidence", "timestamp")
_ROW_CHECKS = {
    "y_pred": ("count(*) - count(y_pred)", "lack y_pred"),
    "id": ("count(*) - count(id)", "lack an id"),
    "confidence": (
        "count(*) FILTER (WHERE confidence IS NULL OR isnan(confidence) OR confidence < 0 OR confidence > 1)",
        "have a confidence that is no number in [0, 1]",
    ),
    "weight": (
        "count(*) FILTER (WHERE weight IS NULL OR isnan(weight) OR weight < 0 OR weight > 1e300)",
        "have a weight that is no finite number, 0 or more",
    ),
    "group": ('count(*) - count("group")', "lack a group"),
    "timestamp": ("count(*) - count(timestamp)", "lack a timestamp"),
}
