"""What all rules share: margins, levels, and what an undecided comparison means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from gate.evidence import Evidence
from gate.verdict import Finding

Direction = Literal["max", "min"]
Level = Literal["block", "warn", "info"]
Undecided = Literal["review", "fail"]
Opponent = Literal["incumbent", "anchor"]


@dataclass(frozen=True)
class Margin:
    """How much worse a candidate may be: a share of |best| (``relative``, 0.03 for 3 %) or metric units."""

    text: str
    relative: float = 0.0
    absolute: float = 0.0

    def of(self, best: float) -> float:
        return max(abs(best) * self.relative, self.absolute)


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What every rule says besides its own keys.

    ``level``: a rule may block, only ask a person (warn), or inform. ``on_inconclusive``: what a comparison means whose
    interval allows both answers. Levels are applied by `gate.policy.judge` alone.
    """

    level: Level = "block"
    on_inconclusive: Undecided = "review"


class Rule(Protocol):
    """One demand of a policy."""

    @property
    def name(self) -> str: ...

    @property
    def level(self) -> Level: ...

    @property
    def on_inconclusive(self) -> Undecided: ...

    def judge(self, evidence: Evidence) -> Finding: ...
