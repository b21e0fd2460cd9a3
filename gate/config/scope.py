"""What a policy comes to: scopes, each with its terms and rules."""

from __future__ import annotations

from dataclasses import dataclass, field

from gate.approval import Approval
from gate.drift import Watch
from gate.ledger import Scope
from gate.notice import EVENTS
from gate.policy import Policy
from gate.predictions.compare import Settings
from gate.retraining import Retraining
from gate.rules import Opponent


@dataclass(frozen=True)
class Terms:
    """What ``[gate]`` says for all rules. They have it already; the rest is for those who gather evidence.

    ``anchor`` is best_ever, ``task:`` with an id, or empty where nothing is compared with it.
    """

    confidence: float = 0.95
    against: Opponent = "incumbent"
    anchor: str = ""
    test_set_budget: int = 50
    group: str = ""


@dataclass(frozen=True)
class ScopePolicy:
    """One scope of a policy: which runs it is about, which tag its best holds, and the rules.

    ``told`` are the events that people are told of in their chat.
    """

    name: str
    project: str
    task: str
    tag: str
    policy: Policy
    alone: bool = True
    predictions: Settings = field(default_factory=Settings)
    terms: Terms = field(default_factory=Terms)
    approval: Approval = field(default_factory=Approval)
    watch: Watch = field(default_factory=Watch)
    retraining: Retraining | None = None
    told: frozenset[str] = frozenset(EVENTS)

    def place(self, server: str) -> Scope:
        """Where the ledger of this ClearML server keeps it."""
        return Scope(server, self.project, self.task, self.tag, "" if self.alone else self.name, self.told)
