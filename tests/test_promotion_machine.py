"""Whatever order clicks, crashes, losses, pushes, merges and hands come in, the real workflow keeps the invariants."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gate.identity import Person
from gate.lease import Lease, next_step
from gate.ledger import Ledger, Record, read
from gate.ports import Moved, ServiceError
from gate.promotion import FINAL_STATES, alarm, concerns
from gate.record import ENDS
from gate.workflow import Decision, Question, Refused, Settlement, World, check, decide, reconcile, settle
from gate.workflow.reconcile import observe
from gate.workflow.book import open_book
from gate.workflow.scopes import scopes_of_default_branch
from tests.in_memory import MAIN, PLACE, REPOSITORY, MemoryForge, MemoryTracker, Owls
from tests.small_world import POLICY, TAG
from tests.turns import Actor, Fate, Killed

LEASE = Lease(45.0, 20.0)
MOST = 3  # processes at once
MANY = 100
ACTORS, PULLS = st.integers(0, MOST - 1), st.sampled_from([1, 2])
REVIEWERS = st.sampled_from(["noor", "tomas"])
FATES: tuple[Fate, ...] = ("lost", "unheard", "killed", "killed after", "killed in the air")


class Promotions(RuleBasedStateMachine):
    """Three processes over services in memory, and everything that can happen to them."""

    policy = POLICY

    def __init__(self) -> None:
        super().__init__()
        self.owls, self.clock = Owls(policy=self.policy, said=self.heard), 1_800_000_000.0
        self.actors: list[Actor] = []
        self.orphans: list[Actor] = []
        self.clicks: list[Decision] = []
        self.seen: dict[str, tuple[int, str]] = {}
        self.wrong: list[str] = []
        self.lines: list[str] = []
        self.touched = False
        self.born = 0
        self.best = self.owls.run(MAIN, 0.8, TAG, "keep")
        for number in (1, 2):
            self.pushed(number)

    @initialize(approved=st.integers(0, 2))
    def begin(self, approved: int) -> None:
        """Some worlds have a history: whoever was best before can be rolled back to."""
        for number in range(approved):
            review = check(self.world(), Question(pull=1))
            self.seen[review.packet_digest] = (review.ledger.epoch, review.commit)
            seen = (review.packet_digest, Person("noor", "machine"), "good", f"first {number}")
            decide(self.world(), Decision("approve", 1, "owls", *seen))
            self.pushed(1)

    # -- what may happen

    @precondition(lambda self: len(self.actors) < MOST)
    @rule(number=PULLS, login=REVIEWERS, kind=st.sampled_from(["approve", "approve", "approve", "reject"]))
    def click(self, number: int, login: str, kind: str) -> None:
        """A person looks at the page as it is now, and decides."""
        world = self.world()
        review = check(world, Question(pull=number))
        self.seen[review.packet_digest] = (review.ledger.epoch, review.commit)
        person, nonce = Person(login, "machine"), f"click {len(self.clicks)}"
        self.clicks.append(Decision(kind, number, "owls", review.packet_digest, person, "good", nonce))  # type: ignore[arg-type]
        self.start(partial(decide, decision=self.clicks[-1]))

    @precondition(lambda self: self.clicks and len(self.actors) < MOST)
    @rule(back=st.integers(0, 2), again=st.booleans())
    def click_again(self, back: int, again: bool) -> None:
        """The same button a second time, or a new one on a page that is not new any more."""
        old = self.clicks[-1 - min(back, len(self.clicks) - 1)]
        self.start(partial(decide, decision=old if again else replace(old, nonce=f"late {self.born}")))

    @precondition(lambda self: self.lines and len(self.actors) < MOST)
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        """What the page offers: adopt or restore where there is an alarm, else a rollback."""
        holders, bests = self.owls.holders(), [record.best.task for record in self.ledger.records if record.best]
        wrong = alarm(self.ledger, frozenset(holders)) != ""
        kind = data.draw(st.sampled_from(["adopt", "restore"] if wrong else ["rollback"]), label="kind")
        tasks = {"rollback": bests, "adopt": holders, "restore": [""]}[kind] or [""]
        task = data.draw(st.sampled_from(sorted(set(tasks))), label="task")
        (policy,) = scopes_of_default_branch(self.world())
        wish = Settlement(kind, task, self.ledger.epoch, Person("noor", "machine"), "settled", f"s{self.born}")  # type: ignore[arg-type]
        self.start(partial(settle, policy=policy, wish=wish))

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
        self.buried()

    @precondition(lambda self: self.actors)
    @rule(which=ACTORS, writes=st.integers(0, 4), fate=st.sampled_from(FATES))
    def meet(self, which: int, writes: int, fate: Fate) -> None:
        """The next request, or after so many writes one that writes, meets its fate."""
        actor, left = self.actors[which % len(self.actors)], writes
        while not actor.ended and left and actor.asks != "asleep":
            left -= actor.writes
            if left:
                actor.turn()
        if not actor.ended:
            actor.turn(fate)
        self.buried()

    @rule(what=st.sampled_from(["restart", "tick", "push", "merge", "hand", "orphan"]), number=PULLS, data=st.data())
    def happens(self, what: str, number: int, data: st.DataObject) -> None:
        getattr(self, what)(number, data)

    def restart(self, number: int, data: st.DataObject) -> None:
        if len(self.actors) < MOST:
            self.start(partial(reconcile, scope=PLACE))

    def tick(self, number: int, data: st.DataObject) -> None:
        """A request ends before its worker's lease does: only then may the clock pass it."""
        seconds = data.draw(st.sampled_from([1.0, 50.0, -3600.0]), label="seconds")
        if seconds < LEASE.request or not (self.orphans or any(actor.writes for actor in self.actors)):
            self.clock += seconds

    def push(self, number: int, data: st.DataObject) -> None:
        if self.owls.pulls[number].open:
            self.pushed(number)

    def merge(self, number: int, data: st.DataObject) -> None:
        green = [pull for pull in self.owls.pulls.values() if self.owls.state(pull.head) == "success"]
        pull = green[0] if green else self.owls.pulls[number]
        if pull.open and self.owls.state(pull.head) == "success":
            self.note(pull.head in self.withdrawn(), f"I12: {pull.head} merged after its rollback")
            self.owls.pulls[pull.number] = replace(pull, open=False, merged=True)

    def hand(self, number: int, data: st.DataObject) -> None:
        """In some runs a person moves the tag in ClearML's own pages."""
        if data.draw(st.integers(0, 3), label="moved if 0") == 0:
            self.touched = True
            task = data.draw(st.sampled_from(sorted(self.owls.runs)), label="task")
            self.owls.tag(task, adds=data.draw(st.booleans(), label="adds"))

    def orphan(self, number: int, data: st.DataObject) -> None:
        """A request of a dead process arrives after all, or never."""
        late = self.orphans.pop().late if self.orphans else None
        if late and data.draw(st.booleans(), label="arrives"):
            with suppress(Moved):
                late()

    # -- how it happens

    def world(self, actor: Actor | None = None) -> World:
        line = actor.line if actor else lambda said, work: work()
        worker = actor.name if actor else "page"
        moment = {"now": lambda: datetime.fromtimestamp(self.clock, UTC)}
        asleep = {"sleep": lambda _: line("asleep", lambda: None)}
        services = (MemoryTracker(self.owls, line), MemoryForge(self.owls, line), REPOSITORY)
        return World(*services, worker=worker, lease=LEASE, **moment, **asleep)  # type: ignore[arg-type]

    def start(self, work: Callable[[World], object]) -> None:
        self.born += 1
        self.actors.append(Actor(f"process {self.born}", lambda actor: work(self.world(actor))))  # type: ignore[operator]
        self.buried()

    def buried(self) -> None:
        for actor in [actor for actor in self.actors if actor.ended]:
            self.actors.remove(actor)
            if actor.late and actor.asks.startswith("write"):
                self.orphans.append(actor)
            expected = isinstance(actor.error, Killed | Refused | ServiceError)
            self.note(actor.error is not None and not expected, f"{actor.name}: {actor.error!r}")
            if isinstance(actor.answer, Record) and actor.answer.kind == "promoted":
                self.promised(actor.answer)

    def promised(self, record: Record) -> None:
        """Somebody was told: promoted."""
        assert record.candidate is not None
        told = [state for state, _ in self.owls.posted[record.candidate.commit]]
        self.note("success" not in told, "I11: told that it is promoted, without a success")

    def pushed(self, number: int) -> None:
        head = f"{number}{len(self.owls.runs):039x}"
        self.owls.open(number, head)
        self.owls.run(head, 0.9, "mine")

    # -- what must hold

    @property
    def ledger(self) -> Ledger:
        return read(self.owls.ledger())

    def heard(self, what: str, of: str) -> None:
        """Asked at the very moment of every change."""
        if what == "record":
            self.recorded(read(self.owls.ledger()).records)
        elif what == "success":
            self.granted(of)
        elif what == "remove" and not self.touched:
            self.note(not self.owls.holders(), "I7: nobody holds the tag")
        elif what == "add":
            known = {each.task for record in self.ledger.records for each in (record.candidate, record.best) if each}
            self.note(of not in known, f"I2: {of} got the tag without a decision")

    def recorded(self, records: tuple[Record, ...]) -> None:
        lines = [record.line() for record in records]
        self.note(lines[: len(self.lines)] != self.lines, "I4: a record was lost")
        self.lines = lines
        tail = records[-1]
        if tail.kind in ("approve", "reject") and tail.nonce:
            epoch, head = self.seen.get(tail.packet, (-1, ""))
            moved = tail.kind == "approve"
            self.note(epoch != tail.epoch - moved, f"I4: seen at {epoch}, recorded as {tail.epoch}")
            self.note(tail.candidate is None or tail.candidate.commit != head, "I5: another commit than was seen")
        epochs = Counter(record.epoch for record in records if record.kind in ENDS)
        self.note(max(epochs.values(), default=0) > 1, "I6: two decisions in one epoch")
        nonces = Counter(record.nonce for record in records if record.nonce and record.kind in (*ENDS, "reject"))
        self.note(max(nonces.values(), default=0) > 1, "I9: one click was recorded twice")

    def granted(self, commit: str) -> None:
        """A success is posted: its candidate was promoted, and unless a hand was in it holds the tag alone."""
        earned = [record.candidate for record in self.ledger.records if record.kind in ("promoted", "grant")]
        tasks = [model.task for model in earned if model and model.commit == commit]
        self.note(not tasks, "I3: a success without a promotion")

    def withdrawn(self) -> set[str]:
        gone: set[str] = set()
        for record in self.ledger.records:
            gone |= set(record.revokes) if record.kind in ENDS.values() else set()
            gone -= {record.candidate.commit} if record.kind == "promoted" and record.candidate else set()
        return gone

    def note(self, is_wrong: bool, said: str) -> None:
        if is_wrong:
            self.wrong.append(said)

    @invariant()
    def nothing_is_wrong(self) -> None:
        assert self.wrong == []

    @invariant()
    def other_tags_stay(self) -> None:
        others = {run.id: set(run.tags) - {TAG} for run in self.owls.runs.values()}
        assert others == {ident: {"keep" if ident == self.best else "mine"} for ident in others}, "I13"

    def teardown(self) -> None:
        """Everything is killed; one new process, after the lease, comes to rest, and a second look writes nothing."""
        for actor in list(self.actors):
            actor.turn("killed")
        self.actors.clear()
        self.orphans.clear()
        self.clock += 2 * LEASE.seconds + 7200
        world = self.world()
        ledger = reconcile(world, PLACE).ledger
        self.nothing_is_wrong()
        if ledger.tail is None:
            return
        assert alarm(ledger, frozenset(self.owls.holders())) == "" or self.touched, "I1"
        wanted = FINAL_STATES.get(ledger.tail.stage)
        if wanted and ledger.tail.candidate:
            assert self.owls.state(ledger.tail.candidate.commit) == wanted, "I8"
        assert all(self.owls.state(commit) != "success" for commit in ledger.tail.revokes), "I8"
        before = json.dumps([self.owls.posted, self.owls.ledger(), self.owls.holders()])
        reconcile(world, PLACE)
        assert json.dumps([self.owls.posted, self.owls.ledger(), self.owls.holders()]) == before, "I9"
        seen = observe(world, PLACE, open_book(world.forge, PLACE))
        assert next_step(ledger, seen, "anybody", 0.0, LEASE) is None, "I10"
        assert set(seen.statuses) == set(concerns(ledger)), "I10"


class Mergings(Promotions):
    """The same where the tag moves with the merge, and two people must approve."""

    policy = f'[approval]\napprovals = 2\npromote_on = "merge"\n{POLICY}'


FEW = settings(max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
TestPromotions = Promotions.TestCase
TestPromotions.settings = FEW
TestMergings = Mergings.TestCase
TestMergings.settings = FEW
