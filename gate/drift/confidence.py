"""How confidence moved between two sets of rows."""

from __future__ import annotations

from dataclasses import dataclass

from gate.observed import Observed
from gate.stats import confidence, split
from gate.stats.paired import Estimate


@dataclass(frozen=True)
class ConfidenceShift:
    """Of the mean p@1, and of the whole distribution: ``carried`` is Wasserstein-1 in units of confidence, with what
    it stays below 19 times in 20 by ``chance``; ``gap`` the Kolmogorov-Smirnov distance from bins, which is at most
    ``gap_bound`` whatever the values in them.
    """

    before: float
    after: float
    shift: Estimate
    carried: float
    chance: float
    gap: float
    gap_bound: float
    rows: tuple[float, float]


def confidence_shift(reference: Observed, current: Observed) -> ConfidenceShift | None:
    """None where one set has no confidences."""
    before, after = reference.sure, current.sure
    if not (before.sum() and after.sum()):
        return None
    return ConfidenceShift(
        confidence.mean(before),
        confidence.mean(after),
        confidence.mean_shift(before, after),
        confidence.wasserstein(before, after),
        split.floor(before, after, split.carried),
        confidence.kolmogorov_smirnov(before, after),
        split.kolmogorov_smirnov_bound(before, after),
        (float(before.sum()), float(after.sum())),
    )
