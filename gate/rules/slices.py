"""Every declared slice."""

from __future__ import annotations

from dataclasses import dataclass

from gate.evidence import Evidence
from gate.rules.demand import Demand, Margin
from gate.verdict import Finding


@dataclass(frozen=True)
class SlicesRule(Demand):
    """Every declared slice."""

    margin: Margin
    columns: tuple[str, ...] = ()
    metric: str = "accuracy"
    min_support: int = 100
    fdr: float = 0.05
    confidence: float = 0.95

    @property
    def name(self) -> str:
        return "slices"

    def judge(self, evidence: Evidence) -> Finding:
        raise NotImplementedError(self.name)
