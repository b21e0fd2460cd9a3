"""Turn the retraining loop once: go on with what is in flight, then start what is due, and say why nothing else is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from gate.config import ScopePolicy
from gate.identity import Person
from gate.ledger import Reviewer, Scope
from gate.ports import Moved
from gate.retraining import Cycle, Event, Held, Journal, Sight, Start, Wish, cycles, next_retraining
from gate.retraining.cycle import in_flight
from gate.retraining.triggers import Begin
from gate.workflow.authority import authorised
from gate.workflow.patience import patiently
from gate.workflow.reconcile import describe, stamp
from gate.workflow.refusal import Refused
from gate.workflow.retraining_book import Pages, append, open_journal
from gate.workflow.retraining_sight import Told, sighted, terms_of, watched
from gate.workflow.retraining_steps import advance
from gate.workflow.world import World

MOST_STARTS = 20  # in one turn; more means that the journal does not follow


@dataclass(frozen=True)
class Demand:
    """A person's wish to train now, or an empty one: whatever is due. A dry ``rehearsal`` changes nothing."""

    wish: Wish | None = None
    person: Person | None = None
    rehearsal: bool = False


@dataclass(frozen=True)
class Order:
    """A click: train this scope now, on the newest version or on ``dataset``. ``nonce`` is of the form, used once."""

    scope: str
    person: Person
    comment: str
    nonce: str
    dataset: str = ""
    kind: Literal["retrain"] = "retrain"


@dataclass
class Turn:
    """What one turn did. ``held`` says why nothing (else) was started; ``unknown``: because something is not known.

    ``started`` and ``ended`` are trainings by their newest event; ``awaited`` says of the rest whose turn it is.
    """

    journal: Journal = field(default_factory=Journal)
    started: list[Cycle] = field(default_factory=list)
    ended: list[Cycle] = field(default_factory=list)
    awaited: list[str] = field(default_factory=list)
    held: tuple[str, ...] = ()
    unknown: bool = False

    @property
    def failed(self) -> bool:
        return any(cycle.last.kind == "failed" for cycle in self.ended)


DUE = Demand()


def retrain(world: World, policy: ScopePolicy, demand: Demand = DUE, told: Told = lambda _: None) -> Turn:
    """Raises `Refused` where the person may not ask for it, `ServiceError` where a service failed: turn again later."""
    terms_of(policy)
    reviewer = _reviewer(world, policy, demand)
    scope = policy.place(world.tracker.server)
    turn = Turn(open_journal(world.forge, scope).journal)
    before = {cycle.key for cycle in in_flight(cycles(turn.journal))}
    if not demand.rehearsal:
        _go_on(world, policy, turn, told)
    _start_all(world, policy, demand, reviewer, turn, told)
    known = {cycle.key: cycle for cycle in cycles(turn.journal)}
    turn.started = [known[each.key] for each in turn.started]
    turn.ended = [known[key] for key in sorted(before) if known[key].ended]
    return turn


def obey(world: World, policy: ScopePolicy, order: Order, told: Told = lambda _: None) -> Event:
    """Carry a click out, until the clone is queued, and answer the newest event about it.

    Raises:
        Refused: the person may not ask for it, or nothing can be started now; nothing was.
    """
    wish = Wish(order.comment.strip(), order.nonce, order.dataset)
    turn = retrain(world, policy, Demand(wish, order.person), told)
    if not turn.started:
        raise Refused(*turn.held)
    return turn.started[0].last


def go_on(world: World, policy: ScopePolicy, told: Told = lambda _: None) -> Turn:
    """Carry what is in flight as far as it goes, and start nothing."""
    turn = Turn(open_journal(world.forge, policy.place(world.tracker.server)).journal)
    _go_on(world, policy, turn, told)
    return turn


