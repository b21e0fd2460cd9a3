"""Carry out a person's decision: everything is read again first, and nothing moves if anything changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gate.evidence import Run
from gate.ledger import Model, Record, Reviewer, Scope
from gate.ports import Absent, Account, Moved
from gate.promotion import Effect
from gate.review import Review
from gate.verdict import Outcome
from gate.workflow.book import Book, append, open_book
from gate.workflow.check import Question, check
from gate.workflow.reconcile import APPROVAL, WORDS, reconcile, stamp
from gate.workflow.world import World

IN_NAME_OF_NOBODY = Reviewer("promotion-gate", 0, "recorded when the ledger began")


class Refused(Exception):
    """A decision that was not carried out; nothing moved. ``reasons`` says why, each with what to do."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True)
class Decision:
    """One click: the kind, the packet the reviewer saw, who it was and why. ``nonce`` is of the form, used once."""

    kind: Literal["approve", "reject"]
    pull: int
    scope: str
    packet: str
    login: str
    identified: str
    comment: str
    nonce: str


def decide(world: World, decision: Decision, told: Callable[[str], None] = lambda _: None) -> Record:
    """Carry out a decision and answer the record that ended it.

    Raises:
        Refused: it may not or need not be carried out; nothing moved.
        ServiceError: a service failed on the way. If the decision was recorded, `reconcile` finishes it.
    """
    told("Reading everything again")
    review = _at_rest(world, Question(pull=decision.pull, scope=decision.scope), told)
    reviewer = _preflight(world, review, decision)
    if decision.kind == "approve":
        told("Asking GitHub for leave: status pending")
        url = world.review_url(decision.pull, decision.scope)
        context = review.scope.context(APPROVAL)
        world.forge.post_status(review.commit, context, "pending", WORDS["pending"], url)
    told("Recording the decision")
    _record(world, review, decision, reviewer)
    book = reconcile(world, review.scope, lambda effect: told(describe(effect)))
    assert book.ledger.tail is not None
    return book.ledger.tail


def _at_rest(world: World, question: Question, told: Callable[[str], None]) -> Review:
    """The review, once every effect of the decision before is done: a new one would hide what it still lacks."""
    review = check(world, question)
    book = reconcile(world, review.scope, lambda effect: told(describe(effect)))
    return review if book.ledger == review.ledger else check(world, question)


def describe(effect: Effect) -> str:
    return f"Done: {effect}"


def _preflight(world: World, review: Review, decision: Decision) -> Reviewer:
    reasons = list(objections(review, decision))
    account = _account(world, decision.login)
    if account is None or not account.may_write:
        held = account.permission if account else "no"
        reasons.append(f"{decision.login} has {held} permission on {world.repository}; deciding needs write")
    elif decision.kind == "approve" and account.id in _makers(world, review):
        reasons.append(f"{account.login} wrote this pull request; another person must approve it")
    if reasons or account is None:
        raise Refused(*reasons)
    return Reviewer(account.login, account.id, decision.identified)


def _account(world: World, login: str) -> Account | None:
    try:
        return world.forge.account(login)
    except Absent:
        return None


def _makers(world: World, review: Review) -> frozenset[int]:
    opener = frozenset({review.pull.author_id}) if review.pull else frozenset()
    return opener | world.forge.authors(review.commit)


def objections(review: Review, decision: Decision) -> list[str]:
    """Why the decision cannot stand, whoever made it."""
    reasons = []
    if review.packet_digest != decision.packet:
        reasons.append(f"what you saw has changed since ({_changed(review)}): look at the page again and decide anew")
    if review.pull is None or not review.pull.open:
        reasons.append("the pull request is not open any more")
    if review.candidate is None:
        reasons.append("there is no candidate run")
    if not decision.comment.strip():
        reasons.append("a decision needs a comment")
    if review.ledger.in_flight:
        reasons.append("another promotion is in flight")
    if decision.kind == "approve" and review.verdict.outcome in (Outcome.UNKNOWN, Outcome.FAILED):
        reasons.append(f"the verdict is {review.verdict.outcome.value}: only passed or review can be approved")
    return reasons


def _changed(review: Review) -> str:
    decisions = [f"{r.kind} by {r.reviewer.login} at {r.at}" for r in review.ledger.about(review.commit)]
    return f"decided already: {decisions[-1]}" if decisions else "run, evidence, policy, base or best"


def _record(world: World, review: Review, decision: Decision, reviewer: Reviewer) -> Book:
    """Append by compare-and-swap at the epoch the reviewer saw: who wins is decided here and nowhere else."""
    book = open_book(world.forge, review.scope)
    if book.ledger != review.ledger:
        raise Refused("somebody else decided at the same moment: look at the page again")
    try:
        if book.ledger.awaits_best and review.best is not None:
            book = begin(world, review.scope, book, review.best)
        return append(world.forge, review.scope, book, _decided(world, book, review, decision, reviewer))
    except Moved as error:
        raise Refused(f"somebody else decided at the same moment: {error}") from error


def begin(world: World, scope: Scope, book: Book, best: Run) -> Book:
    """Record the run that holds the tag now as the first best. Raises `Moved` if somebody else was faster."""
    fields = {"reviewer": IN_NAME_OF_NOBODY, "comment": "held the tag when the ledger began", "at": stamp(world)}
    record = book.sequel("bootstrap", book.ledger.epoch, Model(best.id, best.commit), **fields)
    return append(world.forge, scope, book, record)


def _decided(world: World, book: Book, review: Review, decision: Decision, reviewer: Reviewer) -> Record:
    epoch = book.ledger.epoch + (decision.kind == "approve")
    return book.sequel(
        decision.kind,
        epoch,
        book.ledger.best,
        candidate=review.model,
        previous_best=book.ledger.best,
        packet=decision.packet,
        reviewer=reviewer,
        comment=decision.comment.strip(),
        at=stamp(world),
    )
