"""Carry out a person's decision: everything is read again first, and nothing moves if anything changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

from gate.canonical import digest
from gate.evidence import Run
from gate.identity import Automatic, Person
from gate.ledger import Kind, Model, Override, Record, Reviewer, Scope
from gate.ports import Moved
from gate.review import Review, frozen
from gate.staleness import Change, changes
from gate.verdict import Outcome
from gate.workflow.authority import NOBODY, account_of, authorised, automatically, own_work
from gate.workflow.book import Book, append, history, open_book
from gate.workflow.check import Question, check
from gate.workflow.patience import Pause, patiently
from gate.workflow.reconcile import describe, reconcile, stamp
from gate.workflow.refusal import Refused
from gate.workflow.statuses import post
from gate.workflow.world import World

IN_NAME_OF_NOBODY = Reviewer(NOBODY, 0, "recorded when the ledger began")
GRANTING = ("approve", "override")


@dataclass(frozen=True)
class Decision:
    """One click: the kind, the packet the reviewer saw, who it was and why. ``nonce`` is of the form, used once.

    ``seen`` is the packet itself, to say what changed; ``expires`` is the end of an override (RFC 3339).
    """

    kind: Literal["approve", "reject", "changes", "override"]
    pull: int
    scope: str
    packet: str
    person: Person | Automatic
    comment: str
    nonce: str
    seen: Mapping[str, Any] | None = field(default=None, repr=False)
    expires: str = ""


def decide(world: World, decision: Decision, told: Callable[[str], None] = lambda _: None) -> Record:
    """Carry out a decision and answer the record that ended it.

    Raises:
        Refused: it may not or need not be carried out; nothing moved.
        ServiceError: a service failed on the way. If the decision was recorded, `reconcile` finishes it.
    """

    def paused(pause: Pause) -> None:
        told(describe(pause))

    told("Reading everything again")
    review = _at_rest(world, Question(pull=decision.pull, scope=decision.scope), told)
    reviewer = _preflight(world, review, decision)
    if decision.kind in GRANTING:
        told("Asking GitHub for leave: status pending")
        leave = partial(post, world, review.scope, review.ledger, review.commit, "pending")
        patiently(world, paused, leave)
    told("Recording the decision")
    _record(world, review, decision, reviewer, paused)
    book = reconcile(world, review.scope, lambda step: told(describe(step)))
    assert book.ledger.tail is not None
    return book.ledger.tail


def _at_rest(world: World, question: Question, told: Callable[[str], None]) -> Review:
    """The review, once every effect of the decision before is done: a new one would hide what it still lacks."""
    review = check(world, question)
    book = reconcile(world, review.scope, lambda step: told(describe(step)))
    return review if book.ledger == review.ledger else check(world, question)


def _preflight(world: World, review: Review, decision: Decision) -> Reviewer:
    reasons = list(objections(review, decision, world.now()))
    if isinstance(decision.person, Automatic):
        return automatically(review, decision.person, [*reasons, *_decided_before(world, review)])
    if decision.kind in GRANTING:
        account = account_of(world, decision.person.login)
        reasons += own_work(world, review, decision.person, account)
        if account and account.id in {vote.reviewer.id for vote in review.ledger.votes(review.packet_digest)}:
            reasons.append(f"{account.login} has approved this already; other people must")
    try:
        return authorised(world, decision.person, review.approval, reasons)
    except Refused as refused:
        raise Refused(*refused.reasons, changes=changed(review, decision)) from None


def _decided_before(world: World, review: Review) -> list[str]:
    """What was decided about a commit once, a person decides anew: it may have been rejected or rolled back."""
    records = history(world.forge, review.scope)
    found = [each for each in records if each.candidate and each.candidate.commit == review.commit]
    return [f"{each.kind} by {each.reviewer.login} at {each.at}: a person must decide anew" for each in found[-1:]]


def objections(review: Review, decision: Decision, now: datetime) -> list[str]:
    """Why the decision cannot stand, whoever made it."""
    reasons = []
    if review.ledger.spent(decision.nonce):
        reasons.append("this very decision was recorded already")
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
    if review.ledger.in_conflict:
        reasons.append("the last promotion ended in a conflict: adopt or restore a best first")
    if decision.kind in GRANTING:
        reasons += [review.already] if review.already else _verdict(review, decision, now)
    return reasons


def _verdict(review: Review, decision: Decision, now: datetime) -> list[str]:
    outcome = review.verdict.outcome
    good = outcome in (Outcome.PASSED, Outcome.REVIEW)
    if decision.kind == "approve":
        said = f"the verdict is {outcome.value}: only passed or review can be approved"
        return [] if good else [said]
    if good:
        return [f"the verdict is {outcome.value}: there is nothing to override"]
    if not review.approval.allow_override:
        return ["the policy does not allow an override (allow_override of [approval] in gate.toml)"]
    if review.verdict.exit_code == 5:
        return ["who is best is in conflict, which no override settles: adopt or restore a best first"]
    return _expiry(review, decision, now)


def _expiry(review: Review, decision: Decision, now: datetime) -> list[str]:
    latest = now + review.approval.override_expires
    try:
        expires = datetime.fromisoformat(decision.expires)
        within = now < expires.astimezone(UTC) <= latest
    except ValueError:
        within = False
    return [] if within else [f"an override needs an end, at the latest {latest:%Y-%m-%d %H:%M} UTC"]


def changed(review: Review, decision: Decision) -> list[Change]:
    """What is not as the reviewer saw it: seen, now, and the best."""
    if decision.seen is None or digest(decision.seen) != decision.packet or decision.packet == review.packet_digest:
        return []
    return changes(decision.seen, review.packet, frozen(review.best))


def _changed(review: Review) -> str:
    decisions = [f"{r.kind} by {r.reviewer.login} at {r.at}" for r in review.ledger.about(review.commit)]
    return f"decided already: {decisions[-1]}" if decisions else "run, evidence, policy, base or best"


def _record(
    world: World, review: Review, decision: Decision, reviewer: Reviewer, told: Callable[[Pause], None]
) -> Book:
    """Append by compare-and-swap at the epoch the reviewer saw: who wins is decided here and nowhere else."""
    book = open_book(world.forge, review.scope)
    if book.ledger != review.ledger:
        raise Refused("somebody else decided at the same moment: look at the page again")
    try:
        if book.ledger.awaits_best and review.best is not None:
            book = patiently(world, told, partial(begin, world, review.scope, book, review.best))
            if book.ledger.tail is None or book.ledger.tail.kind != "bootstrap":
                raise Moved("the ledger was begun and went on")  # the same first record is another's too
        record = _decided(world, book, review, decision, reviewer)
        return patiently(world, told, partial(append, world, review.scope, book, record))
    except Moved as error:
        reconcile(world, review.scope)  # our pending may stand where the other one's success did
        raise Refused(f"somebody else decided at the same moment: {error}") from error


def begin(world: World, scope: Scope, book: Book, best: Run) -> Book:
    """Record the run that holds the tag now as the first best. Raises `Moved` if somebody else was faster."""
    fields = {"reviewer": IN_NAME_OF_NOBODY, "comment": "held the tag when the ledger began", "at": stamp(world)}
    record = book.sequel("bootstrap", book.ledger.epoch, Model(best.id, best.commit), **fields)
    return append(world, scope, book, record)


def kind_of(review: Review, decision: Decision) -> Kind:
    """What a decision is recorded as: an approval may need others', or wait for the merge."""
    if decision.kind not in GRANTING:
        return decision.kind
    if len(review.ledger.votes(review.packet_digest)) + 1 < review.approval.approvals:
        return "vote"
    return "grant" if review.approval.promote_on == "merge" else decision.kind


def _decided(world: World, book: Book, review: Review, decision: Decision, reviewer: Reviewer) -> Record:
    kind, model, known = kind_of(review, decision), review.model, book.ledger.waiting
    comment = decision.comment.strip()
    if decision.kind == "override" and kind != "vote" and model:
        model = replace(model, override=Override(comment, reviewer.login, decision.expires))
    ended = known is not None and (kind in ("approve", "override", "grant") or known.commit == review.commit)
    return book.sequel(
        kind,
        book.ledger.epoch + (kind in GRANTING),
        book.ledger.best,
        candidate=model,
        previous_best=book.ledger.best,
        packet=decision.packet,
        reviewer=reviewer,
        comment=comment,
        at=stamp(world),
        waiting=model if kind == "grant" else None if ended else known,
        revokes=(known.commit,) if ended and known and known.commit != review.commit else (),
        nonce=decision.nonce,
        worker=world.worker,
    )
