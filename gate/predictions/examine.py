"""Look at one prediction file as a check would: everything that is wrong with it, and what it is good for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gate.predictions.embedded import embedded
from gate.predictions.table import EXPECTED, LABELS, Engine, Table, UnusablePredictions, problems, table_of

NAME = "predictions"
SLICEABLE = (*LABELS, "boolean")
PURPOSES = {  # what a column is for; those that are asked of the table as a whole follow in `_supports`
    "scores per class": ("y_true", "without y_true only the shares of the predicted classes can be compared"),
    "pairing": ("id", "without id rows are paired by position, where both tables have the same rows in the same order"),
    "confidence": ("confidence", "without confidence nothing is said of calibration or of its drift"),
    "top-k": ("top_k", "without top_k only the first answer counts"),
    "time": ("timestamp", "without timestamp nothing is said of change over time"),
    "weights": ("weight", "without weight every row counts once"),
    "groups": ("group", "without group rows are taken to be independent of each other"),
}


@dataclass(frozen=True)
class Support:
    """One thing that predictions can be used for: by which columns, or in ``lacking`` why not."""

    what: str
    columns: tuple[str, ...] = ()
    lacking: str = ""


@dataclass(frozen=True)
class Examination:
    """What was found in one file. It can be counted if ``usable``; ``problems`` has every reason against it."""

    problems: tuple[str, ...]
    usable: bool = False
    rows: int = 0
    classes: int = 0
    supports: tuple[Support, ...] = field(default_factory=tuple)


def examine(paths: Sequence[Path]) -> Examination:
    """Examine the files of one table. Nothing raises but a defect: what cannot be read is a problem like any other."""
    try:
        with embedded((NAME, paths)) as engine:
            return _examined(engine, table_of(engine, NAME))
    except UnusablePredictions as error:
        return Examination(error.problems)


def _examined(engine: Engine, table: Table) -> Examination:
    found = problems(engine, table)
    spoiled = {problem.column for problem in found}
    rows = engine.number(f"SELECT count(*) AS n FROM {table.name}")
    usable = all(problem.mild for problem in found)
    sentences = tuple(problem.said for problem in found)
    return Examination(sentences, usable, rows, _classes(engine, table), tuple(_supports(table, spoiled)))


def _classes(engine: Engine, table: Table) -> int:
    """How many labels occur in the truth and the predictions together."""
    labels = [column for column in ("y_true", "y_pred") if table.kinds.get(column) in LABELS]
    if not labels:
        return 0
    every = " UNION ".join(f"SELECT CAST({column} AS VARCHAR) AS label FROM {table.name}" for column in labels)
    return engine.number(f"SELECT count(label) AS n FROM ({every}) AS labels")


def _supports(table: Table, spoiled: set[str]) -> Iterator[Support]:
    for what, (column, lacking) in PURPOSES.items():
        if not table.has(column):
            yield Support(what, (), lacking)
        elif column in spoiled:
            yield Support(what, (), f"{column} cannot be used as it is")
        else:
            yield Support(what, (column,))
    extra = tuple(name for name, kind in table.kinds.items() if name not in EXPECTED and kind in SLICEABLE)
    yield Support("slices", extra, "" if extra else "without a further column there is nothing to slice by")
