"""What a reviewer sees of one candidate, and the packet that freezes it for a decision."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from gate import __version__
from gate.approval import Approval
from gate.canonical import digest
from gate.counts import Counts
from gate.evidence import Evidence, Run
from gate.ledger import Ledger, Model, Override, Scope
from gate.policy import Policy
from gate.ports import Pull
from gate.predictions.compare import Settings
from gate.reported import Reported, reported_f1
from gate.rules.classes import ClassesRule
from gate.rules.regressions import Regressions
from gate.scores import ClassScores, class_scores
from gate.selection import Choice
from gate.verdict import Verdict


@dataclass(frozen=True)
class Review:
    """One commit judged for one scope. ``pull`` is None when no pull request has this commit as its head.

    ``reading`` says where predictions are and how they are counted; ``at`` is when the reading of evidence began
    (RFC 3339, UTC, with microseconds), of which the packet says nothing.
    """

    name: str
    scope: Scope
    repository: str
    policy: Policy
    base_ref: str
    base: str
    commit: str
    pull: Pull | None
    choice: Choice
    evidence: Evidence
    holders: tuple[Run, ...]
    ledger: Ledger
    verdict: Verdict
    reading: Settings
    approval: Approval = field(default_factory=Approval)
    at: str = ""

    @property
    def candidate(self) -> Run | None:
        return self.choice.run

    @property
    def best(self) -> Run | None:
        return self.evidence.best

    @cached_property
    def scores(self) -> ClassScores | None:
        """Both models' scores per class, where there are predictions of both."""
        return class_scores(self.evidence.counts) if self.evidence.counts is not None else None

    @cached_property
    def reported(self) -> Reported | None:
        """F1 per class as the runs reported it, where nothing can be counted."""
        return reported_f1(self.evidence) if self.evidence.counts is None else None

    @cached_property
    def tested(self) -> Regressions | None:
        """Which classes changed beyond chance, as the policy's rule about all classes tests them; None without one."""
        rules = (each for each in self.policy.rules if isinstance(each, ClassesRule) and not each.slice)
        rule, counts = next(rules, None), self.evidence.counts
        return rule.tested(counts) if rule and counts else None

    @property
    def model(self) -> Model | None:
        """The candidate as the ledger names it."""
        if self.candidate is None:
            return None
        return Model(self.candidate.id, self.commit, self.pull.number if self.pull else 0)

    @property
    def override(self) -> Override | None:
        """The override by which this candidate was approved, if one was."""
        overrides = [each.candidate.override for each in self.ledger.about(self.commit) if each.candidate]
        return overrides[-1] if overrides else None

    @property
    def already(self) -> str:
        """Why approving would change nothing, in a sentence, or an empty string."""
        decided = self.ledger.about(self.commit)
        last, task = decided[-1] if decided else None, self.candidate.id if self.candidate else ""
        if last is None or last.candidate is None or last.candidate.task != task or last.candidate.override:
            return ""  # what stands by an override may be judged again
        if last.stage == "promoted" and self.ledger.best == last.candidate:
            return f"run {task} is the best already, approved by {last.reviewer.login}"
        waits = last.stage == "grant" and self.ledger.waiting == last.candidate
        return f"run {task} is approved already, by {last.reviewer.login}, and waits for its merge" if waits else ""

    @cached_property
    def packet(self) -> dict[str, Any]:
        """Everything a decision rests on, as text and whole numbers only."""
        return {
            "gate": __version__,
            "repository": self.repository,
            "pull": self.pull.number if self.pull else 0,
            "head": self.commit,
            "base": {"ref": self.base_ref, "commit": self.base},
            "scope": self.scope.key,
            "candidate": frozen(self.candidate),
            "best": {"id": self.best.id if self.best else "", "epoch": self.ledger.epoch},
            "policy": {"source": self.policy.source, "sha256": self.policy.digest},
            "counts": _sealed(self.evidence.counts),
            "findings": [
                [finding.rule, finding.outcome.value, finding.found, finding.required]
                for finding in self.verdict.findings
            ],
            "decisions": [each.hash for each in self.ledger.about(self.commit) if each.kind != "vote"],
        }

    @property
    def packet_digest(self) -> str:
        return digest(self.packet)


def _sealed(counts: Counts | None) -> dict[str, str] | None:
    """The counts per class as their source and a digest: a plot can be reported anew, a table written again."""
    if counts is None:
        return None
    models = (counts.per_class.best, counts.per_class.candidate)
    arrays = [array for model in models for array in (model.support, model.claims, model.hits)]
    content = b"".join([digest(list(counts.labels)).encode(), *(array.astype("<f8").tobytes() for array in arrays)])
    return {"source": counts.source, "sha256": hashlib.sha256(content).hexdigest()}


def frozen(run: Run | None) -> dict[str, Any] | None:
    if run is None:
        return None
    return {
        "id": run.id,
        "commit": run.commit,
        "diff": run.diff,
        "status": run.status,
        "last_change": run.last_change,
        "datasets": dict(sorted(run.datasets.items())),
        "artifacts": {name: artifact.sha256 for name, artifact in sorted(run.artifacts.items())},
    }
