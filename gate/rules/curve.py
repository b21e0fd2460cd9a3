"""Did the training converge at all?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gate.evidence import Evidence
from gate.rules.demand import Demand, Direction, Lacking, Level, candidate_of
from gate.rules.wording import ZERO, percent
from gate.stats.curve import FEWEST_POINTS, Convergence, State, convergence
from gate.verdict import Effect, Finding, Outcome

OUTCOMES: Mapping[State, Outcome] = {
    State.NO_DATA: Outcome.UNKNOWN,
    State.NOT_FINITE: Outcome.FAILED,
    State.NEVER_LEARNED: Outcome.FAILED,
    State.DIVERGED: Outcome.FAILED,
    State.CONVERGED: Outcome.PASSED,
}
IMPROVING: Mapping[Level, Outcome] = {"block": Outcome.FAILED, "warn": Outcome.REVIEW, "info": Outcome.PASSED}


@dataclass(frozen=True)
class CurveRule(Demand):
    """The candidate's curve of ``metric`` must have come down (or up) by ``min_progress`` of where it began, and not
    have given back more than ``max_given_back`` of that. ``still_improving`` says what it means if it stopped early.
    An exact 0 at the end of a ``min`` metric is not believed unless ``allow_zero``, as in `MetricRule`.
    """

    metric: str
    direction: Direction = "min"
    min_progress: float = 0.05
    max_given_back: float = 0.20
    still_improving: Level = "warn"
    allow_zero: bool = False

    @property
    def name(self) -> str:
        return f"curve {self.metric}"

    @property
    def required(self) -> str:
        way = "fall" if self.direction == "min" else "rise"
        kept = percent(self.max_given_back, 6)
        return (
            f"{self.metric} must {way} by {percent(self.min_progress, 6)} or more and give back at most {kept} of that"
        )

    def weigh(self, evidence: Evidence) -> Finding:
        candidate_of(evidence)
        curve = evidence.curves.get(self.metric)
        if curve is None:
            raise Lacking(f"there is no curve of {self.metric}: {evidence.why('curves')}")
        if self.direction == "min" and curve.values[-1:] == (0.0,) and not self.allow_zero:
            raise Lacking(f"{self.metric} is, at the end, {ZERO}")
        found = convergence(curve.values, self.direction == "max", self.min_progress, self.max_given_back)
        if found.state is State.NO_DATA:
            few = f"{found.points:,} points, of which fewer than {FEWEST_POINTS} are numbers"
            raise Lacking(f"the curve of {self.metric} has {few}")
        outcome = OUTCOMES.get(found.state, IMPROVING[self.still_improving])
        line = self._line(found)
        return Finding(self.name, outcome, line, line, self.required, effect=self._effect(found))

    def _line(self, found: Convergence) -> str:
        """`loss 2.30 -> 1.00, gave back 0 %, last quarter brought 6 %: converged`."""
        if found.state is State.NOT_FINITE:
            return f"{self.metric} is NaN or infinite in the last tenth of its {found.points:,} points: not finite"
        came = f"{self.metric} {found.first:.4g} -> {found.last:.4g}"
        if found.state is State.NEVER_LEARNED:
            least = percent(self.min_progress, 6)
            return f"{came}, which is within its noise or less than {least} of where it began: never learned"
        gave, brought = (percent(max(0.0, share), 0) for share in (found.given_back, found.recent))
        return f"{came}, gave back {gave}, last quarter brought {brought}: {found.state.value}"

    def _effect(self, found: Convergence) -> Effect | None:
        if found.state in (State.NOT_FINITE, State.NEVER_LEARNED):
            return None
        needed = "train longer" if found.state is State.STILL_IMPROVING else ""
        limit, back = self.max_given_back, found.given_back
        return Effect(
            f"{self.metric} gave back", back, None, None, limit, "progress", found.points, "curve", needed, fewer=True
        )
