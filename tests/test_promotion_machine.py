"""Whatever order clicks, crashes, losses, pushes, merges and hands come in, the real workflow keeps its promises."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gate.ledger import Record
from gate.ports import Moved, ServiceError
from gate.promotion import alarm
from gate.workflow import Decision, Refused, World, decide, reconcile
from tests.in_memory import PLACE, Owls
from tests.processes import LEASE, Processes
from tests.promises import Promises
from tests.small_world import POLICY
from tests.turns import FATES, Actor, Fate, Killed

MOST = 3  # processes at once
MANY = 100  # requests: more than any work needs
ACTORS, PULLS = st.integers(0, MOST - 1), st.sampled_from([1, 2])
REVIEWERS, KINDS = st.sampled_from(["noor", "tomas"]), st.sampled_from(["approve", "approve", "approve", "reject"])
EVENTS = st.sampled_from(["restart", "tick", "push", "merge", "hand", "orphan"])


class Promotions(RuleBasedStateMachine):
    """Three processes over services in memory, and everything that can happen to them."""

    policy = POLICY

    def __init__(self) -> None:
        super().__init__()
        self.processes = Processes(Owls(policy=self.policy))
        self.owls = self.processes.owls
        self.promises = Promises(self.owls)
        self.actors: list[Actor] = []
        self.orphans: list[Actor] = []
        self.clicks: list[Decision] = []

    @initialize(approved=st.integers(0, 2))
    def begin(self, approved: int) -> None:
        """Some worlds have a history: whoever was best before can be rolled back to."""
        for _ in range(approved):
            for login in ("noor", "tomas")[: 1 + ("approvals = 2" in self.policy)]:
                decide(self.processes.world(), self.looked(1, login, "approve"))
            self.processes.push(1)

    def looked(self, number: int, login: str, kind: str) -> Decision:
        click = self.processes.click(number, login, kind)
        self.promises.seen[click.packet] = (self.promises.ledger.epoch, self.owls.pulls[number].head)
        return click

    def start(self, work: Callable[[World], object]) -> None:
        self.actors.append(self.processes.start(work))
        self.bury()

    def bury(self) -> None:
        """Those that have ended; a write that was on its way when its process was killed may still arrive."""
        for actor in [actor for actor in self.actors if actor.ended]:
            self.actors.remove(actor)
            if actor.late and actor.writes:
                self.orphans.append(actor)
            foreseen = actor.error is None or isinstance(actor.error, Killed | Refused | ServiceError)
            self.promises.expect(foreseen, f"{actor.name}: {actor.error!r}")
            if isinstance(actor.answer, Record):
                self.promises.told(actor.answer)

    # -- what people and processes do

    @precondition(lambda self: len(self.actors) < MOST)
    @rule(number=PULLS, login=REVIEWERS, kind=KINDS)
    def click(self, number: int, login: str, kind: str) -> None:
        """A person looks at the page as it is now, and decides."""
        self.clicks.append(self.looked(number, login, kind))
        self.start(partial(decide, decision=self.clicks[-1]))

    @precondition(lambda self: self.clicks and len(self.actors) < MOST)
    @rule(back=st.integers(0, 2), again=st.booleans())
    def click_again(self, back: int, again: bool) -> None:
        """The same button a second time, or a new one on a page that is not new any more."""
        old = self.clicks[-1 - min(back, len(self.clicks) - 1)]
        self.start(partial(decide, decision=old if again else replace(old, nonce=f"late {self.processes.born}")))

    @precondition(lambda self: self.promises.ledger.tail and len(self.actors) < MOST)
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        """What the page offers: adopt or restore where there is an alarm, else a rollback."""
        holders, ledger = self.owls.holders(), self.promises.ledger
        wrong = alarm(ledger, frozenset(holders)) != ""
        kind = data.draw(st.sampled_from(["adopt", "restore"] if wrong else ["rollback"]), label="kind")
        bests = [record.best.task for record in ledger.records if record.best]
        tasks = {"rollback": bests, "adopt": holders, "restore": []}[kind] or [""]
        task = data.draw(st.sampled_from(sorted(set(tasks))), label="task")
        self.start(self.processes.settling(kind, task, ledger.epoch))

    @precondition(lambda self: self.actors)
    @rule(which=ACTORS, requests=st.sampled_from([1, 5, MANY, MANY, MANY]))
    def go_on(self, which: int, requests: int) -> None:
        """So many requests, or until it waits for others or has ended."""
        actor = self.actors[which % len(self.actors)]
        for _ in range(requests):
            waits = actor.asks == "asleep"
            actor.turn()
            if actor.ended or waits:
                break
        self.bury()

    @precondition(lambda self: self.actors)
    @rule(which=ACTORS, writes=st.integers(0, 4), fate=st.sampled_from(FATES))
    def meet(self, which: int, writes: int, fate: Fate) -> None:
        """The next request, or that of the so manieth write, meets its fate."""
        actor, left = self.actors[which % len(self.actors)], writes
        while not actor.ended and left and actor.asks != "asleep":
            left -= actor.writes
            if left:
                actor.turn()
        if not actor.ended:
            actor.turn(fate)
        self.bury()

    # -- what happens to them

    @rule(what=EVENTS, number=PULLS, data=st.data())
    def happens(self, what: str, number: int, data: st.DataObject) -> None:
        getattr(self, what)(number, data)

    def restart(self, number: int, data: st.DataObject) -> None:
        if len(self.actors) < MOST:
            self.start(partial(reconcile, scope=PLACE))

    def tick(self, number: int, data: st.DataObject) -> None:
        """A request ends before its worker's lease does: only then may the clock pass it."""
        seconds = data.draw(st.sampled_from([1.0, 50.0, -3600.0]), label="seconds")
        if seconds < LEASE.request or not (self.orphans or any(actor.writes for actor in self.actors)):
            self.processes.clock += seconds

    def push(self, number: int, data: st.DataObject) -> None:
        if self.owls.pulls[number].open:
            self.processes.push(number)

    def merge(self, number: int, data: st.DataObject) -> None:
        """Only what is green can be merged."""
        for pull in list(self.owls.pulls.values()):
            if pull.open and self.owls.state(pull.head) == "success":
                self.promises.expect(pull.head not in self.promises.withdrawn(), "I12: merged after its rollback")
                self.owls.pulls[pull.number] = replace(pull, open=False, merged=True)
                return

    def hand(self, number: int, data: st.DataObject) -> None:
        """In some runs a person moves the tag in ClearML's own pages."""
        if data.draw(st.integers(0, 3), label="moved if 0") == 0:
            self.promises.touched = True
            task = data.draw(st.sampled_from(sorted(self.owls.runs)), label="task")
            self.owls.tag(task, adds=data.draw(st.booleans(), label="adds"))

    def orphan(self, number: int, data: st.DataObject) -> None:
        """A request of a dead process arrives after all, or never."""
        late = self.orphans.pop().late if self.orphans else None
        if late and data.draw(st.booleans(), label="arrives"):
            with suppress(Moved):
                late()

    @invariant()
    def every_promise_is_kept(self) -> None:
        assert self.promises.broken == []

    def teardown(self) -> None:
        """Everything is killed; after the lease a new process looks once."""
        for actor in self.actors:
            actor.turn("killed")
        self.processes.clock += 2 * LEASE.seconds + 7_200
        self.promises.rest(self.processes.world())
        self.every_promise_is_kept()


class Mergings(Promotions):
    """The same where the tag moves with the merge, and two people must approve."""

    policy = f'[approval]\napprovals = 2\npromote_on = "merge"\n{POLICY}'


FEW = settings(max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
TestPromotions, TestMergings = Promotions.TestCase, Mergings.TestCase
TestPromotions.settings = TestMergings.settings = FEW
