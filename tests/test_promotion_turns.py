"""Meetings of processes that are rare and dangerous, each played once, turn by turn, with the real workflow."""

from __future__ import annotations

from functools import partial

import pytest

from gate.ledger import read
from gate.workflow import Refused, decide, reconcile
from gate.workflow.start import start
from tests.in_memory import PLACE, Owls
from tests.processes import LEASE, Processes
from tests.small_world import POLICY
from tests.turns import Actor


@pytest.fixture
def processes() -> Processes:
    return Processes()


def until(actor: Actor, said: str) -> Actor:
    """Let it go on to the request of this name, which it has not sent yet."""
    while not actor.ended and actor.asks != said:
        actor.turn()
    assert actor.asks == said, f"it ended before: {actor.error!r}"
    return actor


def ended(actor: Actor) -> Actor:
    while not actor.ended:
        actor.turn()
    return actor


def kinds(processes: Processes) -> list[str]:
    return [record.kind for record in read(processes.owls.ledger()).records]


def test_of_two_decisions_at_one_moment_none_is_lost(processes: Processes) -> None:
    ended(processes.start(partial(decide, decision=processes.click(2, kind="reject"))))
    processes.push(2)
    clicks = [processes.click(number) for number in (1, 2)]
    first, second = [until(processes.start(partial(decide, decision=click)), "write pending") for click in clicks]
    for actor in (first, second):  # the status is posted, and the ledger read for the last time
        actor.turn()
        until(actor, "read").turn()
    ended(first)
    assert isinstance(ended(second).error, Refused)
    assert kinds(processes) == ["bootstrap", "reject", "approve", "promoted"]


def test_who_begins_the_same_ledger_as_another_decides_anew(processes: Processes) -> None:
    """Both record the same first best in the same second, which is one record; the decisions are two."""
    first, second = [
        until(processes.start(partial(decide, decision=processes.click(number))), "write ledger") for number in (1, 2)
    ]
    ended(second)
    assert isinstance(ended(first).error, Refused)
    assert kinds(processes) == ["bootstrap", "approve", "promoted"]


def test_who_starts_a_ledger_that_another_started_first_has_nothing_to_do(processes: Processes) -> None:
    first = until(processes.start(partial(start, scope=PLACE)), "write ledger")
    processes.clock += 1
    assert ended(processes.start(partial(start, scope=PLACE))).answer == processes.best
    assert (ended(first).answer, first.error) == (processes.best, None)
    assert kinds(processes) == ["bootstrap"]


@pytest.mark.parametrize(("when", "why"), [("approve", "is the best already"), ("merge", "waits for its merge")])
def test_what_was_approved_is_not_approved_again(when: str, why: str) -> None:
    processes = Processes(Owls(policy=f'[approval]\npromote_on = "{when}"\n{POLICY}'))
    decide(processes.world(), processes.click(1))
    before = processes.owls.ledger()
    with pytest.raises(Refused, match=why):
        decide(processes.world(), processes.click(1, "tomas"))
    assert processes.owls.ledger() == before
    decide(processes.world(), processes.click(1, kind="reject"))
    assert decide(processes.world(), processes.click(1)).kind in ("promoted", "grant"), "rejected meanwhile"


def test_a_request_in_the_air_is_not_overtaken(processes: Processes) -> None:
    """While one may still arrive, nobody else goes on: it could undo what comes after it."""
    first = until(processes.start(partial(decide, decision=processes.click(1))), "write remove")
    other = processes.start(partial(reconcile, scope=PLACE))
    for _ in range(50):
        if not other.ended:
            assert not other.writes
            other.turn()
    assert not other.ended, "it waits for the lease"
    ended(first)
    ended(other)
    assert kinds(processes) == ["bootstrap", "approve", "promoted"]


def test_who_slept_past_the_lease_looks_before_trying_again(processes: Processes) -> None:
    """A removal was lost; meanwhile another process finished it, and the old best was chosen again."""
    old, (new, _) = processes.best, [run for run in processes.owls.runs if run != processes.best]
    sleeper = until(processes.start(partial(decide, decision=processes.click(1))), "write remove")
    sleeper.turn("lost")
    assert sleeper.asks == "asleep"
    processes.clock += LEASE.seconds + 1
    ended(processes.start(partial(reconcile, scope=PLACE)))
    assert processes.owls.holders() == [new]
    ended(processes.start(processes.settling("rollback", old, epoch=1)))
    assert processes.owls.holders() == [old]
    ended(sleeper)
    assert processes.owls.holders() == [old]
    assert kinds(processes)[-2:] == ["rollback", "rolled_back"]
