"""One training from its trigger to its pull request, as the journal tells it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gate.canonical import digest
from gate.retraining.journal import Event, Journal

ENDED = ("asked", "failed")
BRANCH = "retrain/"
MARK = "retrain-"


@dataclass(frozen=True)
class Cycle:
    """``start`` is its trigger, ``last`` the newest event about it."""

    start: Event
    last: Event

    @property
    def ended(self) -> bool:
        return self.last.kind in ENDED

    @property
    def preparing(self) -> bool:
        """Whether it is not yet certain that the clone is queued."""
        return self.last.kind in ("triggered", "takeover")

    @property
    def key(self) -> str:
        """Of this training alone, on this server: short enough for a tag and a branch."""
        return digest([self.start.scope, self.start.trigger])[:12]

    @property
    def mark(self) -> str:
        """The tag by which its clone is found again."""
        return MARK + self.key

    @property
    def branch(self) -> str:
        return BRANCH + self.key


def cycles(journal: Journal) -> list[Cycle]:
    """Every training that was decided on, oldest first."""
    newest = {event.trigger: event for event in journal.events if event.trigger}
    return [Cycle(start, newest[start.trigger]) for start in journal.starts]


def in_flight(found: Iterable[Cycle]) -> list[Cycle]:
    return [cycle for cycle in found if not cycle.ended]
