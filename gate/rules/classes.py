"""Per class."""

from __future__ import annotations

from dataclasses import dataclass

from gate.evidence import Evidence
from gate.rules.demand import Demand, Margin
from gate.scores import class_scores
from gate.verdict import Finding, Outcome


@dataclass(frozen=True)
class ClassesRule(Demand):
    """Per-class F1 of both models on the same rows, for information: it asks for the table, not for a result.

    Counts of rows that could not be paired are evidence of a weaker kind: a person must judge.
    """

    fdr: float = 0.10
    max_regressed: int | None = None
    critical: tuple[str, ...] = ()
    critical_loss: Margin | None = None
    min_support: int = 0
    slice: str = ""
    confidence: float = 0.95

    @property
    def name(self) -> str:
        return "classes"

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
