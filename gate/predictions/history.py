"""One table of predictions over time: the same tallies as of two, within stretches of time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gate.counts import Codes, Pairing
from gate.late import numpy as np
from gate.late import numpy_typing as npt
from gate.observed import NO_TIME, Bins, Cells, History, regrouped
from gate.predictions import tally
from gate.predictions.cells import form
from gate.predictions.folding import binned, where
from gate.predictions.relation import Relation
from gate.predictions.table import Columns, Engine, Problem, Table, UnusablePredictions, first_problems, table_of
from gate.stretches import ORIGIN, Every

SLICE_VALUES = 20  # of each column, the most frequent
TOTALS = {"predicted": "predicted_best", "claims": "claims_best", "hits": "hits_best", "support": "support_best"}
COUNTED = ("y_pred", "confidence")  # what is wrong in these shows in their counts: no pass need look for it
BETWEEN = "|"  # the number of a stretch and a slice's value


@dataclass(frozen=True)
class Clock:
    """The SQL ``key`` that numbers the stretches; empty where no row has a time."""

    key: str
    every: Every
    span: tuple[int, int] | None = None

    def starts(self, found: Columns | None) -> Codes:
        """At which second the stretch of each row of an answer begins."""
        if found is None:
            return np.zeros(0, np.int64)
        size = len(next(iter(found.values())))
        begins = np.full(size, NO_TIME)
        if self.key:
            numbers = np.asarray(found["part"], dtype=object)
            known = np.array([number is not None for number in numbers], np.bool_)
            begins[known] = self.every.begins(numbers[known].astype(np.int64))
        return begins

    def ends(self, starts: Codes) -> Codes:
        ends, timed = np.full(len(starts), NO_TIME), starts != NO_TIME
        ends[timed] = self.every.begins(self.every.number(starts[timed]) + 1)
        return ends


def history(engine: Engine, name: str, every: Every, slices: Sequence[str] = (), until: float = math.inf) -> History:
    """Counts of the table called ``name`` in each stretch of time that has rows; none later than ``until``.

    Stretches are twice as long as asked as often as needed to have few of them. Wrong confidences, missing times and
    unusable slices cost only what is made of them; rows count once each, whatever they weigh.

    Raises:
        UnusablePredictions: with every problem of the table.
    """
    table = table_of(engine, name, [column for column in slices if column in engine.columns(name)])
    rows = engine.number(f"SELECT count(*) AS n FROM {name}")
    if not rows:
        return History(lacks=(f"{table.who} have no rows",))
    found = first_problems(engine, table, COUNTED)
    made = None if _fatal(found) else _counted(engine, table, found, every, slices, until)
    if made is None or not _complete(made, table, rows):
        found = first_problems(engine, table)
        if fatal := _fatal(found):
            raise UnusablePredictions(*fatal)
        made = _counted(engine, table, found, every, slices, until)
    return made


def _fatal(found: Sequence[Problem]) -> list[str]:
    return [problem.said for problem in found if not problem.mild]


def _complete(made: History, table: Table, rows: int) -> bool:
    """Whether every row was counted, with its confidence: then nothing is wrong in the columns ``COUNTED``."""
    counted = made.cells.predicted.sum()
    return bool(counted + made.late == rows and (not table.has("confidence") or made.bins.count.sum() == counted))


def _counted(
    engine: Engine, table: Table, found: Sequence[Problem], every: Every, slices: Sequence[str], until: float
) -> History:
    usable = _usable(table, found)
    relation, late = _related(engine, usable, until)
    clock = _clock(engine, relation, every)
    parts = dict(_sliced(engine, relation, clock))
    lacks = tuple(_lacks(table, usable, found, slices))
    return replace(_whole(engine, relation, clock), slices=parts, lacks=lacks, late=late, span=clock.span)


def _usable(table: Table, found: Sequence[Problem]) -> Table:
    """Without weights, and without columns that are wrong; a time may be missing."""
    spoiled = {problem.column for problem in found} - {"timestamp"} | {"weight", "group", "top_k", "id"}
    kinds = {column: kind for column, kind in table.kinds.items() if column not in spoiled}
    return replace(table, kinds=kinds, slices=[column for column in table.slices if column in kinds], row_number="")


def _lacks(table: Table, usable: Table, found: Sequence[Problem], slices: Sequence[str]) -> Iterator[str]:
    yield from (problem.said for problem in found)
    if table.has("weight"):
        yield f"{table.who}: every row counts once, whatever its weight"
    for column in slices:
        if not table.has(column):
            yield f"{table.who} have no column {column} to slice by"
    if not usable.has("timestamp"):
        yield f"{table.who} have no column timestamp: nothing is known of when they were made"


def _related(engine: Engine, table: Table, until: float) -> tuple[Relation, int]:
    """The table's rows as a relation whose other model said nothing; and how many rows are too late."""
    made = form(engine, (table,), light=False, plain=True)
    cells = made.cells(table, "best")
    cells |= {"candidate": made.nothing("candidate")} | ({} if "truth" in cells else {"truth": made.nothing("truth")})
    if "seconds" in cells:
        cells["month"] = "CAST(EXTRACT(year FROM timestamp) * 12 + EXTRACT(month FROM timestamp) - 1 AS BIGINT)"
    listed = ", ".join(f"{expression} AS {name}" for name, expression in cells.items())
    name, late = f"log_of_{table.name}", 0
    engine.define(name, f"SELECT {listed} FROM {table.name}", keep=False)
    nothing = {"candidate"} if table.labelled else {"candidate", "truth"}
    relation = Relation(name, Pairing("none", 0, 0, 0), frozenset(cells.keys() - nothing), tuple(made.slices))
    if "seconds" in cells and np.isfinite(until):
        late = engine.number(f"SELECT count(*) FILTER (WHERE seconds > {int(until)}) AS n FROM {name}")
    if late:
        past = f"SELECT * FROM {name} WHERE seconds IS NULL OR seconds <= {int(until)}"
        engine.define(f"past_{table.name}", past, keep=False)
        relation = replace(relation, name=f"past_{table.name}")
    return relation, late


