"""The commands of the record: who is best, whatever a crash cut short, and what people decide about it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gate.cli import records
from gate.cli.bounded import bounded
from gate.cli.notices import TELLING
from gate.cli.options import ScopeName, Seconds

app = typer.Typer(rich_markup_mode=None)
ledger_app = typer.Typer(
    help="The record of decisions: list it, verify it, or start it.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(ledger_app, name="ledger")


@app.command()
def reconcile(scope: ScopeName = None, timeout: Seconds = 60) -> None:
    """Finish whatever a crash cut short: bring tag and status to what the ledger says. Safe to repeat.

    Exit code 5: tag and ledger disagree, and a person must choose `gate adopt` or `gate restore`.
    """
    bounded(timeout, lambda: records.reconcile(scope, timeout), grace=TELLING)


Reason = Annotated[str, typer.Option(help="Why. It is kept for ever.")]


@app.command()
def rollback(
    task: Annotated[str, typer.Argument(help="The run that is to be the best again: an earlier best.")],
    reason: Reason,
    scope: ScopeName = None,
    timeout: Seconds = 120,
) -> None:
    """Make an earlier best the best again. Its successors' open pull requests turn red before the tag moves.

    It is done in the name of the person whose token GITHUB_TOKEN is. Exit codes: 0 done, 1 refused, 5 conflict.
    """
    bounded(timeout, lambda: records.settle("rollback", task, reason, scope, timeout), grace=TELLING)


@app.command()
def adopt(
    task: Annotated[str, typer.Argument(help="The run to adopt: one that holds the tag now.")],
    reason: Reason,
    scope: ScopeName = None,
    timeout: Seconds = 120,
) -> None:
    """Accept a tag that was moved by hand: the run that holds it becomes the ledger's best.

    It is done in the name of the person whose token GITHUB_TOKEN is. Exit codes: 0 done, 1 refused, 5 conflict.
    """
    bounded(timeout, lambda: records.settle("adopt", task, reason, scope, timeout), grace=TELLING)


@app.command()
def restore(reason: Reason, scope: ScopeName = None, timeout: Seconds = 120) -> None:
    """Undo a tag that was moved by hand: the ledger's best gets it back, and everybody else loses it.

    It is done in the name of the person whose token GITHUB_TOKEN is. Exit codes: 0 done, 1 refused, 5 conflict.
    """
    bounded(timeout, lambda: records.settle("restore", "", reason, scope, timeout), grace=TELLING)


@ledger_app.command("list")
def ledger_list(
    scope: ScopeName = None,
    form: Annotated[records.Form, typer.Option("--format", help="How to write the records.")] = records.Form.text,
    output: Annotated[Path | None, typer.Option(help="Write to this file, not to the terminal.")] = None,
    timeout: Seconds = 60,
) -> None:
    """Every record of the ledger, oldest first. Exit code 5: tag and ledger disagree."""
    bounded(timeout, lambda: records.listed(scope, form, output, timeout))


@ledger_app.command("verify")
def ledger_verify(scope: ScopeName = None, timeout: Seconds = 60) -> None:
    """Check every record's hash and sequence, and the anchors in the commit statuses.

    Exit code 5 names the first bad line.
    """
    bounded(timeout, lambda: records.verify(scope, timeout))


@ledger_app.command("start")
def ledger_start(scope: ScopeName = None, timeout: Seconds = 60) -> None:
    """Record the run that holds the tag now as the first best. Does nothing where a ledger exists."""
    bounded(timeout, lambda: records.start(scope, timeout))
