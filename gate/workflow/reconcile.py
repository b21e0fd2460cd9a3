"""Bring tag and status to what the ledger says: the normal way of a promotion, and the way after any crash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gate.ledger import Record, Scope
from gate.ports import Moved, ServiceError
from gate.promotion import AddTag, Append, Effect, Observed, PostStatus, RemoveTag, next_action
from gate.workflow.book import Book, append, open_book
from gate.workflow.world import World

APPROVAL = "model-approval"
MOST_EFFECTS = 12  # an approval needs four; more means that the world does not follow

WORDS = {
    "pending": "A reviewer's decision is being carried out",
    "success": "Approved: this model is the best now",
    "failure": "Rejected by a reviewer",
    "error": "The promotion met a conflict; a person must settle it",
}


def reconcile(world: World, scope: Scope, told: Callable[[Effect], None] = lambda _: None) -> Book:
    """Apply `next_action` until it answers None; ``told`` hears of each effect after it was applied.

    Raises:
        ServiceError: a service failed, or effects do not show. Calling again later goes on from there.
    """
    book = open_book(world.forge, scope)
    for _ in range(MOST_EFFECTS):
        effect = next_action(book.ledger, observe(world, scope, book))
        if effect is None:
            return book
        book = apply(world, scope, book, effect)
        told(effect)
    raise ServiceError(f"after {MOST_EFFECTS} effects the promotion of {scope.task} is not at rest; look at its tags")


def observe(world: World, scope: Scope, book: Book) -> Observed:
    tail = book.ledger.tail
    holders = frozenset(run.id for run in world.tracker.holders(scope.tag, scope.project, scope.task))
    commit = tail.candidate.commit if tail and tail.candidate else None
    return Observed(holders, world.forge.status(commit, scope.context(APPROVAL)) if commit else None)


def apply(world: World, scope: Scope, book: Book, effect: Effect) -> Book:
    """The one place where effects become requests; each is idempotent or a compare-and-swap."""
    match effect:
        case AddTag(task):
            world.tracker.add_tag(task, scope.tag)
        case RemoveTag(task):
            world.tracker.remove_tag(task, scope.tag)
        case PostStatus(commit, state):
            post(world, scope, book, commit, state)
        case Append():
            return _append(world, scope, book, effect)
    return book


def post(world: World, scope: Scope, book: Book, commit: str, state: str) -> None:
    tail = book.ledger.tail
    pull = tail.candidate.pull if tail and tail.candidate and tail.candidate.commit == commit else 0
    world.forge.post_status(commit, scope.context(APPROVAL), state, WORDS[state], world.review_url(pull, scope.name))


def _append(world: World, scope: Scope, book: Book, effect: Append) -> Book:
    tail = book.ledger.tail
    assert tail is not None
    try:
        return append(world.forge, scope, book, _follow_up(world, book, tail, effect))
    except Moved:
        return open_book(world.forge, scope)  # another worker was faster: look again


def _follow_up(world: World, book: Book, tail: Record, effect: Append) -> Record:
    seq, previous = book.ledger.link()
    return replace(
        tail,
        seq=seq,
        previous_hash=previous,
        kind=effect.kind,
        best=tail.candidate if effect.kind == "promoted" else tail.best,
        comment=effect.reason or tail.comment,
        at=stamp(world),
        hash="",
    )


def stamp(world: World) -> str:
    return world.now().strftime("%Y-%m-%dT%H:%M:%SZ")
