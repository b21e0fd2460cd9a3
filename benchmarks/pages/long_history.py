"""The History page over ten thousand runs: requests, seconds and what a refresh reads: python -m benchmarks.pages."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.browsing import Look, browser, dashboard, look, script_seconds
from benchmarks.figures import Promise
from benchmarks.history import PROJECT, Founded, fill, found, scattered
from benchmarks.runs import SERIES, TASK, TITLE
from benchmarks.servers import served_apart
from gate.brief import Brief
from gate.connect import connect
from gate.sandbox.flights.wire import clearml
from gate.sandbox.home import ANY_FREE_PORT, Home
from gate.workflow import World
from gate.workflow.chronicle import Chronicles, Subject

COLD, WARM, SCRIPT, VISIBLE = 25, 3, 0.5, 2.5
STALE = 31.0  # seconds after which the page reads anew what it has
CHANGED = 3
STARTING = 3  # requests with which a new process finishes what others left; one of them is the login that all share


@dataclass(frozen=True)
class Figures:
    """What was measured. ``reread`` is how many runs the server answered after `CHANGED` of them had changed."""

    tasks: int
    cold: Look
    warm: Look
    restarted: Look
    visible: Sequence[float]
    script: float
    reread: int


def main(
    tasks: Annotated[int, typer.Option(help="Runs in the history.", min=1)] = 10_000,
    rounds: Annotated[int, typer.Option(help="How often the page is opened, and its script run.", min=1)] = 5,
    output: Annotated[Path | None, typer.Option("--json", help="Write all figures to this file.")] = None,
) -> None:
    """Fill a sandbox, open the History page in a real browser, and count what ClearML was asked.

    Exit code 1: a limit was exceeded.
    """
    load = os.getloadavg()[0]
    figures = measured(tasks, rounds)
    kept = list(promises(figures))
    machine = f"Python {platform.python_version()}, {os.cpu_count()} processors, load before {load:.1f}"
    typer.echo("\n".join([f"{machine}; medians of {rounds}\n", *map(str, kept)]))
    if output:
        promised = [{"promise": promise.text, "holds": promise.holds} for promise in kept]
        output.write_text(json.dumps({"machine": machine, **asdict(figures), "promises": promised}, indent=2) + "\n")
    raise typer.Exit(0 if all(promise.holds for promise in kept) else 1)


def measured(tasks: int, rounds: int) -> Figures:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gate-pages-")))
        home = Home.open(folder / "home", ANY_FREE_PORT)
        founded = founded_world(home, tasks)
        journal = stack.enter_context(served_apart(home, 0))
        environment = {**home.environment(), "XDG_CACHE_HOME": str(folder / "cache"), "GATE_ACTING_AS": "noor"}
        page = stack.enter_context(browser())
        with dashboard(environment, folder / "dashboard.log") as url:
            note("opening the page for the first time")
            cold = look(page, f"{url}/history", journal)
            visible = [look(page, f"{url}/history", journal).seconds for _ in range(rounds)]
            note(f"waiting {STALE:.0f} s, until it reads anew")
            time.sleep(STALE)
            warm = look(page, f"{url}/history", journal)
        with dashboard(environment, folder / "dashboard.log") as url:
            note("opening it in a new process")
            restarted = look(page, f"{url}/history", journal)
        reread = rows_after_a_change(home, environment, founded)
        note("running the page's script by itself")
        return Figures(tasks, cold, warm, restarted, visible, script_seconds(environment, "history", rounds), reread)


def founded_world(home: Home, tasks: int) -> Founded:
    note(f"{tasks:,} tasks: making the repository and the candidates")
    founded = found(home, 2)
    with typer.progressbar(length=tasks, label=f"{tasks:,} tasks: filling", file=sys.stderr) as bar:
        fill(home, founded, tasks, bar.update, scattered(founded, tasks, datetime.now(UTC)))
    return founded


class Counting:
    """A tracker that counts the runs it answers in brief; everything else is the real one's."""

    def __init__(self, tracker: Any) -> None:
        self._tracker, self.rows = tracker, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tracker, name)

    def briefs(self, *given: Any, **named: Any) -> Iterator[list[Brief]]:
        for page in self._tracker.briefs(*given, **named):
            self.rows += len(page)
            yield page


def rows_after_a_change(home: Home, environment: dict[str, str], founded: Founded) -> int:
    os.environ.update(environment)
    world: World = connect(environment)
    counting = Counting(world.tracker)
    chronicles = Chronicles(replace(world, tracker=counting))
    subject = Subject(PROJECT, TASK, (f"{TITLE}/{SERIES}",))
    known = chronicles.read(subject)
    chronicles.read(subject)
    for run in sorted(known.briefs)[:CHANGED]:
        clearml(home, "tasks.update_tags", ids=[run], add_tags=["seen"])
    counting.rows = 0
    chronicles.read(subject)
    return counting.rows


def promises(figures: Figures) -> Iterator[Promise]:
    tasks = f"{figures.tasks:,} runs"
    cold, warm, restarted = (len(each.requests) for each in (figures.cold, figures.warm, figures.restarted))
    yield Promise(f"{tasks}, first look: at most {COLD} ClearML requests: {cold}", cold <= COLD)
    yield Promise(f"{tasks}, later look: at most {WARM} ClearML requests: {warm}", warm <= WARM)
    most, said = WARM + STARTING, "in a new process, its start included"
    yield Promise(f"{tasks}, {said}: at most {most} ClearML requests: {restarted}", restarted <= most)
    yield Promise(f"the page's script: {figures.script:.3f} s, less than {SCRIPT:g} s", figures.script < SCRIPT)
    seen, first = statistics.median(figures.visible), figures.cold.seconds
    known = f"the first time, when all is read, {first:.2f} s"
    yield Promise(f"visible in a browser after {seen:.2f} s ({known}), less than {VISIBLE:g} s", seen < VISIBLE)
    few = figures.reread <= 3 * CHANGED
    yield Promise(f"{CHANGED} runs changed: {figures.reread} were read again, not {figures.tasks:,}", few)


def note(message: str) -> None:
    typer.echo(message, err=True)


if __name__ == "__main__":
    typer.run(main)
