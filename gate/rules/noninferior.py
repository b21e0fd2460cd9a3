"""A comparison beside a margin: does its interval lie above -margin, below it, or on both sides?"""

from __future__ import annotations

from dataclasses import dataclass

from gate.counts import Counts
from gate.rules.demand import Lacking, Margin
from gate.rules.wording import (
    answer,
    confidence_text,
    digits_for,
    interval_text,
    needed_rows,
    no_less,
    no_more,
    percent,
)
from gate.stats.comparison import Comparison, compared
from gate.stats.methods import How, Incomparable
from gate.verdict import Effect, Outcome


@dataclass(frozen=True)
class Weighed:
    """A score of both models beside the loss that is allowed."""

    found: Comparison
    margin: Margin
    confidence: float

    @property
    def allowed(self) -> float:
        return self.margin.of(self.found.best)

    @property
    def passes(self) -> bool:
        return self.found.interval.low > -self.allowed

    @property
    def fails(self) -> bool:
        return self.found.interval.high < -self.allowed

    @property
    def answer(self) -> str:
        """In a word; and what an interval says that is all below 0, but not all below the margin."""
        said = answer(self.passes, self.fails)
        if self.fails or self.margin.relative or self.found.interval.high >= 0:
            return said
        return f"{said}: worse, {'but by less' if self.passes else 'and perhaps by more'} than the margin"

    @property
    def line(self) -> str:
        """`0.412 -> 0.409, 95 % CI of the difference [-0.006, +0.001], margin 0.004`."""
        found, digits = self.found, digits_for(self.found.interval.width)
        share = f"{percent(self.margin.relative, 6)} of {found.best:.{digits}f} = " if self.margin.relative else ""
        return (
            f"{found.best:.{digits}f} -> {found.candidate:.{digits}f}, {confidence_text(self.confidence)} of the "
            f"difference {interval_text(found.interval, digits)}, margin {share}{self.allowed:.{digits + 1}g}"
        )

    @property
    def needed(self) -> str:
        """What would change the answer."""
        interval, digits = self.found.interval, digits_for(self.found.interval.width) + 1
        if self.passes:
            better, least = interval.low > 0, no_less(-interval.low, digits)
            return f"it passes with {'any margin, also 0' if better else f'every margin above {least:.{digits}f}'}"
        if self.fails:
            return f"it fails with every margin below {no_more(-interval.high, digits):.{digits}f}"
        distance = self.found.difference + self.allowed
        return needed_rows(self.found.rows, interval, self.confidence, distance)

    def effect(self, label: str) -> Effect:
        found = self.found
        return Effect(
            label,
            found.difference,
            found.interval.low,
            found.interval.high,
            -self.allowed,
            "score",
            found.rows,
            found.formula,
            self.needed,
            self.confidence,
            levels=(found.best, found.candidate),
        )


def weighed(counts: Counts, score: str, margin: Margin, how: How, undecided: Outcome) -> Weighed:
    """Compare, and put beside the margin.

    Raises:
        Lacking: there is no interval, or not even a score.
    """
    try:
        return Weighed(compared(counts, score, how), margin, how.confidence)
    except Incomparable as why:
        raise Lacking(str(why), Outcome.UNKNOWN if why.missing else undecided) from why
