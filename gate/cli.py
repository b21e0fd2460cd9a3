"""The command line: `gate check`, `gate reconcile`, `gate sandbox`."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from gate.review import Review
    from gate.workflow import World

app = typer.Typer(
    name="gate",
    help="May a newly trained model replace the current best one?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

ledger_app = typer.Typer(help="The record of decisions: verify it, or start it.", no_args_is_help=True)
app.add_typer(ledger_app, name="ledger")

Seconds = Annotated[float, typer.Option(help="Give up on ClearML and GitHub after this many seconds.", min=1)]
ScopeName = Annotated[str | None, typer.Option("--scope", help="Which scope of gate.toml, if it has several.")]


class Format(StrEnum):
    text = "text"
    json = "json"
    markdown = "markdown"


@app.command()
def check(
    pr: Annotated[int | None, typer.Option("--pr", help="Number of the pull request to judge.", min=1)] = None,
    commit: Annotated[str | None, typer.Option(help="Full sha of the commit to judge, 40 digits.")] = None,
    scope: ScopeName = None,
    form: Annotated[Format, typer.Option("--format", help="How to write the report.")] = Format.text,
    output: Annotated[Path | None, typer.Option(help="Write the report to this file, not to the terminal.")] = None,
    post: Annotated[bool, typer.Option(help="Post the commit status and the comment, if the token may.")] = True,
    timeout: Seconds = 30,
) -> None:
    """Judge the model of a pull request or commit against the best one.

    Without --pr and --commit the commit comes from the GitHub event (GITHUB_EVENT_PATH), then from COMMIT_ID.

    Exit codes: 0 passed or review, 1 failed, 2 configuration, 3 evidence missing, 4 a service is unreachable or
    refuses, 5 conflict about who is best.
    """
    _bounded(timeout, lambda: _check(pr, commit, scope, form, output, post, timeout))


@app.command()
def reconcile(scope: ScopeName = None, timeout: Seconds = 60) -> None:
    """Finish whatever a crash cut short: bring tag and status to what the ledger says. Safe to repeat."""
    _bounded(timeout, lambda: _reconcile(scope, timeout))


@ledger_app.command("verify")
def ledger_verify(scope: ScopeName = None, timeout: Seconds = 60) -> None:
    """Check every record's hash, and that each follows the one before it. Exit code 5 names the first bad line."""
    _bounded(timeout, lambda: _ledger_verify(scope, timeout))


@ledger_app.command("start")
def ledger_start(scope: ScopeName = None, timeout: Seconds = 60) -> None:
    """Record the run that holds the tag now as the first best. Does nothing where a ledger exists."""
    _bounded(timeout, lambda: _ledger_start(scope, timeout))


def _check(
    pr: int | None,
    commit: str | None,
    scope: str | None,
    form: Format,
    output: Path | None,
    post: bool,
    timeout: float,
) -> int:
    from gate.event import subject_from
    from gate.workflow import Question, check, publish

    if pr is None and commit is None:
        pr, commit = subject_from(os.environ)
    question = Question(pr, commit, scope)
    world = _world(timeout)
    review = check(world, question, _note)
    _write(_rendered(review, form, world), output)
    _summarise(review, world)
    for trouble in publish(world, review) if post else []:
        _note(f"not posted: {trouble}")
    return review.verdict.exit_code


def _reconcile(name: str | None, timeout: float) -> int:
    from gate.ledger import Scope
    from gate.workflow import reconcile
    from gate.workflow.decide import describe
    from gate.workflow.scopes import scopes_of_default_branch

    world = _world(timeout)
    for found in scopes_of_default_branch(world, name):
        place = Scope(world.tracker.server, found.project, found.task, found.tag)
        book = reconcile(world, place, lambda effect: _note(describe(effect)))
        best = book.ledger.best
        typer.echo(f"{found.name}: at rest, best is {best.task if best else 'not decided yet'}")
    return 0


def _ledger_verify(name: str | None, timeout: float) -> int:
    from gate.workflow.book import verify
    from gate.workflow.scopes import places

    world = _world(timeout)
    for place in places(world, name):
        typer.echo(f"{place.project}/{place.task}: {verify(world.forge, place)} records, every hash in place")
    return 0


def _ledger_start(name: str | None, timeout: float) -> int:
    from gate.workflow.scopes import places
    from gate.workflow.start import start

    world = _world(timeout)
    for place in places(world, name):
        typer.echo(f"{place.project}/{place.task}: best is {start(world, place)}")
    return 0


def _world(timeout: float) -> World:
    from gate.connect import Budget, connect

    return connect(timeout=Budget(timeout))


def _rendered(review: Review, form: Format, world: World) -> str:
    from gate import report

    url = world.review_url(review.pull.number if review.pull else 0, review.name)
    known: dict[Format, Callable[[], str]] = {
        Format.text: lambda: report.text(review),
        Format.json: lambda: json.dumps(report.as_json(review), indent=2, ensure_ascii=False) + "\n",
        Format.markdown: lambda: report.markdown(review, url),
    }
    return known[form]()


def _write(text: str, output: Path | None) -> None:
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")


def _summarise(review: Review, world: World) -> None:
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with open(summary, "a", encoding="utf-8") as file:
            file.write(_rendered(review, Format.markdown, world))


def _note(message: str) -> None:
    typer.echo(message, err=True)


def _bounded(timeout: float, work: Callable[[], int]) -> NoReturn:
    """Run in a thread and leave when time is up, even if a service keeps a request open for ever."""
    outcome: list[int] = []
    thread = threading.Thread(target=lambda: outcome.append(_guarded(work)), daemon=True)
    thread.start()
    thread.join(timeout + 1)
    if not outcome:
        _note(f"the services did not answer within {timeout:g} seconds (--timeout)")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(outcome[0] if outcome else 4)


def _guarded(work: Callable[[], int]) -> int:
    from gate.config import ConfigError
    from gate.ledger import LedgerDamaged
    from gate.ports import Absent, ServiceError

    try:
        return work()
    except ConfigError as error:
        for mistake in error.mistakes:
            _note(f"configuration: {mistake}")
        return 2
    except LedgerDamaged as error:
        _note(f"conflict: {error}")
        return 5
    except (ServiceError, Absent) as error:
        _note(f"service: {error}")
        return 4
    except Exception:
        import traceback

        traceback.print_exc()
        return 4


def main() -> Any:
    """The entry point of `gate` and `python -m gate`."""
    if sys.argv[1:2] == ["sandbox"]:  # its imports would slow every other command
        from gate.sandbox.commands import sandbox_app

        return sandbox_app(sys.argv[2:], prog_name="gate sandbox")
    return app()
