"""Did the F1 of a class change? Exact tests of all classes at once, and how much a class lost at least."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import TypeAlias

from gate.counts import Codes, Totals
from gate.late import numpy as np
from gate.late import numpy_typing as npt
from gate.late import scipy
from gate.stats.interval import Interval, wilson
from gate.stats.measures import share
from gate.stats.seven import Seven

FEWEST_CHANGED = 5  # with fewer changed rows no outcome has a probability below 5 %
MOST_EXACT = 400  # changed rows that are enumerated; beyond, the normal distribution is as good
TIE = 1e-12
Mask: TypeAlias = "npt.NDArray[np.bool_]"


@dataclass(frozen=True)
class SwapTest:
    """One-sided p per class: how likely a change as bad as ``fell`` says, or as good as ``rose`` says, is by chance."""

    fell: Totals
    rose: Totals


def swap_test(seven: Seven) -> SwapTest:
    """Exact under "the models are interchangeable": each changed row goes either way with probability 1/2.

    The counts must be whole numbers.
    """
    return SwapTest(_fell(seven), _fell(seven.swapped))


def benjamini_hochberg(p: Totals, share_false: float) -> Mask:
    """Which hypotheses to reject so that at most this share of them is expected to be true (1995).

    As scipy.stats.false_discovery_control, whose module takes longer to load than all classes take to judge.
    """
    order = np.argsort(p, kind="stable")
    fits = p[order] * len(p) <= share_false * np.arange(1, len(p) + 1)
    last = np.flatnonzero(fits).max(initial=-1)
    rejected = np.zeros(len(p), dtype=np.bool_)
    rejected[order[: last + 1]] = True
    return rejected


def change_error(seven: Seven) -> Totals:
    """The standard error of the change of F1: as observed or as if the models were interchangeable, the larger.

    Observed alone it is zero for a class of one row.
    """
    return np.sqrt(np.maximum(_variance(seven), _swap_variance(seven)))


def f1_variance(f1: Totals, weight: Totals) -> Totals:
    """Of one model: F (1 - F) (2 - F) / D with D = 2TP + FP + FN."""
    return share(f1 * (1 - f1) * (2 - f1), weight)


def f1_interval(hits: float, support: float, claims: float, confidence: float = 0.95) -> Interval:
    """Of one model and a class of any size: Wilson's interval of J = TP / (TP + FP + FN), as F1 = 2J / (1 + J)."""
    jaccard = wilson(hits, support + claims - hits, confidence)
    return Interval(*(2 * end / (1 + end) for end in (jaccard.low, jaccard.high)))


def _fell(seven: Seven) -> Totals:
    p = np.ones(len(seven.both))
    exact = (seven.changed > 0) & (seven.changed <= MOST_EXACT)
    p[exact] = _exact(_only(seven, exact))
    many = seven.changed > MOST_EXACT
    spread = np.sqrt(_swap_variance(seven))
    p[many] = scipy.special.ndtr(seven.change[many] / spread[many])
    return np.minimum(p, 1.0)


def _only(seven: Seven, chosen: Mask) -> Seven:
    return Seven(*(getattr(seven, each.name)[chosen] for each in fields(Seven)))


def _exact(seven: Seven) -> Totals:
    """Sum over all ``gained``; for each the fewest ``false_new`` that make the change as bad as observed."""
    hit = (seven.gained + seven.lost).astype(np.int64)
    of_class = np.repeat(np.arange(len(hit)), hit + 1)
    gained = np.arange(len(of_class)) - np.repeat(np.cumsum(hit + 1) - hit - 1, hit + 1)
    curve = _Curve.of(seven, of_class, gained)
    probability = _mass(gained, hit[of_class]) * _up_to(curve.false - curve.fewest, curve.false)
    return np.bincount(of_class, probability, len(hit)).astype(np.float64)


@dataclass(frozen=True)
class _Curve:
    """The change of F1 as it falls with x, the number of ``false_new``: a / (b + x) - c / (e - x)."""

    a: Totals
    b: Totals
    c: Totals
    e: Totals
    observed: Totals
    false: Codes

    @classmethod
    def of(cls, seven: Seven, of_class: Codes, gained: Codes) -> _Curve:
        lost = (seven.gained + seven.lost)[of_class] - gained
        false = (seven.false_new + seven.false_gone)[of_class].astype(np.int64)
        both, fixed = seven.both[of_class], (seven.support + seven.both + seven.false)[of_class]
        hits, hits_best = both + gained, both + lost
        return cls(2 * hits, fixed + gained, 2 * hits_best, fixed + lost + false, seven.change[of_class], false)

    @property
    def fewest(self) -> Codes:
        """The smallest x where the change is as bad as observed: near the root, and there by trial."""
        observed, slope = self.observed, self.a + self.c + self.observed * (self.e - self.b)
        level = self.a * self.e - self.c * self.b - observed * self.b * self.e
        root = share(2 * level, slope + np.sqrt(np.maximum(0.0, slope**2 - 4 * observed * level)))
        near = np.clip(np.rint(root), 0, self.false + 1).astype(np.int64)
        fewest = near + 2
        for x in (near + 1, near, near - 1):
            fewest = np.where((x >= 0) & self._bad(x), x, fewest)
        return fewest

    def _bad(self, x: Codes) -> Mask:
        change = share(self.a, self.b + x) - share(self.c, self.e - x)
        return np.asarray((change <= self.observed + TIE) | (x > self.false))


@cache
def _table() -> Totals:
    """P(X <= k) at [n, k + 1] of n rows that go either way, for every n that is enumerated."""
    rows, most = np.ogrid[: MOST_EXACT + 1, : MOST_EXACT + 1]
    below = scipy.special.bdtr(np.minimum(most, rows), rows, 0.5)
    return np.concatenate([np.zeros((MOST_EXACT + 1, 1)), below], axis=1)


def _up_to(most: Codes, rows: Codes) -> Totals:
    return np.asarray(_table()[rows, most + 1])


def _mass(wanted: Codes, rows: Codes) -> Totals:
    """P(X = wanted), from the lower half, where differences lose no digits."""
    fewer = np.minimum(wanted, rows - wanted)
    return _up_to(fewer, rows) - _up_to(fewer - 1, rows)


def _variance(seven: Seven) -> Totals:
    """Of the change of F1, by what one row of each kind adds to it."""
    per_best, per_new = (
        share(np.ones_like(seven.weight), seven.weight_best),
        share(np.ones_like(seven.weight), seven.weight),
    )
    miss, hit = -seven.candidate * per_new, (2 - 2 * seven.candidate) * per_new
    miss_best, hit_best = -seven.best * per_best, (2 - 2 * seven.best) * per_best
    return np.asarray(
        seven.both * (hit - hit_best) ** 2
        + seven.gained * (hit - miss_best) ** 2
        + seven.lost * (miss - hit_best) ** 2
        + (seven.neither + seven.false) * (miss - miss_best) ** 2
        + seven.false_new * miss**2
        + seven.false_gone * miss_best**2
    )


def _swap_variance(seven: Seven) -> Totals:
    """Of the change of F1 where each changed row goes either way, around the middle of the two models."""
    hits = seven.both + (seven.gained + seven.lost) / 2
    weight = (seven.weight + seven.weight_best) / 2
    f1 = share(2 * hits, weight)
    spread = (seven.gained + seven.lost) * (2 - f1) ** 2 + (seven.false_new + seven.false_gone) * f1**2
    return share(spread, weight**2)
