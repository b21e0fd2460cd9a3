"""The test set: the same, later than the training data, and not worn out."""

from __future__ import annotations

from dataclasses import dataclass

from gate.evidence import Evidence
from gate.rules.demand import Demand
from gate.verdict import Finding


@dataclass(frozen=True)
class HoldoutRule(Demand):
    """The test set: the same, later than the training data, and not worn out."""

    same: bool = True
    min_matched: float = 0.99
    chronological: bool = False
    budget: int = 50

    @property
    def name(self) -> str:
        return "testset"

    def judge(self, evidence: Evidence) -> Finding:
        raise NotImplementedError(self.name)
