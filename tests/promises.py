"""The invariants of a promotion, asked of services in memory at the very moment of every change."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from gate.lease import next_step
from gate.ledger import Ledger, Record, read
from gate.promotion import FINAL_STATES, alarm, concerns
from gate.record import ENDS
from gate.workflow import World, reconcile
from gate.workflow.book import open_book
from gate.workflow.reconcile import observe
from tests.in_memory import PLACE, Owls
from tests.small_world import TAG


@dataclass
class Promises:
    """``seen`` are the packets people looked at, each with its epoch and commit; ``broken`` says what was not kept.

    ``touched`` says that a hand moved the tag: then tag and ledger may differ, but not without an alarm.
    """

    owls: Owls
    seen: dict[str, tuple[int, str]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    touched: bool = False
    _lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._others = self._tags()
        self.owls.said = self.heard

    @property
    def ledger(self) -> Ledger:
        return read(self.owls.ledger())

    def expect(self, holds: bool, said: str) -> None:
        if not holds:
            self.broken.append(said)

    def heard(self, what: str, of: str) -> None:
        """What changed: a tag was added or removed, a record appended, a status posted."""
        known = {model.task: model for each in self.ledger.records for model in (each.candidate, each.best) if model}
        if what == "record":
            self._recorded(self.ledger.records)
        elif what == "success":
            self._granted(of)
        elif what == "remove":
            self.expect(bool(self.owls.holders()) or self.touched, "I7: nobody holds the tag")
        elif what == "add":
            self.expect(of in known, f"I2: {of} got the tag without a decision")
        self.expect({**self._others, **self._tags()} == self._tags() | self._others, "I13: another tag changed")

    def _tags(self) -> dict[str, set[str]]:
        return {run.id: set(run.tags) - {TAG} for run in self.owls.runs.values()}

    def _recorded(self, records: tuple[Record, ...]) -> None:
        lines = [record.line() for record in records]
        self.expect(lines[: len(self._lines)] == self._lines, "I4: a record was lost")
        self._lines, tail = lines, records[-1]
        if tail.packet in self.seen and tail.kind in ("approve", "grant", "vote", "reject") and not tail.resumes:
            epoch, head = self.seen[tail.packet]
            moved = tail.kind == "approve"
            merged = self._merges(records)
            self.expect(merged or epoch == tail.epoch - moved, f"I4: seen at {epoch}, recorded as {tail.epoch}")
            self.expect(tail.candidate is not None and tail.candidate.commit == head, "I5: another commit than seen")
        elif tail.kind in ("approve", "grant", "vote", "reject"):
            self.expect(False, f"I2: nobody saw the packet of record {tail.seq}")
        epochs = Counter(record.epoch for record in records if record.kind in ENDS)
        self.expect(max(epochs.values(), default=0) <= 1, "I6: two decisions in one epoch")
        clicks = Counter(each.nonce for each in records if each.nonce and each.kind in (*ENDS, "reject", "vote"))
        self.expect(max(clicks.values(), default=0) <= 1, "I9: one click was recorded twice")

    @staticmethod
    def _merges(records: tuple[Record, ...]) -> bool:
        """An approval that follows from a merge, on what was seen when it was granted."""
        return len(records) > 1 and records[-2].waiting is not None and records[-1].candidate == records[-2].waiting

    def _granted(self, commit: str) -> None:
        earned = [each.candidate for each in self.ledger.records if each.kind in ("promoted", "grant")]
        self.expect(commit in {model.commit for model in earned if model}, "I3: a success without a promotion")

    def withdrawn(self) -> set[str]:
        """The commits that a finished rollback, or whatever else ended their time, took the approval from."""
        gone: set[str] = set()
        for record in self.ledger.records:
            gone |= set(record.revokes) if record.kind in ENDS.values() else set()
            gone -= {record.candidate.commit} if record.kind in ("promoted", "grant") and record.candidate else set()
        return gone

    def told(self, record: Record) -> None:
        """Somebody was told how the decision ended."""
        if record.kind == "promoted" and record.candidate:
            states = [state for state, _ in self.owls.posted[record.candidate.commit]]
            self.expect("success" in states, "I11: told that it is promoted, without a success")

    def rest(self, world: World) -> None:
        """One look brings everything to rest; another one writes nothing."""
        ledger = reconcile(world, PLACE).ledger
        if ledger.tail is None:
            return
        holders = frozenset(self.owls.holders())
        best = {ledger.best.task} if ledger.best else holders
        self.expect(holders == best or (self.touched and alarm(ledger, holders) != ""), f"I1: {holders} hold the tag")
        wanted = FINAL_STATES.get(ledger.tail.stage)
        if wanted and ledger.tail.candidate:
            self.expect(self.owls.state(ledger.tail.candidate.commit) == wanted, f"I8: the status is not {wanted}")
        self.expect(all(self.owls.state(commit) != "success" for commit in ledger.tail.revokes), "I8: a green stands")
        before = self._everything()
        reconcile(world, PLACE)
        self.expect(self._everything() == before, "I9: a second look wrote something")
        seen = observe(world, PLACE, open_book(world.forge, PLACE))
        self.expect(next_step(ledger, seen, "anybody", 0.0, world.lease) is None, "I10: something is in flight")
        self.expect(set(seen.statuses) == set(concerns(ledger)), "I10: recovery needs more than it looks at")

    def _everything(self) -> str:
        return json.dumps([self.owls.posted, self.owls.ledger(), sorted(self.owls.holders())])
