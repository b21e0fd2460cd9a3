"""What chance does to two sets of different rows: their rows together, split again at random.

Drawing both from the pooled shares instead would take classes that were seen once for frequent ones, and find too
little: over 5,000 classes and 10,000 rows identical distributions then lie beyond chance.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from gate.counts import Codes, Totals
from gate.late import numpy as np
from gate.late import scipy
from gate.stats.measures import Array
from gate.stats.shares import QUANTILE, SEED

DRAWS = 300_000  # numbers drawn to find what chance does: classes or bins times simulations
FEWEST, MOST = 50, 1_000  # simulations; over many classes all come to nearly the same
NORMAL = 25.0  # variance from which a binomial number is drawn as a normal one, eight times as fast
ROUNDING = 1e-3  # what bounds are widened by: far more than the logarithms of factorials are wrong
SMALL = tuple(math.lgamma(number + 1) for number in range(16))  # the logarithms of the first factorials
Distance = Callable[[Array], Array]  # of shares' differences, along the last axis


def half_sum(gaps: Array) -> Array:
    """Of differences of shares: the total variation distance."""
    return np.asarray(np.abs(gaps).sum(axis=-1) / 2)


def carried(gaps: Array) -> Array:
    """Of differences of histograms with bins of equal width on [0, 1]: Wasserstein-1."""
    return np.asarray(np.abs(np.cumsum(gaps, axis=-1)).sum(axis=-1) / gaps.shape[-1])


def floor(reference: Totals, current: Totals, distance: Distance = half_sum, quantile: float = QUANTILE) -> float:
    """What the distance of two sets of these sizes stays below if it is by chance which row is in which set."""
    pooled = (reference + current)[reference + current > 0] if distance is half_sum else reference + current
    rows = np.rint(pooled).astype(np.int64)
    part = float(reference.sum() / pooled.sum())
    number = max(FEWEST, min(MOST, DRAWS // max(1, len(rows))))
    first = _drawn(rows, part, number)
    return float(np.quantile(distance(_gaps(first, rows)), quantile))


def _drawn(rows: Codes, part: float, number: int) -> Array:
    """How many of the rows fall into this ``part``, so many times: shape (number, classes)."""
    random, spread = np.random.default_rng(SEED), np.sqrt(rows * part * (1 - part))
    many = spread**2 >= NORMAL
    normal = random.standard_normal((number, int(many.sum())))
    normal *= spread[many]
    normal += rows[many] * part
    if many.all():
        return normal
    drawn = np.empty((number, len(rows)))
    drawn[:, many] = normal
    drawn[:, ~many] = random.binomial(rows[~many], part, (number, int((~many).sum())))
    return drawn


def _gaps(first: Array, rows: Codes) -> Array:
    """The differences of shares between what was drawn and the rest, in the memory of what was drawn."""
    size = first.sum(axis=-1, keepdims=True)
    rest = np.maximum(1, rows.sum() - size)
    first *= 1 / np.maximum(1, size) + 1 / rest
    first -= rows / rest
    return first


def rough_floor(reference: Totals, current: Totals) -> float:
    """About the middle of what chance does to the total variation distance, without a simulation."""
    n, m = reference.sum(), current.sum()
    pooled = (reference + current) / (n + m)
    spread = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    seldom = np.minimum(spread * np.sqrt(2 / np.pi), 2 * pooled * np.maximum(n, m) / min(n, m))
    return float(seldom.sum() / 2)


def moved(reference: Totals, current: Totals) -> Totals:
    """Two-sided p per class: of its rows, how likely it is that so many are in one of the sets (exact, binomial)."""
    rows, here = (np.rint(each).astype(np.int64) for each in (reference + current, current))
    part = float(current.sum() / (reference.sum() + current.sum()))
    below = scipy.special.bdtr(here, rows, part)
    above = 1 - np.where(here > 0, scipy.special.bdtr(np.maximum(here - 1, 0), rows, part), 0.0)
    return np.asarray(np.where(rows > 0, np.minimum(1.0, 2 * np.minimum(below, above)), 1.0))


def bounds(reference: Totals, current: Totals) -> tuple[Totals, Totals]:
    """Between these lies the p of `moved`. Where it is small they are as close as 1 + 1 / z² (Bahadur 1960).

    Made of the likelihood of the very count that occurred, for which no distribution function need be loaded.
    """
    rows, here = (np.rint(each) for each in (reference + current, current))
    part = float(current.sum() / (reference.sum() + current.sum()))
    many = here >= rows * part
    count, share = np.where(many, here, rows - here), np.where(many, part, 1 - part)
    gap2, variance = (count - rows * share) ** 2, rows * share * (1 - share)
    likely = _likelihood(rows, count, share)
    high = 2 * likely * (1 - share) * (count + 1) / (count + 1 - (rows + 1) * share)
    low = np.maximum(2 * likely, high * gap2 / np.where(rows > 0, gap2 + variance, 1.0))
    return np.minimum(1.0, low) * (1 - ROUNDING), np.minimum(1.0, high * (1 + ROUNDING))


def _likelihood(rows: Totals, count: Totals, share: Totals) -> Totals:
    """Of exactly so many of the rows, each of which counts with the probability ``share``."""
    whole, one, other = (_log_factorial(each) for each in (rows, count, rows - count))
    return np.asarray(np.exp(whole - one - other + count * np.log(share) + (rows - count) * np.log1p(-share)))


def _log_factorial(numbers: Totals) -> Totals:
    """Stirling's series, right to 1e-9 from 16 on (Abramowitz and Stegun 6.1.41); a table below that."""
    n = np.maximum(numbers, len(SMALL))
    series = n * np.log(n) - n + np.log(2 * math.pi * n) / 2 + 1 / (12 * n) - 1 / (360 * n**3)
    return np.where(numbers < len(SMALL), np.take(SMALL, np.minimum(numbers, len(SMALL) - 1).astype(np.int64)), series)


def unseen(current: Totals, part: float) -> Totals:
    """p per class that has no row in the other set: how likely all its rows fall into this ``part`` of all rows."""
    return np.asarray(np.power(part, current))


def kolmogorov_smirnov_bound(reference: Totals, current: Totals) -> float:
    """No more than this is the largest difference of two shares below some confidence, wherever it lies in its bin."""
    (left, right), (left_now, right_now) = (_edges(each) for each in (reference, current))
    return float(np.maximum(right - left_now, right_now - left).max())


def _edges(histogram: Totals) -> tuple[Totals, Totals]:
    """The share below the beginning and below the end of each bin."""
    end = np.cumsum(histogram) / histogram.sum()
    return np.concatenate([[0.0], end[:-1]]), end
