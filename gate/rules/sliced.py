"""The accuracies of both models within one slice, beside the margin."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from gate.counts import Slice
from gate.late import scipy
from gate.rules.demand import Margin
from gate.rules.wording import answer, needed_rows
from gate.stats.interval import Interval, score, tango
from gate.stats.paired import contrast
from gate.verdict import Effect


@dataclass(frozen=True)
class Sliced:
    """One slice of paired rows, which are worth only a ``part`` of as many independent ones."""

    slice: Slice
    margin: Margin
    confidence: float
    part: float = 1.0

    @property
    def rows(self) -> float:
        return self.slice.per_class.candidate.rows

    @property
    def best(self) -> float:
        return float(self.slice.per_class.best.hits.sum()) / self.rows

    @property
    def candidate(self) -> float:
        return float(self.slice.per_class.candidate.hits.sum()) / self.rows

    @property
    def difference(self) -> float:
        return self.candidate - self.best

    @property
    def allowed(self) -> float:
        return self.margin.of(self.best)

    @cached_property
    def interval(self) -> Interval:
        """Of the difference."""
        b, c, both, n = self._four
        if self.margin.relative:
            lost = self.margin.relative
            return contrast(b, c, both, n, lost).interval(self.confidence) + -lost * self.best
        return tango(b, c, n, self.confidence)

    @property
    def p_not_worse(self) -> float:
        """How likely so low a difference is where the slice just loses the margin: small if it loses more."""
        b, c, both, n = self._four
        if not self.margin.relative:
            return float(scipy.special.ndtr(score(b, c, n, -self.allowed)))
        found = contrast(b, c, both, n, self.margin.relative)
        return float(scipy.special.ndtr(found.value / found.error))

    @property
    def passes(self) -> bool:
        return self.interval.low > -self.allowed

    def line(self, fails: bool) -> str:
        """`camera=night (n=1,204): accuracy -2.1 pp [-3.6, -0.7], margin 2 pp: inconclusive`."""
        low, high = self.interval.low, self.interval.high
        return (
            f"{self.slice.column}={self.slice.value} (n={self.rows:,.0f}): accuracy {100 * self.difference:+.1f} pp "
            f"[{100 * low:+.1f}, {100 * high:+.1f}], margin {100 * self.allowed:.3g} pp: {answer(self.passes, fails)}"
        )

    def effect(self, fails: bool) -> Effect:
        interval, needed = self.interval, ""
        if not self.passes and not fails:
            needed = needed_rows(self.rows, interval, self.confidence, self.difference + self.allowed)
        return Effect(
            f"accuracy in {self.slice.column}={self.slice.value}",
            self.difference,
            interval.low,
            interval.high,
            -self.allowed,
            "score",
            self.rows,
            "contrast" if self.margin.relative else "tango",
            needed,
            self.confidence,
            levels=(self.best, self.candidate),
        )

    @cached_property
    def _four(self) -> tuple[float, float, float, float]:
        """Rows that only the candidate has right, only the best, both, and all."""
        found = self.slice.per_class
        assert found.overlap is not None
        both = float(found.overlap.hits.sum())
        b, c = float(found.candidate.hits.sum()) - both, float(found.best.hits.sum()) - both
        return b * self.part, c * self.part, both * self.part, self.rows * self.part
