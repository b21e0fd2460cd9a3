"""The test set: the same for both runs, later than the training data, and not worn out by use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from gate.counts import Counts
from gate.evidence import Evidence
from gate.figures import counted
from gate.late import numpy as np
from gate.rules.demand import Demand, Lacking, candidate_of, counts_of, opponent_of
from gate.rules.parts import Part, attempted, joined
from gate.rules.wording import percent
from gate.scores import flips
from gate.stats.dependence import NoBlocks, worth
from gate.stats.paired import difference
from gate.stats.reuse import luck_floor
from gate.verdict import Effect, Finding, Outcome

SHOWN = 8  # digits of a fingerprint


@dataclass(frozen=True)
class HoldoutRule(Demand):
    """Both runs were tested on the same rows (``min_matched`` of all), of later data than they were trained on if
    ``chronological``; after ``budget`` evaluations of one test set a pass is left to a person.
    """

    same: bool = True
    min_matched: float = 0.99
    chronological: bool = False
    budget: int | None = 50

    @property
    def name(self) -> str:
        return "testset"

    @property
    def required(self) -> str:
        said = [f"the same test set ({percent(self.min_matched, 6)} of the rows)"] * self.same
        said += ["training data that end before the test data begin"] * self.chronological
        said += [] if self.budget is None else [f"at most {self.budget:,} evaluations"]
        return "; ".join(said) or "a test set"

    def weigh(self, evidence: Evidence) -> Finding:
        candidate_of(evidence)
        demanded = {self._same: self.same, self._later: self.chronological, self._uses: self.budget is not None}
        steps: list[Callable[[Evidence], Part]] = [step for step, wanted in demanded.items() if wanted]
        if not steps:
            raise Lacking("nothing is demanded of the test set, which is not a pass")
        return joined(self, [attempted(partial(step, evidence)) for step in steps])

    def _same(self, evidence: Evidence) -> Part:
        counts = counts_of(evidence)
        pairing = counts.pairing
        if counts.per_class.overlap is None:
            raise Lacking(f"nothing shows that both runs had the same test set: {pairing.said}")
        if not pairing.both:
            raise Lacking("the test set has no rows")
        matched = pairing.matched
        effect = Effect("rows matched", matched, None, None, self.min_matched, "share", pairing.both, "matched")
        if matched < self.min_matched:
            return Part(
                f"not the same test set: {pairing.said}, of {percent(self.min_matched, 6)}", Outcome.FAILED, effect
            )
        mark = f" {counts.fingerprint[:SHOWN]}.." if counts.fingerprint else ""
        return Part(f"same test set{mark} ({pairing.said})", effect=effect)

    def _later(self, evidence: Evidence) -> Part:
        split = evidence.split
        if split is None:
            opponent_of(evidence)
            raise Lacking(f"when training data end and test data begin is not known: {evidence.why('split')}")
        ends, begins = (_moment(seconds) for seconds in (split.train_end, split.test_start))
        if split.train_end < split.test_start:
            return Part(f"train ends {ends}, before test starts {begins}")
        said = f"train ends {ends}, not before test starts {begins}"
        return Part(f"the training data overlap the test, so gains may be learned by heart: {said}", Outcome.FAILED)

    def _uses(self, evidence: Evidence) -> Part:
        if evidence.reuse is None:
            opponent_of(evidence)
            raise Lacking(f"how often this test set was used is not known: {evidence.why('reuse')}")
        assert self.budget is not None
        if evidence.counts and evidence.counts.fingerprint not in ("", evidence.reuse.fingerprint):
            raise Lacking("the evaluations that were counted are of another test set")
        uses, budget = evidence.reuse.evaluations, self.budget
        used, promoted = counted(uses, "evaluation"), counted(evidence.reuse.promotions, "promotion")
        said = f"{used} of {budget:,} ({promoted}){_luck(evidence)}"
        effect = Effect("evaluations", uses, None, None, budget, "uses", uses, "reuse", "", fewer=True)
        if uses <= budget:
            return Part(said, effect=effect, kept=f"within the budget of {budget:,} evaluations")
        spent = "the budget is spent: a new test set is due"
        return Part(f"{said}; {spent}", self.undecided, effect, kept=spent)


def _luck(evidence: Evidence) -> str:
    """What the best of so many candidates gains by luck, where rows are paired."""
    error = None if evidence.counts is None else paired_error(evidence.counts)
    if error is None or evidence.reuse is None:
        return ""
    return f"; gains below {100 * luck_floor(error, evidence.reuse.evaluations):.2f} pp are luck"


def paired_error(counts: Counts) -> float | None:
    """The standard error of the paired difference of accuracy, where rows are paired and it can be told."""
    found = flips(counts)
    if found is None or not found.rows:
        return None
    try:
        rows = found.rows * worth(counts)
    except NoBlocks:
        return None
    share = rows / found.rows
    return float(difference(found.positive * share, found.negative * share, rows).error)


def _moment(seconds: float) -> str:
    """RFC 3339, UTC, to the second."""
    return f"{np.datetime64(int(seconds), 's')}Z"
