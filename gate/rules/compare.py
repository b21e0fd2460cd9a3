"""A score of predictions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gate.evidence import Evidence
from gate.rules.demand import Demand, Margin, Opponent
from gate.verdict import Finding


@dataclass(frozen=True)
class CompareRule(Demand):
    """A score of predictions."""

    metric: str
    margin: Margin
    confidence: float = 0.95
    method: Literal["auto", "bootstrap", "delta"] = "auto"
    replicates: int = 1_000
    slice: str = ""
    against: Opponent = "incumbent"

    @property
    def name(self) -> str:
        return f"compare {self.metric}"

    def judge(self, evidence: Evidence) -> Finding:
        raise NotImplementedError(self.name)
