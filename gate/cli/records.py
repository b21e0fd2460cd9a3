"""The work of the commands about the ledger: every scope of the default branch, or the one that was named."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from gate.cli.bounded import note
from gate.cli.notices import told
from gate.cli.output import write

if TYPE_CHECKING:
    from gate.identity import Person
    from gate.ledger import Ledger, Record
    from gate.workflow import World
    from gate.workflow.champions import Champion

CONFLICT = 5


class Form(StrEnum):
    text = "text"
    json = "json"
    csv = "csv"


def reconcile(name: str | None, timeout: float) -> int:
    from gate.connect import Budget, connect
    from gate.promotion import alarm
    from gate.workflow import reconcile
    from gate.workflow.reconcile import describe
    from gate.workflow.scopes import scopes_of_default_branch

    world, code = connect(timeout=Budget(timeout)), 0
    for found in scopes_of_default_branch(world, name):
        place = found.place(world.tracker.server)
        ledger = reconcile(world, place, lambda step: note(describe(step))).ledger
        holders = frozenset(run.id for run in world.tracker.holders(place.tag, place.project, place.task))
        wrong = alarm(ledger, holders)
        code = CONFLICT if wrong else code
        typer.echo(f"{found.name}: {_state(ledger, wrong)}")
    told(world)
    return code


def _state(ledger: Ledger, wrong: str) -> str:
    if wrong:
        return f"conflict: {wrong}; choose `gate adopt` or `gate restore`"
    return f"at rest, best is {ledger.best.task if ledger.best else 'not decided yet'}"


def verify(name: str | None, timeout: float) -> int:
    from gate.connect import Budget, connect
    from gate.workflow.audit import audited
    from gate.workflow.scopes import places

    world = connect(timeout=Budget(timeout))
    for place in places(world, name):
        records, anchors = audited(world, place)
        said = f"{records} records, every hash in place, {anchors} commit statuses agree"
        typer.echo(f"{place.project}/{place.task}: {said}")
    return 0


def listed(name: str | None, form: Form, output: Path | None, timeout: float) -> int:
    from gate.connect import Budget, connect
    from gate.workflow.audit import as_csv, as_json
    from gate.workflow.champions import champions

    known = champions(connect(timeout=Budget(timeout)), name)
    records = [record for champion in known for record in champion.records]
    if form is Form.csv:
        write(as_csv(records).decode("utf-8"), output)
    elif form is Form.json:
        write(as_json(records), output)
    else:
        write("".join(_told(champion) for champion in known), output)
    return CONFLICT if any(champion.alarm for champion in known) else 0


def _told(champion: Champion) -> str:
    from gate.markdown import visible

    head = f"{champion.policy.name}: {_state(champion.ledger, champion.alarm)}\n"
    return head + "".join(f"  {visible(_line(record), 200)}\n" for record in champion.records)


def _line(record: Record) -> str:
    model = record.candidate or record.best
    who = f"{record.seq:>5}  {record.at}  {record.kind:<11}  {record.reviewer.login}"
    return f"{who}  {model.task if model else '-'}  {record.comment}"


def start(name: str | None, timeout: float) -> int:
    from gate.connect import Budget, connect
    from gate.workflow.scopes import places
    from gate.workflow.start import start

    world = connect(timeout=Budget(timeout))
    for place in places(world, name):
        typer.echo(f"{place.project}/{place.task}: best is {start(world, place)}")
    return 0


def settle(
    kind: Literal["rollback", "adopt", "restore"], task: str, reason: str, name: str | None, timeout: float
) -> int:
    """Decide in the name of the person whose token GITHUB_TOKEN is."""
    from gate.config import ConfigError, SeveralScopes
    from gate.connect import Budget, connect
    from gate.ports import Absent
    from gate.workflow import Refused, Settlement, settle
    from gate.workflow.book import open_book
    from gate.workflow.scopes import scopes_of_default_branch

    world = connect(timeout=Budget(timeout))
    found = scopes_of_default_branch(world, name)
    if len(found) != 1:
        raise SeveralScopes(*(policy.name for policy in found))
    try:
        person = person_of_token(world)
    except Absent as error:
        raise ConfigError(f"GITHUB_TOKEN must be a person's, who answers for this: {error}") from error
    epoch = open_book(world.forge, found[0].place(world.tracker.server)).ledger.epoch
    try:
        record = settle(world, found[0], Settlement(kind, task, epoch, person, reason), note)
    except Refused as refused:
        for why in refused.reasons:
            note(f"refused, nothing moved: {why}")
        return 1
    finally:
        told(world)
    best = record.best.task if record.best else "nobody"
    typer.echo(f"{found[0].name}: {record.kind.replace('_', ' ')}, best is {best}")
    return CONFLICT if record.kind == "conflict" else 0


def person_of_token(world: World) -> Person:
    """Whose token GITHUB_TOKEN is. Raises `Absent` where it is no person's."""
    from gate.identity import Person

    account = world.forge.whoami()
    return Person(account.login, "command line, by token", account.id)