def _clock(engine: Engine, relation: Relation, every: Every) -> Clock:
    if not relation.has("seconds"):
        return Clock("", every)
    ends = engine.rows(tally.span(relation))
    if ends["first_"][0] is None:
        return Clock("", every)
    span = (int(ends["first_"][0]), int(ends["last_"][0]))
    found = every.fitting(span[1] - span[0])
    cell, begin, length = ("month", 0, found.months) if found.months else ("seconds", ORIGIN, found.seconds)
    return Clock(f"CAST(floor((CAST({cell} AS DOUBLE) - {begin}) / {length}) AS BIGINT)", found, span)


def _answers(engine: Engine, relation: Relation, key: str) -> tuple[Columns, Columns | None]:
    """The two tallies of drift: of classes, and of confidences where there are any."""
    classes = engine.rows(tally.per_class(relation, key))
    return classes, binned(engine, relation, "best", key)


def _whole(engine: Engine, relation: Relation, clock: Clock) -> History:
    classes, bins = _answers(engine, relation, clock.key)
    return _folded(clock, classes, bins, *(clock.starts(found) for found in (classes, bins)))


def _sliced(engine: Engine, relation: Relation, clock: Clock) -> Iterator[tuple[str, History]]:
    """The most frequent values of each column, counted together and told apart by their key."""
    for number, column in enumerate(relation.slices):
        cell, name = f"s{number}", f"{relation.name}_s{number}"
        frequent = f"SELECT value_ FROM ({tally.values(relation, cell, SLICE_VALUES)}) AS frequent"
        engine.define(name, f"SELECT * FROM {relation.name} WHERE {cell} IN ({frequent})", keep=False)
        time = f"coalesce(CAST({clock.key} AS VARCHAR), '')" if clock.key else "''"
        key = f"concat({time}, '{BETWEEN}', CAST({cell} AS VARCHAR))"
        answers = _answers(engine, replace(relation, name=name), key)
        apart = [None if found is None else _split(found) for found in answers]
        for value in sorted(set(apart[0][0]) if apart[0] else ()):
            parts = [_of_value(found, split, value) for found, split in zip(answers, apart, strict=True)]
            yield f"{column} = {value}", _folded(clock, *parts, *(clock.starts(found) for found in parts))  # type: ignore[arg-type]


def _split(found: Columns) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """The values and the numbers of stretches that keys are made of."""
    both = [str(key).partition(BETWEEN) for key in found["part"]]
    numbers = [int(time) if time else None for time, _, _ in both]
    return np.array([value for _, _, value in both], dtype=object), np.array(numbers, dtype=object)


def _of_value(
    found: Columns | None, split: tuple[npt.NDArray[Any], npt.NDArray[Any]] | None, value: str
) -> Columns | None:
    if found is None or split is None:
        return None
    values, numbers = split
    return where({**found, "part": numbers}, values == value)


def _folded(clock: Clock, classes: Columns, bins: Columns | None, starts: Codes, starts_of_bins: Codes) -> History:
    labels, codes = np.unique(classes["label"].astype(str), return_inverse=True)
    begins, parts = np.unique(np.concatenate([starts, starts_of_bins]), return_inverse=True)
    totals = {kind: classes[column].astype(np.float64) for kind, column in TOTALS.items()}
    made = History(tuple(labels.tolist()), begins, begins, Cells(parts[: len(starts)], codes, **totals))
    if bins is not None:
        counts = (bins["kind"].astype(np.int64), bins["bin"].astype(np.int64), bins["n_"].astype(np.float64))
        made = replace(made, bins=Bins(parts[len(starts) :], *counts))
    return regrouped(made, begins, clock.ends(begins))
