"""Carry one training forward as far as it goes: until it is somebody else's turn, or it has ended."""

from __future__ import annotations

import time
from dataclasses import replace

from gate.config import ScopePolicy
from gate.lease import Wait
from gate.ports import Moved, Passing, ServiceError
from gate.retraining import Cycle, cycles
from gate.retraining.steps import Ask, Await, CloneRun, Enqueue, Note, Pin, Prepare, StartBranch, Step, next_step, turn
from gate.workflow.patience import TRIES, pause
from gate.workflow.reconcile import LOOK, describe, stamp
from gate.workflow.retraining_ask import ask
from gate.workflow.retraining_book import Pages, append, open_journal
from gate.workflow.retraining_seen import clone_of, observed, pin_text, setup_of
from gate.workflow.retraining_sight import Told, terms_of
from gate.workflow.world import World

MOST_STEPS = 30  # eight are needed; more means that the world does not follow


def advance(world: World, policy: ScopePolicy, cycle: Cycle, told: Told) -> tuple[Pages, str]:
    """The journal as it stands then, and whose turn it is; an empty text where the training has ended.

    Raises:
        ServiceError: a service failed, or effects do not show. Calling again later goes on from there.
    """
    watch, done, tried, waiting = Watch(world), 0, 0, False
    while done < MOST_STEPS:
        pages, cycle = _reread(world, policy, cycle)
        if cycle.ended:
            return pages, ""
        try:
            step = _next(world, policy, cycle, watch.age(cycle))
            if isinstance(step, Await):
                return pages, step.said
            _apply(world, policy, cycle, step, pages)
        except Moved:
            done += 1  # somebody else did it: look again
        except Passing as error:
            tried += 1
            if tried >= TRIES:
                raise
            pause(world, lambda found: told(describe(found)), error, tried)
        else:
            done, tried = done + (not isinstance(step, Wait)), 0
            if not (waiting and isinstance(step, Wait)):  # a wait is told once
                told(f"{cycle.mark}: {said(step)}")
            waiting = isinstance(step, Wait)
    raise ServiceError(f"after {MOST_STEPS} steps the training {cycle.start.trigger} is no further; look at its run")


class Watch:
    """How old the newest event is: by its own time, or by how long we have seen it, if a clock is wrong."""

    def __init__(self, world: World) -> None:
        self._world, self._hash, self._since = world, "", time.monotonic()

    def age(self, cycle: Cycle) -> float:
        if cycle.last.hash != self._hash:
            self._hash, self._since = cycle.last.hash, time.monotonic()
        return max(self._world.now().timestamp() - cycle.last.clock, time.monotonic() - self._since)


def _reread(world: World, policy: ScopePolicy, cycle: Cycle) -> tuple[Pages, Cycle]:
    pages = open_journal(world.forge, policy.place(world.tracker.server))
    return pages, next(each for each in cycles(pages.journal) if each.key == cycle.key)


def _next(world: World, policy: ScopePolicy, cycle: Cycle, age: float) -> Step | Wait:
    return turn(cycle, world.worker, age, world.lease) or next_step(cycle, observed(world, policy, cycle))


def _apply(world: World, policy: ScopePolicy, cycle: Cycle, step: Step | Wait, pages: Pages) -> None:
    """The one place where steps become requests; each was looked for just before."""
    match step:
        case Wait(_, seconds):
            world.sleep(min(seconds, LOOK))
        case StartBranch():
            world.forge.branch_off(cycle.branch, cycle.start.code)
        case Pin():
            _pin(world, policy, cycle)
        case CloneRun():
            world.tracker.clone(cycle.start.base, f"{policy.task} ({cycle.mark})", cycle.mark)
        case Prepare():
            _prepare(world, policy, cycle)
        case Enqueue(task):
            world.tracker.enqueue(task, terms_of(policy).queue)
        case Ask(task):
            ask(world, policy, cycle, task)
        case Note():
            _note(world, policy, cycle, step, pages)


def _pin(world: World, policy: ScopePolicy, cycle: Cycle) -> None:
    path = terms_of(policy).pin
    known = world.forge.read(path, cycle.branch)
    message = f"Retrain on dataset {cycle.start.dataset}"
    world.forge.write(path, pin_text(cycle), cycle.branch, message, known.sha if known else None)


def _prepare(world: World, policy: ScopePolicy, cycle: Cycle) -> None:
    run = clone_of(world, policy, cycle)
    if run is not None:
        world.tracker.set_up(run.id, setup_of(run, policy, cycle, world.forge.head(cycle.branch)))


def _note(world: World, policy: ScopePolicy, cycle: Cycle, note: Note, pages: Pages) -> None:
    last = cycle.last
    event = replace(
        last,
        kind=note.kind,
        at=stamp(world),
        clock=int(world.now().timestamp()),
        versions=(),
        task=note.task or last.task,
        commit=note.commit or last.commit,
        pull=note.pull,
        reason=note.reason or cycle.start.reason,
        worker=world.worker,
    )
    append(world, policy.place(world.tracker.server), pages, event)


def said(step: Step | Wait) -> str:
    """One line for the one who waits."""
    match step:
        case Wait():
            return describe(step)
        case Note(kind, task, _, pull, reason):
            about = f", pull request {pull}" if pull else ""
            return f"{kind}{f' run {task}' if task else ''}{about}{f': {reason}' if reason else ''}"
        case StartBranch() | Pin() | CloneRun() | Prepare() | Enqueue() | Ask():
            return DONE[type(step)]
        case Await(words):
            return words


DONE = {
    StartBranch: "branch made",
    Pin: "dataset named in a commit",
    CloneRun: "base run cloned",
    Prepare: "clone set up",
    Enqueue: "clone enqueued",
    Ask: "pull request opened",
}
