"""The append-only record of decisions: the truth about who is best, of which tag and commit status are projections.

A scope's records lie in segments of at most 500 lines of JSON. Every record carries the hash of the one before it and
the best after it, so the last segment alone answers who is best, whether something is in flight, and what comes next.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gate.canonical import digest
from gate.record import ENDS, SCHEMA, Kind, Model, Override, Record, Reviewer, hash_of, parsed

__all__ = ["Kind", "Ledger", "LedgerDamaged", "Model", "Override", "Record", "Reviewer", "Scope", "read"]

SEGMENT_RECORDS = 500
GENESIS = "0" * 64


class LedgerDamaged(Exception):
    """A ledger that does not verify; the message names the first bad record."""


@dataclass(frozen=True)
class Scope:
    """One best model: (ClearML server, project, task name, tag). ``key`` names its folder in the ledger.

    ``name`` is the policy's, where it has several scopes: it tells links and commit statuses apart, nothing else.
    ``told`` are the events of `gate.notice` that its policy wants people to hear of.
    """

    server: str
    project: str
    task: str
    tag: str
    name: str = field(default="", compare=False)
    told: frozenset[str] = field(default=frozenset(), compare=False)

    def context(self, status: str) -> str:
        """The context of a commit status of this scope; a policy with a single scope has plain ones."""
        return f"{status}/{self.name}" if self.name else status

    @property
    def key(self) -> str:
        return digest([self.server, self.project, self.task, self.tag])[:16]


@dataclass(frozen=True)
class Ledger:
    """A scope's newest records, oldest first, verified; empty before the first decision.

    They are those of its last two segments, 500 at least where there are so many: what people decided a moment ago is
    not forgotten where a segment begins.
    """

    records: tuple[Record, ...] = ()

    @property
    def tail(self) -> Record | None:
        return self.records[-1] if self.records else None

    @property
    def epoch(self) -> int:
        return self.tail.epoch if self.tail else 0

    @property
    def best(self) -> Model | None:
        return self.tail.best if self.tail else None

    @property
    def in_flight(self) -> bool:
        return self.tail is not None and self.tail.stage in ENDS

    @property
    def waiting(self) -> Model | None:
        """What was approved and becomes the best when its pull request is merged."""
        return self.tail.waiting if self.tail else None

    @property
    def in_conflict(self) -> bool:
        return self.tail is not None and self.tail.stage == "conflict"

    @property
    def awaits_best(self) -> bool:
        """Whether the run that holds the tag may still be recorded as the first best."""
        return self.best is None and not self.in_flight and not self.in_conflict

    def about(self, commit: str) -> tuple[Record, ...]:
        """The decisions on a commit's candidate, among these records."""
        return tuple(record for record in self.records if record.candidate and record.candidate.commit == commit)

    def grant(self, model: Model) -> Record | None:
        """The newest approval by which this model waits for its merge."""
        grants = [record for record in self.records if record.kind == "grant" and record.candidate == model]
        return grants[-1] if grants else None

    def votes(self, packet: str) -> tuple[Record, ...]:
        """Who approved this packet so far, one record of each person."""
        cast = {each.reviewer.id: each for each in self.records if (each.kind, each.packet) == ("vote", packet)}
        return tuple(cast.values())

    def spent(self, nonce: str) -> bool:
        """Whether a decision with this nonce was recorded."""
        return bool(nonce) and any(record.nonce == nonce for record in self.records)

    def holds(self, record: Record) -> bool:
        """Whether the record is one of these, or the last before them."""
        return any(record.hash in (each.hash, each.previous_hash) for each in self.records)

    def link(self) -> tuple[int, str]:
        """Sequence number and previous hash of the record that comes next."""
        return (self.tail.seq + 1, self.tail.hash) if self.tail else (1, GENESIS)


def segment_of(seq: int) -> int:
    """The number of the segment that holds record ``seq`` (both count from 1)."""
    return (seq - 1) // SEGMENT_RECORDS + 1


def segment_path(scope: Scope, segment: int) -> str:
    return f"{folder(scope)}/{segment:06d}.jsonl"


def folder(scope: Scope) -> str:
    return f"scopes/{scope.key}"


def read(text: str, after: Record | None = None, known: tuple[Record, ...] = ()) -> Ledger:
    """Parse and verify one segment; ``after`` is the last record of the segment before it, if that was read too.

    ``known`` are the records of its first lines, where these very lines were verified after the same record before.

    Raises:
        LedgerDamaged: a line is no record, was changed, or does not follow the one before it.
    """
    records = list(known)
    lines = text.removesuffix("\n").split("\n") if text else []
    for number, line in enumerate(lines[len(known) :], len(known) + 1):
        record = _parse(line, number)
        _verify(record, records[-1] if records else after, number, hash_of(line, record.hash))
        records.append(record)
    return Ledger(tuple(records))


def _parse(line: str, number: int) -> Record:
    try:
        return parsed(line)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise LedgerDamaged(f"line {number} is no record: {error}") from error


def _verify(record: Record, previous: Record | None, number: int, hashed: str) -> None:
    if record.schema != SCHEMA:
        raise LedgerDamaged(f"line {number} has schema {record.schema}; this version reads schema {SCHEMA}")
    if hashed != record.hash:
        raise LedgerDamaged(f"line {number} (record {record.seq}) was changed: its hash does not fit its content")
    if previous is None:
        first_of_segment = record.seq % SEGMENT_RECORDS == 1
        if not first_of_segment or (record.seq == 1 and record.previous_hash != GENESIS):
            raise LedgerDamaged(f"line {number} (record {record.seq}) does not begin a segment")
    elif (record.seq, record.previous_hash) != (previous.seq + 1, previous.hash):
        raise LedgerDamaged(f"line {number} (record {record.seq}) does not follow record {previous.seq}")
    elif record.scope != previous.scope:
        raise LedgerDamaged(f"line {number} (record {record.seq}) belongs to another scope")
