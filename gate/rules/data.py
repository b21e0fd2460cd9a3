"""Did it train on the right data."""

from __future__ import annotations

from dataclasses import dataclass

from gate.evidence import Evidence
from gate.rules.demand import Demand
from gate.verdict import Finding


@dataclass(frozen=True)
class DataRule(Demand):
    """Did it train on the right data."""

    project: str = ""
    dataset: str = ""
    newest: bool = False
    ids: tuple[str, ...] = ()
    alias: str = ""

    @property
    def name(self) -> str:
        return "data"

    def judge(self, evidence: Evidence) -> Finding:
        raise NotImplementedError(self.name)
