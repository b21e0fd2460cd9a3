"""The same counts within parts of the rows: the values of declared slices, and stretches of time."""

from __future__ import annotations

from collections.abc import Mapping

from gate.counts import Chunk, Histograms, Slice, Totals
from gate.late import numpy as np
from gate.predictions import tally
from gate.predictions.folding import MODELS, Fold, binned, where
from gate.predictions.relation import Relation
from gate.predictions.table import Columns, Engine

SLICE_VALUES = 50  # of each column, the most frequent
STRETCHES = (3_600, 86_400, 7 * 86_400)  # seconds: an hour, a day, a week
MOST_STRETCHES = 400


def slices(engine: Engine, relation: Relation, fold: Fold) -> tuple[Slice, ...]:
    """Counts per class and confidences for each frequent value of each declared column."""
    named = [(column, f"s{number}") for number, column in enumerate(relation.slices) if relation.has(f"s{number}")]
    return tuple(each for column, key in named for each in _of_column(engine, relation, fold, column, key))


def _of_column(engine: Engine, relation: Relation, fold: Fold, column: str, key: str) -> list[Slice]:
    frequent = engine.rows(tally.values(relation, key, SLICE_VALUES))["value_"]
    found = engine.rows(tally.per_class(relation, key))
    confidences = {model: confidences_by(engine, relation, fold, model, key) for model in MODELS}
    return [
        Slice(
            column,
            str(value),
            fold.per_class(where(found, found["part"] == value)),
            Histograms(*(confidences[model].get(value) for model in MODELS)),
        )
        for value in frequent
    ]


def confidences_by(engine: Engine, relation: Relation, fold: Fold, model: str, key: str) -> dict[object, Totals]:
    """A histogram per value of the key; none for a model without confidences."""
    found = binned(engine, relation, model, key)
    if found is None:
        return {}
    parts = {part for part in found["part"] if part is not None}
    return {part: fold.histogram(where(found, found["part"] == part)) for part in parts}


def span(engine: Engine, relation: Relation) -> tuple[int, int] | None:
    """The seconds of the first and the last row; None where rows have no times."""
    if not relation.has("seconds"):
        return None
    ends = engine.rows(tally.span(relation))
    return None if ends["first_"][0] is None else (int(ends["first_"][0]), int(ends["last_"][0]))


def chunks(engine: Engine, relation: Relation, fold: Fold, ends: tuple[int, int] | None) -> tuple[Chunk, ...]:
    """What happened in each hour, day or week, in order: the shortest of these that gives few enough."""
    if ends is None:
        return ()
    seconds = stretch(ends[1] - ends[0])
    key = tally.stretch(seconds)
    rows = engine.rows(tally.over_time(relation, key))
    confidences = {model: confidences_by(engine, relation, fold, model, key) for model in MODELS}
    return tuple(_chunk(rows, int(index), seconds, fold, confidences) for index in np.argsort(rows["part"]))


def _chunk(
    rows: Columns, index: int, seconds: int, fold: Fold, confidences: Mapping[str, Mapping[object, Totals]]
) -> Chunk:
    number = int(rows["part"][index])
    rows_, labelled, right = (
        {model: float(fold.totals([rows[f"{name}_{model}"][index]])[0]) for model in MODELS}
        for name in ("rows", "labelled", "right")
    )
    start = f"{np.datetime64(number * seconds, 's')}Z"
    histograms = Histograms(*(confidences[model].get(number) for model in MODELS))
    return Chunk(start, seconds, rows_, labelled, right, histograms)


def stretch(seconds: int) -> int:
    """The length of the stretches that a span of time is cut into."""
    fitting = [size for size in STRETCHES if seconds <= size * MOST_STRETCHES]
    return fitting[0] if fitting else STRETCHES[-1]
