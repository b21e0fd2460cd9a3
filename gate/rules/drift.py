"""Shares of the predicted classes and confidences, best against candidate."""

from __future__ import annotations

from dataclasses import dataclass

from gate.evidence import Evidence
from gate.rules.demand import Demand
from gate.verdict import Finding


@dataclass(frozen=True)
class DriftRule(Demand):
    """Shares of the predicted classes and confidences, best against candidate."""

    max_class_shift: float | None = 0.02
    max_confidence_shift: float | None = None
    confidence: float = 0.95

    @property
    def name(self) -> str:
        return "drift"

    def judge(self, evidence: Evidence) -> Finding:
        raise NotImplementedError(self.name)
