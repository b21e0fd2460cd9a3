"""The whole retraining loop in one command: nobody does anything but approve."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex

from gate.config import ScopePolicy
from gate.connect import connect
from gate.drift.summary import headline
from gate.identity import Person
from gate.ledger import Record
from gate.retraining import Cycle
from gate.review import Review
from gate.sandbox.flights.quarter import upload
from gate.sandbox.home import Home, SandboxError
from gate.sandbox.sdk_environment import configured
from gate.workflow import Decision, Question, Refused, World, check, decide
from gate.workflow.book import open_book
from gate.workflow.drift import Watched, drift
from gate.workflow.retrain import retrain
from gate.workflow.scopes import scopes_of_default_branch

PATIENCE = 300.0  # seconds until a training must have ended
LOOK = 1.0
ENDINGS = ("reject", "changes")
Tell = Callable[[str], None]


@dataclass
class _Loop:
    world: World
    policy: ScopePolicy
    tell: Tell

    def drifted(self, when: str, pull: int | None = None) -> None:
        """What the watch says of the best; with a pull request also what its candidate repairs."""
        found = drift(self.world, Watched(self.policy.name, pull=pull))
        self.tell(f"{when} the watch says of the best: {found.state.value}. {headline(found)}")

    def trained(self) -> Cycle:
        """Look again and again, as the service does, until a training that was started here has ended."""
        deadline, started = time.monotonic() + PATIENCE, set[str]()
        while time.monotonic() < deadline:
            turn = retrain(self.world, self.policy, told=self.tell)
            started |= {cycle.key for cycle in turn.started}
            for cycle in turn.ended:
                if cycle.key in started:
                    return cycle
            if not started and not turn.awaited:
                raise SandboxError(f"No training was started: {'; '.join(turn.held)}")
            time.sleep(LOOK)
        raise SandboxError("The training did not end. What the agent said is in agent.log of the sandbox's folder.")

    def approved(self, review: Review, login: str) -> Record:
        assert review.pull is not None
        person = Person(login, "sandbox: --approve-as")
        fields = (review.pull.number, self.policy.name, review.packet_digest, person)
        return decide(self.world, Decision("approve", *fields, "The loop's approval", token_hex(8)), self.tell)

    def awaited(self, review: Review) -> Record:
        """What a person decides on the page."""
        place = self.policy.place(self.world.tracker.server)
        assert review.pull is not None
        self.tell(f"Approve it on {self.world.review_url(review.pull.number, self.policy.name)}")
        while True:
            for record in open_book(self.world.forge, place).ledger.about(review.commit):
                if record.kind in (*ENDINGS, "promoted"):
                    return record
            time.sleep(LOOK)


def turn(home: Home, approve_as: str, tell: Tell) -> None:
    """Raises `SandboxError` for what a person can put right."""
    settings = home.environment() | configured(home) | {"GATE_DASHBOARD_URL": home.url("dashboard")}
    os.environ.update(settings)  # the SDK looks nowhere else
    world = connect()
    loop = _Loop(world, scopes_of_default_branch(world)[0], tell)
    loop.drifted("Before")
    tell(upload(home))
    cycle = loop.trained()
    if cycle.last.kind == "failed":
        raise SandboxError(f"The training ended without a model: {cycle.last.reason}")
    review = check(world, Question(pull=cycle.last.pull, scope=loop.policy.name))
    tell(f"Pull request {cycle.last.pull} waits in the inbox; the verdict is {review.verdict.outcome.value}")
    loop.drifted("Beside the candidate", cycle.last.pull)
    try:
        record = loop.approved(review, approve_as) if approve_as else loop.awaited(review)
    except Refused as refused:
        raise SandboxError(f"Not approved: {'; '.join(refused.reasons)}") from refused
    tell(f"{record.kind} by {record.reviewer.login}")
    loop.drifted("After")
