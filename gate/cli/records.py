"""The work of `gate reconcile` and `gate ledger`: every scope of the default branch, or the one that was named."""

from __future__ import annotations

import typer

from gate.cli.bounded import note


def reconcile(name: str | None, timeout: float) -> int:
    from gate.connect import Budget, connect
    from gate.workflow import reconcile
    from gate.workflow.reconcile import describe
    from gate.workflow.scopes import scopes_of_default_branch

    world = connect(timeout=Budget(timeout))
    for found in scopes_of_default_branch(world, name):
        book = reconcile(world, found.place(world.tracker.server), lambda effect: note(describe(effect)))
        best = book.ledger.best
        typer.echo(f"{found.name}: at rest, best is {best.task if best else 'not decided yet'}")
    return 0


def verify(name: str | None, timeout: float) -> int:
    from gate.connect import Budget, connect
    from gate.workflow.book import verify
    from gate.workflow.scopes import places

    world = connect(timeout=Budget(timeout))
    for place in places(world, name):
        typer.echo(f"{place.project}/{place.task}: {verify(world.forge, place)} records, every hash in place")
    return 0


def start(name: str | None, timeout: float) -> int:
    from gate.connect import Budget, connect
    from gate.workflow.scopes import places
    from gate.workflow.start import start

    world = connect(timeout=Budget(timeout))
    for place in places(world, name):
        typer.echo(f"{place.project}/{place.task}: best is {start(world, place)}")
    return 0
