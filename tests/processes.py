"""Processes of the gate over services in memory: a clock that stands still, and requests that wait for their turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from gate.identity import Person
from gate.lease import Lease
from gate.workflow import Decision, Question, Settlement, World, check
from gate.workflow.scopes import scopes_of_default_branch
from gate.workflow.settle import settle
from tests.in_memory import MAIN, REPOSITORY, MemoryForge, MemoryTracker, Owls
from tests.small_world import TAG
from tests.turns import Actor

LEASE = Lease(45.0, 20.0)


@dataclass
class Processes:
    """One best, which also has the tag "keep", and pull requests 1 and 2 with a better candidate each."""

    owls: Owls = field(default_factory=Owls)
    clock: float = 1_800_000_000.0
    born: int = 0
    clicks: int = 0

    def __post_init__(self) -> None:
        self.best = self.owls.run(MAIN, 0.8, TAG, "keep")
        for number in (1, 2):
            self.push(number)

    def push(self, number: int) -> str:
        """A new commit, and its run."""
        head = f"{number}{len(self.owls.runs):039x}"
        self.owls.open(number, head)
        return self.owls.run(head, 0.9, "mine")

    def world(self, actor: Actor | None = None) -> World:
        """As a process sees it; without one, requests wait for nobody."""
        line = actor.line if actor else lambda said, work: work()
        services = (MemoryTracker(self.owls, line), MemoryForge(self.owls, line), REPOSITORY)
        return World(
            *services,
            worker=actor.name if actor else "page",
            lease=LEASE,
            now=lambda: datetime.fromtimestamp(self.clock, UTC),
            sleep=lambda _: line("asleep", lambda: None),
        )

    def start(self, work: Callable[[World], Any]) -> Actor:
        self.born += 1
        return Actor(f"process {self.born}", lambda actor: work(self.world(actor)))

    def click(self, number: int, login: str = "noor", kind: str = "approve") -> Decision:
        """What a person decides who looks at the page now."""
        packet = check(self.world(), Question(pull=number)).packet_digest
        self.clicks += 1
        person = Person(login, "test")
        return Decision(kind, number, "owls", packet, person, "good", f"click {self.clicks}")  # type: ignore[arg-type]

    def settling(self, kind: str, task: str, epoch: int) -> Callable[[World], Any]:
        wish = Settlement(kind, task, epoch, Person("noor", "test"), "settled", f"settled {self.born}")  # type: ignore[arg-type]
        (policy,) = scopes_of_default_branch(self.world())
        return lambda world: settle(world, policy, wish)
