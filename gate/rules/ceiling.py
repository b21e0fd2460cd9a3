"""A quantity that should be small, beside the most that is allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gate.rules.demand import Demand
from gate.rules.parts import Part
from gate.rules.wording import answer, needed_rows, no_less, no_more, percent
from gate.stats.interval import Interval
from gate.verdict import Effect, Unit


@dataclass(frozen=True)
class Ceiling:
    """Passes where the whole interval is within the limit, fails where all of it is beyond; no limit, no demand."""

    what: str
    value: float
    interval: Interval
    limit: float | None
    rows: float
    formula: str
    confidence: float
    unit: Unit = "share"

    def part(self, rule: Demand) -> Part:
        between = f"[{self._number(self.interval.low)}, {self._number(self.interval.high)}]"
        said = f"{self.what} {self._text(self.value)} {between}"
        if self.limit is None:
            return Part(said, effect=self._effect(""))
        passes, fails = self.interval.high <= self.limit, self.interval.low > self.limit
        limit = percent(self.limit, 6) if self.unit == "share" else f"{self.limit:g}"
        line = f"{said}, limit {limit}: {answer(passes, fails)}"
        return Part(line, rule.decided(passes, fails), self._effect(self._needed(self.limit, passes, fails)))

    def _needed(self, limit: float, passes: bool, fails: bool) -> str:
        if passes:
            return f"it passes with every limit of {self._rounded(no_less, self.interval.high)} or more"
        if fails:
            return f"it fails with every limit below {self._rounded(no_more, self.interval.low)}"
        return needed_rows(self.rows, self.interval, self.confidence, limit - self.value)

    def _effect(self, needed: str) -> Effect:
        low, high = self.interval.low, self.interval.high
        return Effect(
            self.what,
            self.value,
            low,
            high,
            self.limit,
            self.unit,
            self.rows,
            self.formula,
            needed,
            self.confidence,
            fewer=True,
        )

    def _rounded(self, way: Callable[[float, int], float], value: float) -> str:
        scale = 100 if self.unit == "share" else 1
        return self._text(way(scale * value, self._digits) / scale)

    def _text(self, value: float) -> str:
        return f"{self._number(value)} %" if self.unit == "share" else self._number(value)

    def _number(self, value: float) -> str:
        return f"{100 * value:.{self._digits}f}" if self.unit == "share" else f"{value:.{self._digits}f}"

    @property
    def _digits(self) -> int:
        """More where the interval is narrow."""
        if self.unit == "share":
            return 1 if self.interval.width >= 0.002 else 3
        return 2 if self.interval.width >= 0.02 else 4
