"""Two models on the same rows: the difference of their accuracies, and tests of it.

``b`` rows only the candidate has right, ``c`` only the best, of ``n`` rows; a difference is candidate minus best.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from gate.late import scipy
from gate.stats.interval import Interval, quantile


@dataclass(frozen=True)
class Estimate:
    """A value and its standard error."""

    value: float
    error: float

    def interval(self, confidence: float = 0.95) -> Interval:
        half = quantile(confidence) * self.error
        return Interval(self.value - half, self.value + half)


def difference(b: float, c: float, n: float) -> Estimate:
    """Of two accuracies on the same rows."""
    return Estimate((b - c) / n, math.sqrt(max(0.0, b + c - (b - c) ** 2 / n)) / n)


def mcnemar_exact(b: int, c: int) -> float:
    """Two-sided p: changed rows go either way with probability 1/2 (McNemar 1947)."""
    return min(1.0, 2 * float(scipy.special.bdtr(min(b, c), b + c, 0.5))) if b + c else 1.0


def mcnemar_mid_p(b: int, c: int) -> float:
    """The same, counting half of what was observed: less conservative (Fagerland, Lydersen and Laake 2013)."""
    if b == c:
        return 1.0
    fewer, rows = min(b, c), b + c
    below = float(scipy.special.bdtr(fewer - 1, rows, 0.5)) if fewer else 0.0
    return below + float(scipy.special.bdtr(fewer, rows, 0.5))


def contrast(b: float, c: float, both: float, n: float, lost: float) -> Estimate:
    """Accuracy of the candidate minus a (1 - ``lost``) part of the best's: above 0 where less than that is lost.

    As of Bonett and Price, one row more that only the candidate has right, and one that only the best has.
    """
    kept = 1 - lost
    rows = ((both, lost), (b + 1, 1.0), (c + 1, -kept))
    size = n + 2
    mean = sum(count * value for count, value in rows) / size
    squares = sum(count * value**2 for count, value in rows) / size
    return Estimate(mean, math.sqrt(max(0.0, squares - mean**2) / size))


def relative_flips(b: float, c: float, both: float, neither: float, confidence: float = 0.95) -> Interval:
    """Of the relative negative flip rate c n / ((both + c) (c + neither)), on its logarithm, by the delta method.

    Half a row more of each kind keeps it finite where one of them was not seen.
    """
    mended, broken, right, wrong = (count + 0.5 for count in (b, c, both, neither))
    n, right_best, wrong_new = mended + broken + right + wrong, right + broken, broken + wrong
    ratio = broken * n / (right_best * wrong_new)
    slopes = (
        (mended, 1 / n),
        (broken, 1 / n + 1 / broken - 1 / right_best - 1 / wrong_new),
        (right, 1 / n - 1 / right_best),
        (wrong, 1 / n - 1 / wrong_new),
    )
    half = quantile(confidence) * math.sqrt(sum(count * slope**2 for count, slope in slopes))
    return Interval(ratio * math.exp(-half) if c else 0.0, ratio * math.exp(half))
