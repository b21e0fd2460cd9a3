"""How far the shares of classes moved between two sets of predictions, and how far chance alone moves them.

Shares ``p`` and ``q`` have one entry per class and add up to 1. Effect sizes, no p-values: over millions of rows every
p-value is 0, and over thousands of classes the usual limits for PSI and JS alarm on identical distributions.
"""

from __future__ import annotations

import math

from gate.counts import PerClass, Totals, Triples
from gate.late import numpy as np
from gate.late import scipy
from gate.stats.measures import Array

SEED = 20_240_229
DRAWS = 500_000  # numbers drawn to find what chance does: classes (or pairs of classes) times simulations
FEWEST, MOST = 100, 2_000  # simulations; of many classes a few suffice, since their distances hardly differ
QUANTILE = 0.95
TOGETHER = 1.6  # the root of 2, if each class trades with one other, and some more for the skew of few classes


def tvd(p: Totals, q: Totals) -> float:
    """Total variation distance: the share of predictions that would have to move."""
    return float(np.abs(p - q).sum() / 2)


def psi(p: Totals, q: Totals) -> float:
    """Population stability index; infinite where a class is in one of the two only, so give it `smoothed` shares."""
    kept = (p > 0) | (q > 0)
    with np.errstate(divide="ignore"):
        return float(((p[kept] - q[kept]) * np.log(p[kept] / q[kept])).sum())


def smoothed(counts: Totals) -> Totals:
    """Shares after half a row more for each class."""
    return np.asarray((counts + 0.5) / (counts + 0.5).sum())


def psi_by_chance(classes: int, n: float, m: float, quantile: float = QUANTILE) -> float:
    """What PSI stays below without any drift: PSI / (1/n + 1/m) is about chi-squared (Yurdakul 2018)."""
    return float(scipy.special.chdtri(classes - 1, 1 - quantile)) * (1 / n + 1 / m)


def jensen_shannon(p: Totals, q: Totals, base: float = math.e) -> float:
    """The distance, a square root. Tools differ in the base: Evidently has natural logarithms, NannyML base 2."""
    middle = (p + q) / 2
    divergence = (_relative_entropy(p, middle) + _relative_entropy(q, middle)) / 2
    return math.sqrt(max(0.0, divergence) / math.log(base))


def _relative_entropy(p: Totals, q: Totals) -> float:
    kept = p > 0
    return float((p[kept] * np.log(p[kept] / q[kept])).sum())


def hellinger(p: Totals, q: Totals) -> float:
    return float(np.sqrt(((np.sqrt(p) - np.sqrt(q)) ** 2).sum() / 2))


def paired_floor(triples: Triples, classes: int, quantile: float = QUANTILE) -> float:
    """What the TVD of two models on the same rows stays below if each changed row goes either way by chance."""
    low, high = np.minimum(triples.best, triples.candidate), np.maximum(triples.best, triples.candidate)
    kinds, which = np.unique(low * classes + high, return_inverse=True)
    rows = np.bincount(which, triples.count, len(kinds)).astype(np.int64)
    changed = kinds // classes != kinds % classes
    first, second, rows = kinds[changed] // classes, kinds[changed] % classes, rows[changed]
    random, size = np.random.default_rng(SEED), _simulations(len(rows))
    moved = 2.0 * random.binomial(rows, 0.5, (size, len(rows))) - rows
    shifts = [np.bincount(first, each, classes) - np.bincount(second, each, classes) for each in moved]
    return _floor(np.abs(shifts).sum(axis=1) / 2 / triples.count.sum(), quantile)


def marginal_floor(per_class: PerClass, part: float = 1.0, quantile: float = QUANTILE) -> float:
    """The same where only each class is known, not from which to which rows moved: a little more, to be safe.

    A row moves two classes at once, which spreads the sum wider than independent classes would. Rows may be worth only
    a ``part`` of as many independent ones.
    """
    best, candidate, overlap = per_class.best, per_class.candidate, per_class.overlap
    assert overlap is not None
    touched = np.rint(part * (best.claims + candidate.claims - 2 * (overlap.hits + overlap.false))).astype(np.int64)
    random = np.random.default_rng(SEED)
    moved = 2.0 * random.binomial(touched, 0.5, (_simulations(len(touched)), len(touched))) - touched
    distance = np.abs(moved).sum(axis=1) / 2 / (part * best.claims.sum())
    middle = float(distance.mean())
    return middle + TOGETHER * (_floor(distance, quantile) - middle)


def _simulations(numbers: int) -> int:
    return max(FEWEST, min(MOST, DRAWS // max(1, numbers)))


def _floor(distances: Array, quantile: float) -> float:
    return float(np.quantile(distances, quantile))
