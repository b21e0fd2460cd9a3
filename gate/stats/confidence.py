"""Confidences of two models, from histograms with bins of equal width on [0, 1], so that no outlier hides a shift.

A histogram of confidences has the shape (bins,); `gate.counts.Histograms` has one row each for wrong, right, unknown.
"""

from __future__ import annotations

import math

from gate.counts import Totals
from gate.late import numpy as np
from gate.stats.measures import share
from gate.stats.paired import Estimate

MASS_BINS = 15


def middles(bins: int) -> Totals:
    """The confidence that each bin stands for."""
    return (np.arange(bins) + 0.5) / bins


def wasserstein(best: Totals, candidate: Totals) -> float:
    """How far confidence must be carried to make one distribution of the other, in units of confidence."""
    return float(np.abs(_cumulated(best) - _cumulated(candidate)).sum() / len(best))


def kolmogorov_smirnov(best: Totals, candidate: Totals) -> float:
    """The largest difference of the shares below some confidence."""
    return float(np.abs(_cumulated(best) - _cumulated(candidate)).max())


def mean(histogram: Totals) -> float:
    return float((histogram * middles(len(histogram))).sum() / histogram.sum())


def mean_shift(best: Totals, candidate: Totals, part: float = 1.0) -> Estimate:
    """Candidate minus best, as if of independent samples: too wide where both models saw the same rows.

    Histograms do not say which confidences belong together. Rows may be worth only a ``part`` of their number.
    """
    spread = _variance(best) / best.sum() + _variance(candidate) / candidate.sum()
    return Estimate(mean(candidate) - mean(best), math.sqrt(spread / part))


def brier(wrong: Totals, right: Totals) -> float:
    """The mean squared distance of the confidence from being right (1) or wrong (0)."""
    at = middles(len(wrong))
    return float((wrong * at**2 + right * (1 - at) ** 2).sum() / (wrong + right).sum())


def calibration_error(wrong: Totals, right: Totals, bins: int = MASS_BINS) -> float:
    """How far confidence is from accuracy, root mean square over bins of equal mass, less what chance adds.

    By the debiased estimator of Kumar, Liang and Ma (2019): without it a perfectly calibrated model shows an error.
    """
    rows = wrong + right
    part = np.minimum((bins * (np.cumsum(rows) - rows / 2) / rows.sum()).astype(np.int64), bins - 1)
    size, hits, said = (np.bincount(part, each, bins) for each in (rows, right, rows * middles(len(rows))))
    accuracy = share(hits, size)
    chance = share(accuracy * (1 - accuracy), size - 1)
    squares = (accuracy - share(said, size)) ** 2 - chance
    return math.sqrt(max(0.0, float((size * squares).sum() / rows.sum())))


def _cumulated(histogram: Totals) -> Totals:
    return np.asarray(np.cumsum(histogram) / histogram.sum())


def _variance(histogram: Totals) -> float:
    """Within the bins too, so that it is never 0."""
    away = middles(len(histogram)) - mean(histogram)
    return float((histogram * away**2).sum() / histogram.sum()) + 1 / (12 * len(histogram) ** 2)
