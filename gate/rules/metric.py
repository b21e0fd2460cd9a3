"""One reported metric: two points compared, and floors that it must reach at all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from gate.evidence import Evidence, Run, Scalar
from gate.rules.demand import Demand, Direction, Lacking, Margin, Opponent, against_words, candidate_of, opponent_of
from gate.rules.wording import ZERO, percent
from gate.verdict import Effect, Finding, Outcome

TOLERANCE = 1e-9  # relative; decimal limits such as 8 % of 0.52 are not exact in binary


@dataclass(frozen=True)
class MetricRule(Demand):
    """The candidate's scalar may not be worse than the best's by more than the margin, nor beyond ``min`` or ``max``.

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

    def __post_init__(self) -> None:
        if self.allowed_loss is None and self.min is None and self.max is None:
            raise ValueError("a metric rule needs allowed_loss, min or max: nothing demanded is not a pass")

    @property
    def name(self) -> str:
        return f"metric {self.metric}{against_words(self.against)}"

    @property
    def required(self) -> str:
        return self._limits(None)

    def weigh(self, evidence: Evidence) -> Finding:
        new = self._value(candidate_of(evidence), "candidate", Outcome.FAILED)
        floors = self._floors_hold(new)
        if self.allowed_loss is None:
            return self._finding(floors, None, new)
        try:
            best = self._value(opponent_of(evidence, self.against), "best", self.undecided)
        except Lacking as gap:
            if not floors:
                return self._finding(False, None, new)
            raise Lacking(f"{self.metric} {_text(new)}: {gap}", gap.outcome) from gap
        return self._finding(floors and self._worse_by(best, new) <= self._allowed(best, new), best, new)

    def _value(self, run: Run, who: str, if_not_finite: Outcome) -> float:
        scalar = run.scalars.get(self.metric)
        if scalar is None:
            raise Lacking(f"{self.metric} of the {who} was never reported")
        value = self._pick(scalar)
        if not math.isfinite(value):
            raise Lacking(f"{self.metric} of the {who} is {value}, not a number that can be compared", if_not_finite)
        if value == 0 and self.direction == "min" and not self.allow_zero:
            raise Lacking(
                f"{self.metric} of the {who} is {ZERO}", Outcome.UNKNOWN if who == "candidate" else Outcome.REVIEW
            )
        return value

    def _pick(self, scalar: Scalar) -> float:
        if self.value == "last":
            return scalar.last
        return scalar.high if self.direction == "max" else scalar.low

    def _worse_by(self, best: float, new: float) -> float:
        return best - new if self.direction == "max" else new - best

    def _allowed(self, best: float, new: float) -> float:
        assert self.allowed_loss is not None
        return self.allowed_loss.of(best) + TOLERANCE * max(abs(best), abs(new))

    def _floors_hold(self, new: float) -> bool:
        above = self.min is None or new >= self.min - TOLERANCE * abs(self.min)
        return above and (self.max is None or new <= self.max + TOLERANCE * abs(self.max))

    def _finding(self, holds: bool, best: float | None, new: float) -> Finding:
        came = _text(new) if best is None else f"{_text(best)} -> {_text(new)} ({_change(best, new)})"
        alone = best is None and self.allowed_loss is not None
        why = "point comparison, uncertainty unknown" if best is not None else "a limit for the candidate alone"
        return Finding(
            self.name,
            Outcome.PASSED if holds else Outcome.FAILED,
            f"{self.metric} {came}; {self._limits(best, floors_only=alone)}: {'pass' if holds else 'fail'} ({why})",
            found=_text(new) if best is None else f"{_text(new)} against {_text(best)} ({_change(best, new)})",
            required=self._limits(best),
            effect=self._effect(holds, best, new),
        )

    def _limits(self, best: float | None, floors_only: bool = False) -> str:
        """Every demand in words."""
        said = [] if self.allowed_loss is None or floors_only else [self._loss_text(self.allowed_loss, best)]
        said += [f"at least {_text(self.min)}"] * (self.min is not None)
        return "; ".join(said + [f"at most {_text(self.max)}"] * (self.max is not None))

    def _loss_text(self, margin: Margin, best: float | None) -> str:
        sign = "-" if self.direction == "max" else "+"
        text = percent(margin.relative, 6) if margin.relative else margin.text
        if best is None or text == f"{margin.of(best):g}":
            return f"allowed {sign}{text}"
        if best == 0 and not margin.absolute:
            return f"allowed {sign}{text} of 0, which is nothing (a percentage of 0: give an absolute margin)"
        return f"allowed {sign}{text} = {sign}{margin.of(best):.4g}"

    def _effect(self, holds: bool, best: float | None, new: float) -> Effect:
        rising = self.direction == "max"
        if best is None or self.allowed_loss is None:
            limit = self.max if self.min is None else self.min
            return Effect(self.metric, new, None, None, limit, "metric", 1, "floor", fewer=self.min is None)
        allowed = self.allowed_loss.of(best)
        edges = [best - allowed, self.min] if rising else [best + allowed, self.max]
        edge = (max if rising else min)(each for each in edges if each is not None)
        side = ("at least" if rising else "at most") if not holds else ("below" if rising else "above")
        needed = f"{'needs' if not holds else 'fails'} {side} {_text(edge)}"
        limit = -allowed if rising else allowed
        label = f"change of {self.metric}"
        levels = (best, new)
        return Effect(label, new - best, None, None, limit, "metric", 1, "point", needed, None, not rising, levels)


def _text(value: float | None) -> str:
    return "no value" if value is None else f"{value:.6g}"


def _change(best: float, new: float) -> str:
    if not best:
        return f"{new - best:+.4g}"
    change = 100 * (new - best) / abs(best)
    if abs(change) >= 1000:
        return f"{change:+,.0f} %"
    return f"{change:+.3g} %" if abs(change) >= 10 else f"{change:+.2g} %"
