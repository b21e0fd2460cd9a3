"""``gate sandbox``: run it, print its environment, say how it is, remove it."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gate.sandbox.endings import explained, interruptible
from gate.sandbox.home import BOT, Home, SandboxError, default_folder
from gate.sandbox.sdk_environment import configured

PEOPLE = {
    "tomas": "administers the repository",
    "noor": "writes; reviews pull requests",
    "mira": "writes; author of most pull requests",
    "lena": "reads only",
    "kai": "an outsider with a fork",
    BOT: "the gate itself; GITHUB_TOKEN is its token",
}
Folder = Annotated[Path | None, typer.Option("--home", metavar="DIR", help="Folder of the sandbox.")]

READY = "Stop with Ctrl-C"  # what is said last, once everything serves

sandbox_app = typer.Typer(add_completion=False)
console = Console(highlight=False, soft_wrap=True)


@sandbox_app.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    home: Folder = None,
    no_dashboard: Annotated[bool, typer.Option("--no-dashboard", help="Serve only ClearML and GitHub.")] = False,
) -> None:
    """Serve a ClearML and a GitHub on this machine until Ctrl-C, with a world to try the gate on.

    The first start makes the world, in about a minute: real training runs, pull requests, a best model.
    """
    context.obj = home
    if context.invoked_subcommand is None:
        with explained(), interruptible():
            _serve(home, dashboard=not no_dashboard)


@sandbox_app.command()
def env(context: typer.Context, home: Folder = None) -> None:
    """Print the variables that point any program at the running sandbox: eval "$(python -m gate sandbox env)"."""
    with explained():
        sandbox = _running(home or context.obj)
        for name, value in (sandbox.environment() | configured(sandbox)).items():
            typer.echo(f"export {name}={_quoted(value)}")


@sandbox_app.command()
def status(context: typer.Context, home: Folder = None) -> None:
    """Say whether the sandbox runs, where, and whether its world is complete."""
    with explained():
        from gate.sandbox.flights.seed import is_seeded

        sandbox = Home.read(home or context.obj)
        console.print(f"folder     {sandbox.folder}")
        console.print(f"running    {'yes' if sandbox.is_running() else 'no'}")
        console.print(f"world      {'complete' if is_seeded(sandbox) else 'not made yet'}")
        for service in sandbox.ports:
            console.print(f"{service:<10} {sandbox.url(service)}")


@sandbox_app.command()
def agent(context: typer.Context, home: Folder = None) -> None:
    """Run queued tasks, as ClearML's own agent does. The sandbox has one already; more share the work."""
    with explained(), interruptible():
        from gate.sandbox.agent import Agent
        from gate.sandbox.children import Children

        with Children() as children:
            Agent(_running(home or context.obj), children).serve()


@sandbox_app.command()
def quarter(context: typer.Context, home: Folder = None) -> None:
    """Upload the labelled flights of the next quarter, as a new version of the dataset."""
    with explained():
        from gate.sandbox.flights.quarter import upload

        console.print(upload(_running(home or context.obj)))


@sandbox_app.command()
def loop(
    context: typer.Context,
    home: Folder = None,
    approve_as: Annotated[
        str, typer.Option(help="Approve as this login what passes; without it a person does it on the page.")
    ] = "",
) -> None:
    """Turn the whole retraining loop once: a new quarter, training, review, approval, and what it did to the drift."""
    with explained(), interruptible():
        from gate.sandbox.flights.loop import turn

        turn(_running(home or context.obj), approve_as, console.print)


def _running(folder: Path | None) -> Home:
    sandbox = Home.read(folder)
    if not sandbox.is_running():
        raise SandboxError(f"The sandbox in {sandbox.folder} is not running. Start it with: python -m gate sandbox")
    return sandbox


@sandbox_app.command()
def reset(
    context: typer.Context,
    home: Folder = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove the world: every task, pull request and comment in it. Ports and keys stay."""
    with explained():
        sandbox = Home.read(home or context.obj)
        if not yes:
            typer.confirm(f"Remove the world in {sandbox.folder}?", abort=True)
        with sandbox.locked():
            shutil.rmtree(sandbox.world, ignore_errors=True)
        console.print("Removed. The next start makes it anew.")


def _serve(folder: Path | None, dashboard: bool) -> None:
    from gate.sandbox.agent import start_agent
    from gate.sandbox.children import Children
    from gate.sandbox.flights.seed import clear_unfinished, seed
    from gate.sandbox.launch import check_dashboard, servers, start_dashboard

    if dashboard:
        check_dashboard()
    home = Home.open(folder)
    with home.locked():
        home.check_ports()
        clear_unfinished(home)
        with servers(home), Children() as children:
            with _progress() as tell:
                seed(home, tell)
            started = {"agent": start_agent(home, children)}
            if dashboard:
                started["dashboard"] = start_dashboard(home, children)
            _introduce(home, dashboard)
            _watch(home, started)


def _introduce(home: Home, dashboard: bool) -> None:
    if dashboard:
        console.print(f"\n[bold]Dashboard  {home.url('dashboard')}[/bold]")
    console.print(f"ClearML    {home.url('web')}   API {home.url('api')}")
    console.print(f"GitHub     {home.url('github')}/skyline/flights/pulls\n")
    for login, about in PEOPLE.items():
        console.print(f"  {login:<9} {about}")
    console.print(f"\nIn another terminal, in this folder:  {_entrance(home)}", markup=False)
    console.print("A new quarter of flights, trained on and reviewed:  python -m gate sandbox loop", markup=False)
    console.print(f"{READY}. Everything is kept for the next start.")


def _entrance(home: Home) -> str:
    """The line that points a terminal at this sandbox, be its virtual environment active there or not."""
    chosen = "" if home.folder == default_folder() else f" --home {shlex.quote(str(home.folder))}"
    return f'eval "$({shlex.quote(sys.executable)} -m gate sandbox env{chosen})"'


def _watch(home: Home, started: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Wait for the signal that ends the sandbox; say so if a part of it ends before."""
    while not (ended := [name for name, child in started.items() if child.poll() is not None]):
        time.sleep(0.5)
    code = started[ended[0]].returncode
    raise SandboxError(f"The {ended[0]} ended by itself ({code}). What it said is in {home.folder / ended[0]}.log.")


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), "{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("Making the world")

        def tell(what: str, done: int, all: int) -> None:
            progress.update(bar, description=what, completed=done, total=all or None)

        yield tell


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\"'\"'") + "'"