def _reviewer(world: World, policy: ScopePolicy, demand: Demand) -> Reviewer:
    """Who asks for it, as the journal names it: permission is read now."""
    if demand.person is None or demand.wish is None:
        return Reviewer("", 0, "")
    reasons = [] if demand.wish.reason.strip() else ["a training by hand needs a reason"]
    return authorised(world, demand.person, policy.approval, reasons)


def _go_on(world: World, policy: ScopePolicy, turn: Turn, told: Told) -> None:
    for cycle in in_flight(cycles(turn.journal)):
        pages, awaited = advance(world, policy, cycle, told)
        turn.journal = pages.journal
        turn.awaited += [awaited] if awaited else []


def _start_all(world: World, policy: ScopePolicy, demand: Demand, reviewer: Reviewer, turn: Turn, told: Told) -> None:
    for _ in range(MOST_STARTS):
        found, sight = _next(world, policy, turn.journal, demand.wish, told)
        if isinstance(found, Held):
            turn.held, turn.unknown = found.reasons, found.unknown
            return
        event = _event(world, policy, found, sight, reviewer)
        if demand.rehearsal:
            told(f"would {said(found)}")
            turn.journal = turn.journal.plus(event)
        else:
            _carry_out(world, policy, turn, event, told)
        if isinstance(found, Start):
            turn.started += [each for each in cycles(turn.journal) if each.start.trigger == found.trigger]
            if demand.wish is not None:
                return


def _next(
    world: World, policy: ScopePolicy, journal: Journal, wish: Wish | None, told: Told
) -> tuple[Begin | Start | Held, Sight]:
    """Drift is asked for only where nothing else leads to a training and one could begin."""
    terms, sight = terms_of(policy), sighted(world, policy)
    found = next_retraining(terms, journal, sight, wish)
    free = len(in_flight(cycles(journal))) < terms.max_in_flight
    if isinstance(found, Held) and wish is None and terms.on_drift and free and sight.base:
        sight = watched(world, policy, sight, told)
        found = next_retraining(terms, journal, sight)
    return found, sight


def _event(world: World, policy: ScopePolicy, found: Begin | Start, sight: Sight, reviewer: Reviewer) -> Event:
    scope, now = policy.place(world.tracker.server), world.now()
    began = Event(scope.key, "began", stamp(world), int(now.timestamp()), versions=found.versions, worker=world.worker)
    if isinstance(found, Begin):
        return began
    named = replace(began, kind="triggered", trigger=found.trigger, cause=found.cause, dataset=found.dataset)
    return replace(named, base=sight.base, code=sight.code, reason=found.reason, reviewer=reviewer)


def said(found: Begin | Start) -> str:
    if isinstance(found, Begin):
        return f"begin: {len(found.versions)} of the dataset's versions are taken as known"
    return f"train on dataset {found.dataset} ({found.cause}): {found.reason}"


def _carry_out(world: World, policy: ScopePolicy, turn: Turn, event: Event, told: Told) -> None:
    """Write the intent down, then do it. Whoever was faster has done it instead."""
    scope = policy.place(world.tracker.server)
    pages = _written(world, scope, turn.journal, event, told)
    turn.journal = pages.journal
    mine = next((each for each in cycles(pages.journal) if event.trigger and each.start.trigger == event.trigger), None)
    if mine is not None and not mine.ended:
        pages, awaited = advance(world, policy, mine, told)
        turn.journal = pages.journal
        turn.awaited += [awaited] if awaited else []


def _written(world: World, scope: Scope, seen: Journal, event: Event, told: Told) -> Pages:
    """The journal with the event; or, if it was not as it was seen, without: then it is to be decided anew."""
    pages = open_journal(world.forge, scope)
    if pages.journal != seen:
        return pages
    try:
        after = patiently(world, lambda pause: told(describe(pause)), lambda: append(world, scope, pages, event))
    except Moved:
        return open_journal(world.forge, scope)
    told(f"{event.cause}: {event.reason}" if event.trigger else f"began: {len(event.versions)} versions known")
    return after
