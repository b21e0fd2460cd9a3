"""F1 of every class: which ones regressed, tested with control of false alarms, and classes that must not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from gate.counts import Counts
from gate.evidence import Evidence
from gate.rules.demand import FEWEST_ROWS, Demand, Lacking, Margin, counts_of
from gate.rules.noninferior import weighed
from gate.rules.parts import Part, attempted, joined
from gate.rules.regressions import Regressions, regressions
from gate.rules.wording import answer, percent, rows_text
from gate.scores import class_scores
from gate.stats.dependence import NoBlocks, worth
from gate.stats.methods import How
from gate.verdict import Effect, Finding, Outcome


@dataclass(frozen=True)
class ClassesRule(Demand):
    """At most so many classes may have regressed, and ``critical`` ones not by more than ``critical_loss`` of F1.

    A class regressed if an exact swap test says so, with Benjamini-Hochberg at ``fdr`` over all classes that enough
    changed rows and ``min_support`` make testable. Without demands the rule informs. Of rows that could not be paired
    no class can be tested: a person must judge.
    """

    fdr: float = 0.10
    max_regressed: int | None = None
    critical: tuple[str, ...] = ()
    critical_loss: Margin | None = None
    min_support: int = 0
    slice: str = ""
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if bool(self.critical) != (self.critical_loss is not None):
            raise ValueError("critical and critical_loss go together")

    @property
    def name(self) -> str:
        return f"classes in {self.slice}" if self.slice else "classes"

    @property
    def required(self) -> str:
        said = []
        if self.max_regressed is not None:
            said.append(f"at most {self.max_regressed:,} classes regressed")
        if self.critical_loss is not None:
            said.append(f"F1 of {', '.join(self.critical)} may fall by at most {self.critical_loss.text}")
        return "; ".join(said) or "predictions of both runs on the same rows"

    def weigh(self, evidence: Evidence) -> Finding:
        whole = counts_of(evidence)
        counts = counts_of(evidence, part=self.slice)
        if not counts.labels or not counts.rows:
            raise Lacking("no row with a truth, so no class at all")
        if counts.per_class.overlap is None:
            raise Lacking(_untested(counts), Outcome.REVIEW)
        try:
            part = worth(whole)
        except NoBlocks as why:
            raise Lacking(f"no class can be tested: {why}", self.undecided) from why
        found = regressions(counts, part, self.fdr, self.min_support)
        critical = (attempted(partial(self._one, counts, label)) for label in self.critical)
        parts = [self._all(counts.rows * part, found), *critical]
        purpose = "" if self._demanding else ", for information"
        return joined(self, parts, f"{rows_text(counts)}{purpose}")

    def tested(self, counts: Counts) -> Regressions | None:
        """Every class by itself, as `weigh` tests them; None where rows are not paired, or too much alike."""
        if counts.per_class.overlap is None or not counts.rows:
            return None
        try:
            return regressions(counts, worth(counts), self.fdr, self.min_support)
        except NoBlocks:
            return None

    @property
    def _demanding(self) -> bool:
        return self.max_regressed is not None or bool(self.critical)

    def _one(self, counts: Counts, label: str) -> Part:
        """A critical class."""
        assert self.critical_loss is not None
        how = How(self.confidence, self.critical_loss.relative)
        found = weighed(counts, f"f1[{label}]", self.critical_loss, how, self.undecided)
        said = f"critical '{label}' F1 {found.line}: {found.answer}"
        return Part(said, self.decided(found.passes, found.fails), found.effect(f"F1 of '{label}'"))

    def _all(self, rows: float, found: Regressions) -> Part:
        """How many classes regressed, for information or beside the limit."""
        limit, effect = self.max_regressed, self._effect(found)
        if limit is None:
            return Part(found.line, effect=effect)
        few, fails = rows < FEWEST_ROWS, found.regressed > limit
        why = f" (fewer than {FEWEST_ROWS} rows show no regression)" if few and not fails else ""
        said = f"{found.line}; at most {limit:,} may regress: {answer(not few, fails)}{why}"
        return Part(said, self.decided(not few, fails), effect)

    def _effect(self, found: Regressions) -> Effect:
        label = f"regressed classes (at most {percent(self.fdr)} of them by chance)"
        limit, needed = self.max_regressed, ""
        if limit is not None:
            over = found.regressed - limit
            needed = f"passes with {over:,} fewer" if over > 0 else f"fails with {1 - over:,} more"
        count = found.regressed
        return Effect(label, count, None, None, limit, "classes", found.tested, "swap", needed, fewer=True)


def _untested(counts: Counts) -> str:
    change = class_scores(counts).f1_change
    return (
        f"{len(counts.labels):,} classes: F1 lower in {(change < 0).sum():,}, higher in {(change > 0).sum():,}, but no "
        f"class can be tested ({counts.pairing.said})"
    )
