"""Decide about the best itself: roll back to an earlier one, or settle a tag that was moved by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from gate.config import ScopePolicy
from gate.identity import Person
from gate.ledger import Ledger, Model, Record, Scope
from gate.ports import Absent, Moved
from gate.promotion import alarm
from gate.workflow.authority import authorised
from gate.workflow.book import append, history
from gate.workflow.patience import patiently
from gate.workflow.reconcile import describe, reconcile, stamp
from gate.workflow.refusal import Refused
from gate.workflow.world import World

LATE = "somebody else decided at the same moment: look at the page again"


@dataclass(frozen=True)
class Settlement:
    """``task`` becomes the best: an earlier one (rollback), a holder of the tag (adopt), the ledger's own (restore).

    ``epoch`` is the one the person saw; ``task`` is empty for a restore.
    """

    kind: Literal["rollback", "adopt", "restore"]
    task: str
    epoch: int
    person: Person
    comment: str
    nonce: str = ""


@dataclass(frozen=True)
class _Move:
    target: Model
    strips: tuple[str, ...]
    ended: Sequence[Model]


def settle(world: World, policy: ScopePolicy, wish: Settlement, told: Callable[[str], None] = lambda _: None) -> Record:
    """Carry it out and answer the record that ended it.

    Raises:
        Refused: it may not or need not be; nothing moved.
    """
    scope = policy.place(world.tracker.server)
    told("Reading everything again")
    book = reconcile(world, scope, lambda step: told(describe(step)))
    holders = {run.id: Model(run.id, run.commit) for run in world.tracker.holders(scope.tag, scope.project, scope.task)}
    move = _move(world, scope, book.ledger, holders, wish)
    reasons = _objections(book.ledger, wish, move)
    reviewer = authorised(world, wish.person, policy.approval, reasons)
    assert move is not None
    told("Recording the decision")
    record = book.sequel(
        wish.kind,
        book.ledger.epoch + 1,
        book.ledger.best,
        candidate=move.target,
        previous_best=book.ledger.best,
        reviewer=reviewer,
        comment=wish.comment.strip(),
        at=stamp(world),
        strips=move.strips,
        revokes=_green(world, book.ledger, move),
        nonce=wish.nonce,
        worker=world.worker,
    )
    try:
        patiently(world, lambda pause: told(describe(pause)), partial(append, world, scope, book, record))
    except Moved as error:
        raise Refused(LATE) from error
    tail = reconcile(world, scope, lambda step: told(describe(step))).ledger.tail
    assert tail is not None
    return tail


def _objections(ledger: Ledger, wish: Settlement, move: _Move | None) -> list[str]:
    reasons = []
    if ledger.spent(wish.nonce):
        reasons.append("this very decision was recorded already")
    if ledger.epoch != wish.epoch:
        reasons.append(f"the best has changed since you looked (epoch {wish.epoch}, now {ledger.epoch}): look again")
    if ledger.in_flight:
        reasons.append("another promotion is in flight")
    if not wish.comment.strip():
        reasons.append("a decision needs a comment")
    if move is None:
        reasons.append(REMEDIES[wish.kind].format(task=wish.task))
    return reasons


REMEDIES = {
    "rollback": "there is nothing to roll back: {task} was never the best before this one, or tag and ledger disagree",
    "adopt": "there is nothing to adopt: {task} does not hold the tag, or the ledger knows it as the best",
    "restore": "there is nothing to restore: the ledger's best alone holds the tag, or the ledger knows none",
}


def _move(world: World, scope: Scope, ledger: Ledger, holders: dict[str, Model], wish: Settlement) -> _Move | None:
    """What has to change, or None where this kind of decision does not fit."""
    others = tuple(sorted(holders))
    wrong = alarm(ledger, frozenset(holders))
    if wish.kind == "rollback":
        return None if wrong else _back(history(world.forge, scope), ledger, wish.task)
    if wish.kind == "adopt":
        known = next((m for m in bests_of(ledger.records) if m.task == wish.task), holders.get(wish.task))
        fits = wrong and wish.task in holders
        return _Move(known, others, [ledger.best] if ledger.best else []) if fits and known else None
    return _Move(ledger.best, others, []) if wrong and ledger.best else None


def _back(records: Sequence[Record], ledger: Ledger, task: str) -> _Move | None:
    """The bests since the one to return to, which all lose their approval."""
    bests = bests_of(records)
    places = [place for place, model in enumerate(bests[:-1]) if model.task == task]
    if not places or (ledger.best and ledger.best.task == task):
        return None
    return _Move(bests[places[-1]], (), bests[places[-1] + 1 :])


def bests_of(records: Sequence[Record]) -> list[Model]:
    """Every best in its turn, oldest first."""
    found: list[Model] = []
    for record in records:
        if record.best and (not found or found[-1] != record.best):
            found.append(record.best)
    return found


def _green(world: World, ledger: Ledger, move: _Move) -> tuple[str, ...]:
    """The commits that must not be merged any more: of those whose time ends here, whatever is not merged yet."""
    ended = [*move.ended, *([ledger.waiting] if ledger.waiting else [])]
    commits = [model.commit for model in ended if model.pull and not _is_merged(world, model.pull)]
    return tuple(dict.fromkeys(commit for commit in commits if commit != move.target.commit))


def _is_merged(world: World, pull: int) -> bool:
    try:
        return world.forge.pull(pull).merged
    except Absent:
        return False
