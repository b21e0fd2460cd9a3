"""Rows that the update breaks."""

from __future__ import annotations

from dataclasses import dataclass

from gate.evidence import Evidence
from gate.rules.demand import Demand
from gate.verdict import Finding


@dataclass(frozen=True)
class FlipsRule(Demand):
    """Rows that the update breaks."""

    max_nfr: float | None = None
    max_relative_nfr: float | None = None
    max_churn: float | None = None
    confidence: float = 0.95

    @property
    def name(self) -> str:
        return "flips"

    def judge(self, evidence: Evidence) -> Finding:
        raise NotImplementedError(self.name)
