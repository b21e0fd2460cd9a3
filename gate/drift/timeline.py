"""One point for each stretch of time: confidence, estimates, and what came true."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gate.drift.estimates import estimates
from gate.late import numpy as np
from gate.observed import History, Observed
from gate.stats.confidence import mean, mean_shift
from gate.stats.interval import Interval, wilson
from gate.stats.measures import Array, Part, f1
from gate.stats.paired import Estimate
from gate.stats.shares import tvd
from gate.stats.split import rough_floor
from gate.stats.trend import cochran_armitage

FEWEST_POINTS = 3


@dataclass(frozen=True)
class Point:
    """A stretch of time, in seconds since 1970. What it lacks is None; it is ``thin`` with too few rows to tell.

    ``moved`` is the total variation distance of classes from the reference beyond about what chance does.
    """

    start: int
    end: int
    rows: float
    labelled: float
    thin: bool
    confidence: float | None
    confidence_range: Interval | None
    estimates: dict[str, float] = field(default_factory=dict)
    accuracy: float | None = None
    accuracy_range: Interval | None = None
    macro_f1: float | None = None
    moved: float | None = None


@dataclass(frozen=True)
class Agreement:
    """How far a label-free number followed a realised one over so many ``points``: Pearson's and Spearman's r."""

    estimate: str
    realised: str
    points: int
    pearson: float
    spearman: float


def timeline(reference: Observed, history: History, min_rows: int) -> tuple[Point, ...]:
    return tuple(point(reference, each, min_rows) for each in history.each())


def point(reference: Observed, seen: Observed, min_rows: int) -> Point:
    known = seen.labelled > 0
    sure = _sure(seen)
    return Point(
        seen.start,
        seen.end,
        seen.rows,
        seen.labelled,
        seen.rows < min_rows,
        None if sure is None else sure.value,
        None if sure is None else sure.interval(),
        estimates(reference, seen),
        seen.right / seen.labelled if known else None,
        wilson(seen.right, seen.labelled) if known else None,
        macro_f1(seen) if known else None,
        _moved(reference, seen),
    )


def _sure(seen: Observed) -> Estimate | None:
    """The mean confidence. Against itself, a histogram shifts by 0 with twice its own variance."""
    if not seen.sure.any():
        return None
    return Estimate(mean(seen.sure), mean_shift(seen.sure, seen.sure).error / math.sqrt(2))


def macro_f1(seen: Observed) -> float:
    """Over the classes that are true or predicted among the rows that have a truth."""
    here = seen.support + seen.claims > 0
    return float(f1(Part(seen.support[here], seen.claims[here], seen.hits[here])).mean())


def _moved(reference: Observed, seen: Observed) -> float | None:
    if not (reference.rows and seen.rows):
        return None
    distance = tvd(reference.predicted / reference.rows, seen.predicted / seen.rows)
    return max(0.0, distance - rough_floor(reference.predicted, seen.predicted))


def agreements(points: Sequence[Point]) -> Iterator[Agreement]:
    """Of mean p@1 and of CBPE with accuracy and macro F1, over stretches with enough rows and truths."""
    full = [each for each in points if not each.thin and each.accuracy is not None and each.estimates]
    if len(full) < FEWEST_POINTS:
        return
    for estimate in ("p@1", "CBPE"):
        said = np.array([each.estimates[estimate] for each in full])
        for realised in ("accuracy", "macro_f1"):
            true = np.array([getattr(each, realised) for each in full])
            if said.std() and true.std():
                ranks = (_ranks(each) for each in (said, true))
                yield Agreement(estimate, realised, len(full), _correlation(said, true), _correlation(*ranks))


def _ranks(values: Array) -> Array:
    """Equal values share the mean of their ranks."""
    _, which, times = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(times) - (times - 1) / 2)[which]


def _correlation(one: Array, other: Array) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def trend(points: Sequence[Point]) -> tuple[float, float] | None:
    """z and p of one test whether accuracy rises or falls over time; None with too few stretches."""
    full = [each for each in points if each.accuracy is not None]
    if len(full) < FEWEST_POINTS:
        return None
    rows = np.array([each.labelled for each in full])
    hits = np.array([each.labelled * (each.accuracy or 0.0) for each in full])
    return cochran_armitage(hits, rows, np.array([float(each.start) for each in full]))
