"""Start a ledger where a tag was moved by other means until now."""

from __future__ import annotations

from gate.config import ConfigError
from gate.ledger import Scope
from gate.ports import Moved
from gate.workflow.book import open_book
from gate.workflow.decide import begin
from gate.workflow.world import World


def start(world: World, scope: Scope) -> str:
    """Record the one holder of the tag as the first best; answers its task id. Does nothing where there is a best.

    Raises:
        ConfigError: no run, or more than one, holds the tag.
    """
    book = open_book(world.forge, scope)
    if book.ledger.awaits_best:
        holders = world.tracker.holders(scope.tag, scope.project, scope.task)
        if len(holders) != 1:
            names = ", ".join(run.id for run in holders) or "none"
            raise ConfigError(f"exactly one run must hold the tag '{scope.tag}' to start the ledger; found: {names}")
        try:
            book = begin(world, scope, book, holders[0])
        except Moved:  # somebody else started it, or decided already
            book = open_book(world.forge, scope)
    best = book.ledger.best
    return best.task if best else "not decided yet"
