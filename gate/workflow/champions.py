"""Who is best in every scope, how it came to be, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from gate.config import ScopePolicy
from gate.ledger import Ledger, Model, Record, Scope
from gate.promotion import alarm
from gate.workflow.book import history
from gate.workflow.scopes import scopes_of_default_branch
from gate.workflow.settle import bests_of
from gate.workflow.world import World


@dataclass(frozen=True)
class Champion:
    """One scope. ``records`` are all of its ledger, oldest first; ``alarm`` is empty or says what a person must settle.

    ``ended`` says that the best stands by an override whose time is over.
    """

    policy: ScopePolicy
    scope: Scope
    records: tuple[Record, ...]
    holders: tuple[str, ...]
    alarm: str
    ended: bool

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.records)

    @property
    def best(self) -> Model | None:
        return self.ledger.best

    @property
    def earlier(self) -> list[Model]:
        """What can be rolled back to, newest first, each once."""
        known = {model.task: model for model in bests_of(self.records)}
        return [model for model in reversed(known.values()) if self.best and model.task != self.best.task]


def champions(world: World, name: str | None = None) -> list[Champion]:
    """Every scope of the default branch, or the one called ``name``, read anew."""
    return [_champion(world, policy) for policy in scopes_of_default_branch(world, name)]


def _champion(world: World, policy: ScopePolicy) -> Champion:
    scope = policy.place(world.tracker.server)
    records = history(world.forge, scope)
    holders = tuple(sorted(run.id for run in world.tracker.holders(scope.tag, scope.project, scope.task)))
    return champion_of(world, policy, records, holders)


def champion_of(world: World, policy: ScopePolicy, records: tuple[Record, ...], holders: tuple[str, ...]) -> Champion:
    """What ledger and tag say together; ``holders`` are the runs that hold it."""
    ledger = Ledger(records)
    trouble = "" if ledger.in_flight else alarm(ledger, frozenset(holders))
    override = ledger.best.override if ledger.best else None
    ended = override is not None and world.now().isoformat()[:10] > override.expires[:10]
    return Champion(policy, policy.place(world.tracker.server), records, holders, trouble, ended)
