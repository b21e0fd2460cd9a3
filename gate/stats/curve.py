"""Did a training converge? Judged by the curve of a loss (a metric to be raised is taken with its sign turned)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from gate.counts import Totals
from gate.late import numpy as np

FEWEST_POINTS = 10
NORMAL = 1.4826  # a median absolute deviation times this estimates the standard deviation of normal noise
NOISE = 3  # standard deviations of noise that count as no progress
MOST_PAIRED = 1_000  # points between whose pairs slopes are taken
PROMISING = 0.10  # of all progress, if the slope of the last quarter held for as long again


class State(Enum):
    NO_DATA = "no data"
    NOT_FINITE = "not finite"
    NEVER_LEARNED = "never learned"
    DIVERGED = "diverged"
    STILL_IMPROVING = "still improving"
    CONVERGED = "converged"


@dataclass(frozen=True)
class Convergence:
    """The first and the last value as reported, and shares of all progress: ``given_back`` at the end, and what the
    last quarter brought (``recent``, by its slope).
    """

    state: State
    points: int
    first: float = math.nan
    last: float = math.nan
    given_back: float = math.nan
    recent: float = math.nan


def convergence(
    values: Sequence[float], rising: bool = False, min_progress: float = 0.05, max_given_back: float = 0.20
) -> Convergence:
    """Judge a curve in its order of iterations; ``rising`` is better where the metric is to be raised."""
    sign = -1.0 if rising else 1.0
    points = sign * np.asarray(values, dtype=np.float64)
    n = len(points)
    if n < FEWEST_POINTS:
        return Convergence(State.NO_DATA, n)
    if not np.isfinite(points[n - math.ceil(n / 10) :]).all():
        return Convergence(State.NOT_FINITE, n)
    known = points[np.isfinite(points)]
    if len(known) < FEWEST_POINTS:
        return Convergence(State.NO_DATA, n)
    return _judged(known, n, sign, min_progress, max_given_back)


def _judged(known: Totals, n: int, sign: float, min_progress: float, max_given_back: float) -> Convergence:
    smooth = rolling_median(known, max(3, len(known) // 10))
    start, best, end = float(known[0]), float(smooth.min()), float(smooth[-1])
    total = start - best
    quarter = known[len(known) - max(3, len(known) // 4) :]
    brought = -theil_sen(quarter) * len(quarter)
    shares = ((end - best) / total, brought / total) if total > 0 else (math.nan, math.nan)
    state = State.CONVERGED
    if total <= max(min_progress * abs(start), NOISE * _noise(known)):
        state = State.NEVER_LEARNED
    elif shares[0] > max_given_back:
        state = State.DIVERGED
    elif shares[1] > PROMISING:
        state = State.STILL_IMPROVING
    return Convergence(state, n, sign * start, sign * float(known[-1]), *shares)


def rolling_median(values: Totals, width: int) -> Totals:
    """Of each stretch of so many values."""
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(values, width), axis=1))


def theil_sen(values: Totals) -> float:
    """The median of the slopes between all pairs of points, per point; of long curves only some points are taken."""
    step = 1 + len(values) // MOST_PAIRED
    chosen = values[::step]
    first, second = np.triu_indices(len(chosen), k=1)
    return float(np.median((chosen[second] - chosen[first]) / (second - first))) / step


def _noise(values: Totals) -> float:
    steps = np.diff(values)
    return float(NORMAL * np.median(np.abs(steps - np.median(steps))) / math.sqrt(2))
