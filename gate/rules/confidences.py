"""How far the mean confidence of the first prediction moved, beside the limit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from gate.counts import Counts, Totals
from gate.rules.demand import FEWEST_ROWS
from gate.rules.wording import interval_text
from gate.stats.confidence import calibration_error, mean, mean_shift, wasserstein
from gate.stats.interval import Interval
from gate.stats.paired import Estimate
from gate.verdict import Effect

RECALIBRATED = "; no prediction changed, so this is a recalibration"
Histogram = Totals  # of shape (3, bins): wrong, right, unknown


def confidences(counts: Counts) -> tuple[Histogram, Histogram] | None:
    """Of both models, where both have any."""
    best, candidate = counts.confidence.best, counts.confidence.candidate
    if best is None or candidate is None or not (best.any() and candidate.any()):
        return None
    return best, candidate


@dataclass(frozen=True)
class Shift:
    """Confidences of rows that are worth only a ``part`` of as many independent ones. A limit holds both ways."""

    best: Histogram
    candidate: Histogram
    part: float
    confidence: float
    same_predictions: bool

    @cached_property
    def estimate(self) -> Estimate:
        return mean_shift(self.best.sum(axis=0), self.candidate.sum(axis=0), self.part)

    @property
    def interval(self) -> Interval:
        return self.estimate.interval(self.confidence)

    @cached_property
    def means(self) -> tuple[float, float]:
        """The best's and the candidate's."""
        return mean(self.best.sum(axis=0)), mean(self.candidate.sum(axis=0))

    def passes(self, limit: float) -> bool:
        enough = self.part * min(self.best.sum(), self.candidate.sum()) >= FEWEST_ROWS
        return bool(enough) and -limit <= self.interval.low and self.interval.high <= limit

    def fails(self, limit: float) -> bool:
        return self.interval.low > limit or self.interval.high < -limit

    @property
    def line(self) -> str:
        """`mean p@1 0.871 -> 0.880 [+0.008, +0.010], moved 0.009 in all`, and what else there is to say."""
        before, after = self.means
        said = f"mean p@1 {before:.3f} -> {after:.3f} {interval_text(self.interval, 3)}"
        moved = wasserstein(self.best.sum(axis=0), self.candidate.sum(axis=0))
        recalibrated = RECALIBRATED if self.same_predictions and self.estimate.value else ""
        return f"{said}, moved {moved:.3f} in all{self._calibration}{recalibrated}"

    @property
    def _calibration(self) -> str:
        """Where rows have a truth."""
        if not (self.best[:2].any() and self.candidate[:2].any()):
            return ""
        before, after = (calibration_error(each[0], each[1]) for each in (self.best, self.candidate))
        return f", calibration error {before:.3f} -> {after:.3f}"

    def effect(self, limit: float | None) -> Effect:
        rising, interval = self.estimate.value >= 0, self.interval
        return Effect(
            "change of mean confidence (p@1)",
            self.estimate.value,
            interval.low,
            interval.high,
            None if limit is None else limit if rising else -limit,
            "confidence",
            float(self.candidate.sum()),
            "mean_shift",
            confidence=self.confidence,
            fewer=rising,
            levels=self.means,
        )
