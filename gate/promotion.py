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
follow it within milliseconds and cannot be undone. Where something is taken back the order is the other way round: a
rollback, an adoption and a new approval that waits for its merge first withdraw the approvals they end. After step 2
there is only forward: `next_action` looks at the ledger and the world and names the next effect, and the click, the
dashboard's start and ``gate reconcile`` all call it until it answers None. A crash between any two effects therefore
needs no special path.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gate.ledger import Kind, Ledger, Record
from gate.record import ENDS

State = Literal["pending", "success", "failure", "error"]


@dataclass(frozen=True)
class Observed:
    """The world at one moment.

    ``holders`` are the tasks that hold the tag, ``statuses`` the newest approval status of every commit that `concerns`
    the ledger; ``merged`` says that the model that waits for its merge was merged, at the commit that was approved.
    """

    holders: frozenset[str]
    statuses: Mapping[str, str | None] = field(default_factory=dict)
    merged: bool = False


@dataclass(frozen=True)
class AddTag:
    task: str


@dataclass(frozen=True)
class RemoveTag:
    task: str


@dataclass(frozen=True)
class Append:
    """Append a record that follows from the tail: what its decision ends as, or ``conflict`` with the reason."""

    kind: Kind
    reason: str = ""


@dataclass(frozen=True)
class PostStatus:
    commit: str
    state: State


Effect = AddTag | RemoveTag | Append | PostStatus

FINAL_STATES: Mapping[Kind, State] = {
    "promoted": "success",
    "grant": "success",
    "reject": "failure",
    "changes": "failure",
    "conflict": "error",
}


def concerns(ledger: Ledger) -> tuple[str, ...]:
    """The commits whose status the next action depends on: those that lose their approval, then the candidate's."""
    tail = ledger.tail
    if tail is None:
        return ()
    own = (tail.candidate.commit,) if tail.candidate and tail.stage in FINAL_STATES else ()
    return tuple(dict.fromkeys((*tail.revokes, *own)))


def next_action(ledger: Ledger, observed: Observed) -> Effect | None:
    """The one effect that brings the world nearer to the ledger, or None at rest. Pure: same input, same answer."""
    tail = ledger.tail
    if tail is None:
        return None
    if revoked := _revoke(tail, observed):
        return revoked
    if tail.candidate is not None and tail.stage in ENDS:
        return _roll_forward(tail, tail.candidate.task, observed)
    return _status(tail, observed) or _merge(ledger, tail, observed)


def _revoke(tail: Record, observed: Observed) -> Effect | None:
    """A commit that lost its approval must not be green, whoever made it so, and however late."""
    green = (commit for commit in tail.revokes if observed.statuses.get(commit) == "success")
    return next((PostStatus(commit, "failure") for commit in green), None)


def _roll_forward(tail: Record, candidate: str, observed: Observed) -> Effect:
    strangers = observed.holders - tail.losers - {candidate}
    if strangers:
        return Append("conflict", f"{_names(strangers)} holds the tag and no record explains it")
    if tail.losers and not observed.holders and tail.stage != "restore":
        return Append("conflict", "nobody holds the tag and no record explains it")
    if candidate not in observed.holders:
        return AddTag(candidate)
    for loser in sorted(tail.losers & observed.holders):
        return RemoveTag(loser)
    return Append(ENDS[tail.stage])


def _status(tail: Record, observed: Observed) -> Effect | None:
    """After ``promoted``: a tag moved before ``success`` was posted is a conflict, afterwards an `alarm`."""
    wanted = FINAL_STATES.get(tail.stage)
    if wanted is None or tail.candidate is None or observed.statuses.get(tail.candidate.commit) == wanted:
        return None
    if tail.stage == "promoted" and observed.holders != {tail.candidate.task}:
        holder = _names(observed.holders)
        return Append("conflict", f"the tag moved by hand before success was posted: {holder} holds it")
    return PostStatus(tail.candidate.commit, wanted)


def _merge(ledger: Ledger, tail: Record, observed: Observed) -> Effect | None:
    """What was approved for its merge is promoted once it is merged; not while tag and ledger disagree."""
    if tail.waiting is None or not observed.merged or alarm(ledger, observed.holders):
        return None
    return Append("approve", "the pull request was merged as it was approved")


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
