"""Intervals for shares and for differences of shares. None has width zero: no sample proves that nothing can happen.

``b`` rows only the candidate has right, ``c`` only the best, of ``n`` rows; a difference is candidate minus best.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

HALVINGS = 80  # of an interval of at most length 2: far below the spacing of floats near its ends


@dataclass(frozen=True)
class Interval:
    """A two-sided confidence interval."""

    low: float
    high: float

    def __add__(self, shift: float) -> Interval:
        return Interval(self.low + shift, self.high + shift)

    @property
    def width(self) -> float:
        return self.high - self.low


def quantile(confidence: float) -> float:
    """The normal quantile of a two-sided interval: 1.96 for 0.95."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(hits: float, n: float, confidence: float = 0.95) -> Interval:
    """A share's score interval (Wilson 1927); everything is possible where nothing was seen."""
    if n <= 0:
        return Interval(0.0, 1.0)
    z2 = quantile(confidence) ** 2
    share = hits / n
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2 * (share * (1 - share) + z2 / (4 * n)) / n) / (1 + z2 / n)
    low = 0.0 if hits <= 0 else max(0.0, middle - half)
    return Interval(low, 1.0 if hits >= n else min(1.0, middle + half))


def score(b: float, c: float, n: float, difference: float) -> float:
    """How many standard errors the observed difference lies above a supposed one (Tango 1998)."""
    gap, spread = b - c - n * difference, _restricted_spread(b, c, n, difference)
    if spread > 0:
        return gap / spread
    return math.copysign(math.inf, gap) if gap else 0.0


def tango(b: float, c: float, n: float, confidence: float = 0.95) -> Interval:
    """The score interval of a paired difference: all differences that lie within z standard errors (Tango 1998)."""
    if n <= 0:
        return Interval(-1.0, 1.0)
    z, observed = quantile(confidence), (b - c) / n

    def too_high(difference: float) -> bool:
        return b - c - n * difference + z * _restricted_spread(b, c, n, difference) < 0

    def too_low(difference: float) -> bool:
        return b - c - n * difference - z * _restricted_spread(b, c, n, difference) > 0

    return Interval(_edge(observed, -1.0, too_low), _edge(observed, 1.0, too_high))


def bonett_price(b: float, c: float, n: float, confidence: float = 0.95) -> Interval:
    """Wald's interval of a paired difference after one row more for each model (Bonett and Price 2012)."""
    rise, fall = (b + 1) / (n + 2), (c + 1) / (n + 2)
    half = quantile(confidence) * math.sqrt((rise + fall - (rise - fall) ** 2) / (n + 2))
    return Interval(max(-1.0, rise - fall - half), min(1.0, rise - fall + half))


def newcombe(
    hits: float, n: float, hits_best: float, n_best: float, confidence: float = 0.95, lost: float = 0.0
) -> Interval:
    """The difference of two independent shares, from their Wilson intervals (Newcombe 1998, method 10).

    With ``lost`` the difference to a (1 - lost) part of the best's share (Donner and Zou 2012).
    """
    kept = 1 - lost
    if n <= 0 or n_best <= 0:
        return Interval(-kept, 1.0)
    new, best = hits / n, hits_best / n_best
    of_new, of_best = wilson(hits, n, confidence), wilson(hits_best, n_best, confidence)
    middle = new - kept * best
    return Interval(
        middle - math.hypot(new - of_new.low, kept * (of_best.high - best)),
        middle + math.hypot(of_new.high - new, kept * (best - of_best.low)),
    )


def _restricted_spread(b: float, c: float, n: float, difference: float) -> float:
    """The standard error of b - c where the difference is as supposed, the share of c its likeliest value then."""
    linear = (2 * n - b + c) * difference - b - c
    constant = -c * difference * (1 - difference)
    root = math.sqrt(max(0.0, linear * linear - 8 * n * constant))
    share = (root - linear) / (4 * n) if linear <= 0 else -2 * constant / (linear + root)
    return math.sqrt(max(0.0, n * (2 * share + difference * (1 - difference))))


def _edge(inside: float, outside: float, beyond: Callable[[float], bool]) -> float:
    """Where, from a point inside towards one outside, it begins to be beyond."""
    if not beyond(outside):
        return outside
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if beyond(middle) else (middle, outside)
    return inside
