"""One reported metric: points of two runs compared, and floors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from gate.evidence import Evidence, Run, Scalar
from gate.rules.demand import Demand, Direction, Margin, Opponent
from gate.verdict import Finding, Outcome

TOLERANCE = 1e-9  # relative; decimal limits such as 8 % of 0.52 are not exact in binary


@dataclass(frozen=True)
class MetricRule(Demand):
    """The candidate's scalar may not be worse than the best's by more than the margin: a comparison of two points.

    ``metric`` is ``title/series``; ``value`` takes the last point or the best one of the curve. An exact 0.0 of a
    ``min`` metric is not believed unless ``allow_zero``: the ClearML SDK stores NaN and infinity as 0.0.
    """

    metric: str
    direction: Direction
    allowed_loss: Margin | None = None
    value: Literal["last", "best"] = "last"
    allow_zero: bool = False
    min: float | None = None
    max: float | None = None
    against: Opponent = "incumbent"

    @property
    def name(self) -> str:
        return f"metric {self.metric}"

    def judge(self, evidence: Evidence) -> Finding:
        if evidence.candidate is None:
            return self._finding(Outcome.UNKNOWN, "nothing", "there is no candidate run to read it from")
        new = self._read(evidence.candidate)
        if (trouble := self._trouble(new)) is not None:
            return self._finding(
                trouble[0], "no value" if new is None else _text(new), f"of the candidate {trouble[1]}"
            )
        if evidence.best is None:
            return self._finding(Outcome.REVIEW, _text(new), "has no best to be compared with: a first baseline")
        best = self._read(evidence.best)
        if (trouble := self._trouble(best)) is not None:
            outcome = Outcome.UNKNOWN if best is None else Outcome.REVIEW
            return self._finding(outcome, f"best {_text(best)}, candidate {_text(new)}", f"of the best {trouble[1]}")
        assert new is not None
        assert best is not None
        return self._compare(best, new)

    def _compare(self, best: float, new: float) -> Finding:
        loss = best - new if self.direction == "max" else new - best
        assert self.allowed_loss is not None
        allowed = self.allowed_loss.of(best)
        fits = loss <= allowed + TOLERANCE * max(abs(best), abs(new))
        change = f"{new - best:+.4g}" + (f", {(new - best) / abs(best):+.2%}" if best else "")
        return Finding(
            self.name,
            Outcome.PASSED if fits else Outcome.FAILED,
            f"{self.metric} {_text(best)} -> {_text(new)} ({change}); {self.limit(best)}: "
            f"{'pass' if fits else 'fail'} (point comparison, uncertainty unknown)",
            found=f"{_text(new)} against {_text(best)} ({change})",
            required=self.limit(best),
        )

    def limit(self, best: float | None = None) -> str:
        verb = "fall" if self.direction == "max" else "rise"
        margin = self.allowed_loss or Margin("0")
        if best is None or not margin.relative:
            return f"may {verb} by at most {margin.text}"
        return f"may {verb} by at most {margin.text} of {_text(best)} = {margin.of(best):.4g}"

    def _finding(self, outcome: Outcome, found: str, why: str) -> Finding:
        return Finding(self.name, outcome, f"{self.metric} {why}; required: {self.limit()}", found, self.limit())

    def _read(self, run: Run) -> float | None:
        scalar = run.scalars.get(self.metric)
        return None if scalar is None else self._pick(scalar)

    def _pick(self, scalar: Scalar) -> float:
        if self.value == "last":
            return scalar.last
        return scalar.high if self.direction == "max" else scalar.low

    def _trouble(self, value: float | None) -> tuple[Outcome, str] | None:
        if value is None:
            return Outcome.UNKNOWN, "was never reported"
        if not math.isfinite(value):
            return Outcome.FAILED, f"is {value}, not a number that can be compared"
        if value == 0 and self.direction == "min" and not self.allow_zero:
            return Outcome.UNKNOWN, (
                "is exactly 0, which is how ClearML stores NaN and infinity "
                "(allow_zero = true in the rule accepts 0 as a real value)"
            )
        return None


def _text(value: float | None) -> str:
    return "no value" if value is None else f"{value:.6g}"
