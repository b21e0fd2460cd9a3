"""Did it converge."""

from __future__ import annotations

from dataclasses import dataclass

from gate.evidence import Evidence
from gate.rules.demand import Demand, Direction, Level
from gate.verdict import Finding


@dataclass(frozen=True)
class CurveRule(Demand):
    """Did it converge."""

    metric: str
    direction: Direction = "min"
    min_progress: float = 0.05
    max_given_back: float = 0.20
    still_improving: Level = "warn"

    @property
    def name(self) -> str:
        return f"curve {self.metric}"

    def judge(self, evidence: Evidence) -> Finding:
        raise NotImplementedError(self.name)
