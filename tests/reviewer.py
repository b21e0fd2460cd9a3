"""A reviewer's click, and the world it is mostly made in: one best, and one better candidate."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from gate.identity import Person
from gate.workflow import Decision, Question, World, check
from tests.small_world import SmallWorld


def decision(world: SmallWorld, pull: int, **changed: object) -> Decision:
    """What noor decides after looking at the pull request now."""
    packet = check(world.connect(), Question(pull=pull, scope="owls")).packet_digest
    fields = {"kind": "approve", "packet": packet, "comment": "better on owls", "nonce": token_hex(4), **changed}
    login = fields.pop("login", "noor")
    return Decision(pull=pull, scope="owls", **{"person": Person(login, "acting as"), **fields})  # type: ignore[arg-type]


def a_minute_ago(world: World) -> World:
    """A process whose records are old already: nobody waits for its lease."""
    return replace(world, now=lambda: datetime.now(UTC) - timedelta(minutes=1))


def a_better_candidate(world: SmallWorld) -> tuple[int, str, str]:
    """A pull request's number, the best and the candidate."""
    best = world.run(world.main(), {"test/accuracy": [0.80]}, tags=["best", "keep"])
    pull = world.pull("Look at both eyes")
    return pull.number, best, world.run(pull.head.sha, {"test/accuracy": [0.85]}, tags=["mine"])
