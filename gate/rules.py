"""What a policy can demand, and how each demand is checked against the evidence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from gate.evidence import Evidence, Run, Scalar
from gate.scores import class_scores
from gate.verdict import Finding, Outcome

TOLERANCE = 1e-9  # relative; decimal limits such as 8 % of 0.52 are not exact in binary


@dataclass(frozen=True)
class Margin:
    """How much worse a candidate may be: a share of |best| (``relative``, 0.03 for 3 %) or metric units."""

    text: str
    relative: float = 0.0
    absolute: float = 0.0

    def of(self, best: float) -> float:
        return max(abs(best) * self.relative, self.absolute)


@dataclass(frozen=True)
class MetricRule:
    """The candidate's scalar may not be worse than the best's by more than the margin: a comparison of two points.

    ``metric`` is ``title/series``; ``value`` takes the last point or the best one of the curve. An exact 0.0 of a
    ``min`` metric is not believed unless ``allow_zero``: the ClearML SDK stores NaN and infinity as 0.0.
    """

    metric: str
    direction: Literal["max", "min"]
    margin: Margin
    value: Literal["last", "best"] = "last"
    allow_zero: bool = False

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
        allowed = self.margin.of(best)
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
        if best is None or not self.margin.relative:
            return f"may {verb} by at most {self.margin.text}"
        return f"may {verb} by at most {self.margin.text} of {_text(best)} = {self.margin.of(best):.4g}"

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


@dataclass(frozen=True)
class ClassesRule:
    """Per-class F1 of both models on the same rows, for information: it asks for the table, not for a result.

    Counts of rows that could not be paired are evidence of a weaker kind: a person must judge.
    """

    name: str = "classes"

    def judge(self, evidence: Evidence) -> Finding:
        required = "predictions of both runs on the same rows"
        if evidence.counts is None:
            message = f"no per-class comparison: {evidence.counts_missing}; required: {required}"
            return Finding(self.name, Outcome.UNKNOWN, message, evidence.counts_missing, required)
        scores = class_scores(evidence.counts)
        if not scores.labels:
            return Finding(self.name, Outcome.UNKNOWN, f"no class at all; required: {required}", "no class", required)
        change = scores.f1_change
        worst = int(change.argmin())
        found = f"{len(scores.labels):,} classes: F1 lower in {(change < 0).sum():,}, higher in {(change > 0).sum():,}"
        example = (
            f"largest loss '{scores.labels[worst]}' {scores.best.f1[worst]:.3f} -> {scores.candidate.f1[worst]:.3f}"
            f" (support {scores.support[worst]:,.0f})"
        )
        message = f"{found}; {example} ({evidence.counts.pairing.said}, for information)"
        outcome = Outcome.REVIEW if evidence.counts.pairing.how == "none" else Outcome.PASSED
        return Finding(self.name, outcome, message, found, required)


Rule = MetricRule | ClassesRule


def _text(value: float | None) -> str:
    return "no value" if value is None else f"{value:.6g}"
