"""The promotion protocol, as arithmetic: what a reviewer decided on, and which effect comes next.

The order is the safety. An approval

    0. reads everything again and refuses what has changed since the reviewer looked;
    1. posts ``pending``, so that a missing permission shows before anything is touched;
    2. appends ``approve`` to the ledger by compare-and-swap: who wins is decided here and nowhere else;
    3. adds the tag to the candidate, and reads it back;
    4. removes the tag, that tag only, from the previous best, and reads back that the candidate alone holds it;
    5. appends ``promoted``;
    6. posts ``success``.

Adding comes before removing, so there is never a moment without a best; ``success`` comes last, because a merge may
follow it within milliseconds and cannot be undone. After step 2 there is only forward: `next_action` looks at the
ledger and the world and names the next effect, and the click, the dashboard's start and ``gate reconcile`` all call it
until it answers None. A crash between any two effects therefore needs no special path.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gate.ledger import Kind, Ledger, Model, Record

State = Literal["pending", "success", "failure", "error"]


@dataclass(frozen=True)
class Observed:
    """The world at one moment: the tasks that hold the tag, and the newest approval status of the tail's commit."""

    holders: frozenset[str]
    status: str | None


@dataclass(frozen=True)
class AddTag:
    task: str


@dataclass(frozen=True)
class RemoveTag:
    task: str


@dataclass(frozen=True)
class Append:
    """Append a record that follows from the tail: ``promoted``, or ``conflict`` with the reason."""

    kind: Kind
    reason: str = ""


@dataclass(frozen=True)
class PostStatus:
    commit: str
    state: State


Effect = AddTag | RemoveTag | Append | PostStatus

FINAL_STATES: dict[str, State] = {"promoted": "success", "reject": "failure", "conflict": "error"}


def next_action(ledger: Ledger, observed: Observed) -> Effect | None:
    """The one effect that brings the world nearer to the ledger, or None at rest. Pure: same input, same answer."""
    tail = ledger.tail
    if tail is None or tail.candidate is None:
        return None
    if tail.kind == "approve":
        return _roll_forward(tail.candidate, tail.previous_best, observed)
    wanted = FINAL_STATES.get(tail.kind)
    if wanted == "success" and observed.holders != {tail.candidate.task}:
        return _unexplained(tail, observed)
    if wanted and observed.status != wanted:
        return PostStatus(tail.candidate.commit, wanted)
    return None


def _roll_forward(candidate: Model, previous: Model | None, observed: Observed) -> Effect:
    explained = {candidate.task} | ({previous.task} if previous else set())
    strangers = observed.holders - explained
    if strangers:
        return Append("conflict", f"{', '.join(sorted(strangers))} holds the tag and no record explains it")
    if previous and not observed.holders:
        return Append("conflict", "nobody holds the tag and no record explains it")
    if candidate.task not in observed.holders:
        return AddTag(candidate.task)
    if previous and previous.task in observed.holders - {candidate.task}:
        return RemoveTag(previous.task)
    return Append("promoted")


def _unexplained(tail: Record, observed: Observed) -> Effect | None:
    """After ``promoted``: a tag moved before ``success`` was posted is a conflict, afterwards an `alarm`."""
    if observed.status == "success":
        return None
    return Append("conflict", f"the tag moved by hand before success was posted: {_names(observed.holders)} holds it")


def alarm(ledger: Ledger, holders: frozenset[str]) -> str:
    """At rest: why tag and ledger disagree, in a sentence, or an empty string. Never acted on without a person."""
    if ledger.tail is not None and ledger.in_conflict:
        return f"the last promotion ended in a conflict: {ledger.tail.comment}"
    if ledger.best is None:
        return _too_many(holders)
    if holders == {ledger.best.task}:
        return ""
    return f"the ledger's best is {ledger.best.task}, but {_names(holders)} holds the tag"


def _too_many(holders: frozenset[str]) -> str:
    """Before the ledger knows a best, one run may hold the tag: the next decision records it as the first best."""
    return f"{len(holders)} runs hold the tag: {_names(holders)}" if len(holders) > 1 else ""


def _names(holders: frozenset[str]) -> str:
    return " and ".join(sorted(holders)) or "nobody"
