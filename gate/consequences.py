"""What approving a candidate will do, in plain sentences, before anybody does it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gate.approval import APPROVAL
from gate.figures import short
from gate.review import Review
from gate.verdict import Outcome

GOOD = (Outcome.PASSED, Outcome.REVIEW)
CONFLICT = 5  # the exit code


@dataclass(frozen=True)
class Consequences:
    """``steps`` say what an approval does now, in its order; where there are none, ``why_not`` says why not.

    ``undo`` says who may take it back, and how; ``otherwise`` what a rejection does. Names of others stand in all.
    """

    steps: tuple[str, ...] = ()
    why_not: str = ""
    undo: str = ""
    otherwise: str = ""


def of_approving(review: Review) -> Consequences:
    """What an approval, or an override of the verdict, would do to tag and status."""
    otherwise = _otherwise(review) if review.candidate and not review.already else ""
    if why_not := _why_not(review):
        return Consequences(why_not=why_not, otherwise=otherwise)
    return Consequences(tuple(_steps(review)), undo=_undo(review), otherwise=otherwise)


def may_override(review: Review) -> bool:
    """Whether the policy lets a person approve against the verdict, and there is one to override."""
    good = review.verdict.outcome in GOOD
    return review.approval.allow_override and not good and not _unsettled(review) and review.candidate is not None


def _unsettled(review: Review) -> bool:
    return review.verdict.exit_code == CONFLICT


def _why_not(review: Review) -> str:
    if review.already:
        return review.already
    if review.candidate is None:
        return "no run of this commit can be a candidate, so there is nothing to decide yet"
    if review.ledger.in_flight:
        return "another promotion is in flight; it is finished by itself, look again in a moment"
    if _unsettled(review):
        return "which run is best is in conflict: a person must settle it first, in the inbox"
    if review.verdict.outcome not in GOOD and not review.approval.allow_override:
        return f"the verdict is {review.verdict.outcome.value}, and the policy allows no override"
    return ""


def _steps(review: Review) -> Iterator[str]:
    assert review.candidate is not None
    votes, needed = len(review.ledger.votes(review.packet_digest)), review.approval.approvals
    if votes + 1 < needed:
        yield f"Your approval is recorded, as {votes + 1} of {needed}. No tag moves yet: the last approval moves it."
        return
    status, merge = review.scope.context(APPROVAL), review.approval.promote_on == "merge"
    green = f"Status {status} of commit {short(review.commit)} turns green, so {_pull(review)} may be merged."
    moves = _moves(review, "When it is merged, and not before, tag" if merge else "Tag")
    yield from (green, moves) if merge else (moves, green)
    ended = review.ledger.waiting
    if ended and ended.commit != review.commit:
        yield f"The approval of run {short(ended.task)}, which waits for its merge, is withdrawn: its commit turns red."


def _moves(review: Review, start: str) -> str:
    assert review.candidate is not None
    tag, new = review.scope.tag, f"run {short(review.candidate.id)}, this candidate"
    if review.best is None:
        return f"{start} {tag}, which no run holds yet, goes to {new}."
    return f"{start} {tag} moves from run {short(review.best.id)}, the best now, to {new}. All other tags stay."


def _pull(review: Review) -> str:
    return f"pull request #{review.pull.number}" if review.pull else "it"


def _otherwise(review: Review) -> str:
    status = f"status {review.scope.context(APPROVAL)} of commit {short(review.commit)}"
    ways = "Rejecting, or requesting changes where a mended commit is welcome,"
    return f"{ways} turns {status} red with your comment; no tag moves."


def _undo(review: Review) -> str:
    team = f" in team {review.approval.team}" if review.approval.team else ""
    who = f"anyone with write permission on {review.repository}{team}"
    if review.best is None:
        return f"There is no earlier best to go back to; {who} may approve another candidate instead."
    return (
        f"To undo it: {who} may roll back to run {short(review.best.id)} on the page History, and the commit turns red."
    )
