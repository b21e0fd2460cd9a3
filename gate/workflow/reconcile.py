"""Bring tag and status to what the ledger says: the normal way of a promotion, and the way after any crash."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from gate.approval import APPROVAL
from gate.lease import Wait, next_step
from gate.ledger import Ledger, Record, Scope
from gate.ports import Moved, Passing, ServiceError
from gate.promotion import AddTag, Append, Effect, Observed, PostStatus, RemoveTag, concerns
from gate.record import ENDS
from gate.workflow.book import NOBODY, Book, append, history, open_book
from gate.workflow.patience import TRIES, Pause, pause
from gate.workflow.statuses import post
from gate.workflow.world import World

MOST_EFFECTS = 12  # an approval needs four; more means that the world does not follow
LOOK = 1.0  # seconds between two looks while another worker is at it
Step = Effect | Wait | Pause


def reconcile(world: World, scope: Scope, told: Callable[[Step], None] = lambda _: None) -> Book:
    """Apply `next_step` until it answers None; ``told`` hears of each effect after it was applied, and of each wait.

    Raises:
        ServiceError: a service failed, or effects do not show. Calling again later goes on from there.
    """
    book, watch, effects, tried = open_book(world.forge, scope), Watch(world), 0, 0
    while effects < MOST_EFFECTS:
        age = watch.age(book.ledger)
        step = next_step(book.ledger, observe(world, scope, book), world.worker, age, world.lease)
        if step is None:
            return book
        if isinstance(step, Wait):
            book = _wait(world, scope, book, step, told)
            continue
        try:
            book = apply(world, scope, book, step)
        except Passing as error:
            tried += 1
            if tried >= TRIES:
                raise
            pause(world, told, error, tried)
            book = open_book(world.forge, scope, book)
            continue
        effects, tried = effects + 1, 0
        told(step)
    raise ServiceError(f"after {MOST_EFFECTS} effects the promotion of {scope.task} is not at rest; look at its tags")


class Watch:
    """How old the ledger's last record is: by its own time, or by how long we have seen it, if a clock is wrong."""

    def __init__(self, world: World) -> None:
        self._world, self._tail, self._since = world, "", time.monotonic()

    def age(self, ledger: Ledger) -> float:
        if ledger.tail is None:
            return 0.0
        if ledger.tail.hash != self._tail:
            self._tail, self._since = ledger.tail.hash, time.monotonic()
        said = (self._world.now() - datetime.fromisoformat(ledger.tail.at)).total_seconds()
        return max(said, time.monotonic() - self._since)


def _wait(world: World, scope: Scope, book: Book, step: Wait, told: Callable[[Step], None]) -> Book:
    told(step)
    world.sleep(min(step.seconds, LOOK))
    return open_book(world.forge, scope, book)


def observe(world: World, scope: Scope, book: Book) -> Observed:
    holders = frozenset(run.id for run in world.tracker.holders(scope.tag, scope.project, scope.task))
    context = scope.context(APPROVAL)
    statuses = {commit: world.forge.status(commit, context) for commit in concerns(book.ledger)}
    return Observed(holders, statuses, _merged(world, book.ledger))


def _merged(world: World, ledger: Ledger) -> bool:
    """Whether the model that waits was merged at the very commit that was approved."""
    if ledger.waiting is None:
        return False
    pull = world.forge.pull(ledger.waiting.pull)
    return pull.merged and pull.head == ledger.waiting.commit


def apply(world: World, scope: Scope, book: Book, effect: Effect) -> Book:
    """The one place where effects become requests; each is idempotent or a compare-and-swap."""
    match effect:
        case AddTag(task):
            world.tracker.add_tag(task, scope.tag)
        case RemoveTag(task):
            world.tracker.remove_tag(task, scope.tag)
        case PostStatus(commit, state):
            post(world, scope, book.ledger, commit, state)
        case Append():
            return _append(world, scope, book, effect)
    return book


def _append(world: World, scope: Scope, book: Book, effect: Append) -> Book:
    tail = book.ledger.tail
    assert tail is not None
    try:
        return append(world, scope, book, _follow_up(world, scope, book, tail, effect))
    except Moved:
        return open_book(world.forge, scope, book)  # another worker was faster: look again


def _follow_up(world: World, scope: Scope, book: Book, tail: Record, effect: Append) -> Record:
    seq, previous = book.ledger.link()
    follows = replace(
        tail,
        seq=seq,
        previous_hash=previous,
        kind=effect.kind,
        best=tail.candidate if effect.kind in ENDS.values() else tail.best,
        comment=effect.reason or tail.comment,
        at=stamp(world),
        worker=world.worker,
        resumes=tail.stage if effect.kind == "takeover" else None,
        hash="",
    )
    return _merged_record(world, scope, follows, book.ledger) if effect.kind in ENDS else follows


def _merged_record(world: World, scope: Scope, follows: Record, ledger: Ledger) -> Record:
    """The promotion of what waited for its merge, in the name of who approved it, however long ago."""
    model = ledger.waiting
    assert model is not None
    grant = ledger.grant(model) or Ledger(history(world.forge, scope)).grant(model)
    reviewer, packet = (grant.reviewer, grant.packet) if grant else (NOBODY, "")
    named = replace(follows, candidate=model, previous_best=ledger.best, epoch=follows.epoch + 1, waiting=None)
    return replace(named, reviewer=reviewer, packet=packet, nonce="", strips=(), revokes=())


def stamp(world: World) -> str:
    return world.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def describe(step: Step) -> str:
    """One line for the one who waits."""
    match step:
        case Wait(worker, seconds):
            return f"Another worker ({worker}) is at it; waiting up to {seconds:.0f} s"
        case Pause(seconds, why):
            return f"Waiting {seconds:.0f} s: {why}"
        case _:
            return f"Done: {step}"
