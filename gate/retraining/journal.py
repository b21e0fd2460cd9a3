"""What the loop did, in an append-only record of its own beside the ledger of promotions.

Every line carries the hash of the one before it. Whoever wants to train writes that down first, by compare-and-swap:
so each dataset version is handled once, whatever dies, and however many look.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, get_args

from gate.canonical import canonical, digest
from gate.ledger import GENESIS, SEGMENT_RECORDS, LedgerDamaged
from gate.record import Reviewer, hash_of

SCHEMA = 1
Kind = Literal[
    "began",  # the versions that were there before the loop
    "triggered",  # a training was decided on; nothing was done yet
    "takeover",  # another worker goes on with what its predecessor left
    "queued",  # the clone waits for an agent
    "asked",  # it ran, and a pull request asks for review
    "failed",  # it ended otherwise
]
Cause = Literal["", "version", "drift", "schedule", "manual"]
KINDS, CAUSES = frozenset(get_args(Kind)), frozenset(get_args(Cause))


@dataclass(frozen=True)
class Event:
    """One line. ``trigger`` names the training it is about; ``versions`` are the dataset versions this handles.

    ``dataset`` is the version that is trained on, ``base`` the run that is cloned, ``code`` the commit it starts from.
    ``task``, ``commit`` and ``pull`` are the clone, what it ran, and where it is reviewed. ``at`` is RFC 3339, UTC, and
    ``clock`` the same in seconds since 1970.
    """

    scope: str
    kind: Kind
    at: str
    clock: int
    trigger: str = ""
    cause: Cause = ""
    dataset: str = ""
    versions: tuple[str, ...] = ()
    base: str = ""
    code: str = ""
    task: str = ""
    commit: str = ""
    pull: int = 0
    reason: str = ""
    reviewer: Reviewer = field(default_factory=lambda: Reviewer("", 0, ""))
    worker: str = ""
    seq: int = 0
    previous_hash: str = GENESIS
    hash: str = ""
    schema: int = SCHEMA

    def sealed(self) -> Event:
        """This event with its hash, which covers every other field."""
        return replace(self, hash=digest({name: value for name, value in asdict(self).items() if name != "hash"}))

    def line(self) -> str:
        return canonical(asdict(self)) + "\n"


@dataclass(frozen=True)
class Journal:
    """All events of a scope, oldest first."""

    events: tuple[Event, ...] = ()

    @property
    def tail(self) -> Event | None:
        return self.events[-1] if self.events else None

    @cached_property
    def handled(self) -> frozenset[str]:
        """The dataset versions that led to a training, or were there before the loop."""
        return frozenset(version for event in self.events for version in event.versions)

    @cached_property
    def trained(self) -> frozenset[str]:
        """The dataset versions that a training was decided on."""
        return frozenset(event.dataset for event in self.starts)

    @cached_property
    def starts(self) -> tuple[Event, ...]:
        return tuple(event for event in self.events if event.kind == "triggered")

    def holds(self, event: Event) -> bool:
        return any(each.hash == event.hash for each in self.events)

    def followed(self, event: Event) -> Event:
        """The event as the one that comes next, sealed."""
        tail = self.tail
        seq, previous = (tail.seq + 1, tail.hash) if tail else (1, GENESIS)
        return replace(event, seq=seq, previous_hash=previous).sealed()

    def plus(self, event: Event) -> Journal:
        """As it would be after this event."""
        return Journal((*self.events, self.followed(event)))


def folder(key: str) -> str:
    return f"retraining/{key}"


def segment_path(key: str, seq: int) -> str:
    """Where event ``seq`` lies (it counts from 1)."""
    return f"{folder(key)}/{(seq - 1) // SEGMENT_RECORDS + 1:06d}.jsonl"


def read(key: str, texts: tuple[str, ...]) -> Journal:
    """Parse and verify the segments, in their order.

    Raises:
        LedgerDamaged: a line is no event, was changed, or does not follow the one before it.
    """
    events: list[Event] = []
    if not texts:
        return Journal()
    for number, line in enumerate("".join(texts).removesuffix("\n").split("\n"), 1):
        event = _parsed(line, number)
        previous = (events[-1].seq, events[-1].hash) if events else (0, GENESIS)
        if event.schema != SCHEMA or event.scope != key:
            raise LedgerDamaged(f"event {number} of the retraining journal is of another schema or scope")
        if hash_of(line, event.hash) != event.hash:
            raise LedgerDamaged(f"event {number} of the retraining journal was changed: its hash does not fit")
        if (event.seq, event.previous_hash) != (previous[0] + 1, previous[1]):
            raise LedgerDamaged(f"event {number} of the retraining journal does not follow the one before it")
        events.append(event)
    return Journal(tuple(events))


def _parsed(line: str, number: int) -> Event:
    try:
        fields: dict[str, Any] = json.loads(line)
        if fields["kind"] not in KINDS or fields["cause"] not in CAUSES:
            raise ValueError(f"there is no kind {fields['kind']} of cause {fields['cause']}")
        fields["versions"] = tuple(fields["versions"])
        return Event(**fields | {"reviewer": Reviewer(**fields["reviewer"])})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise LedgerDamaged(f"line {number} of the retraining journal is no event: {error}") from error
