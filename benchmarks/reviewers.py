"""Twenty reviewers at the same time in front of one dashboard: python -m benchmarks.reviewers."""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.figures import Promise
from benchmarks.pages.tab import Dashboard, dashboard
from benchmarks.pages.world import Sizes, found
from benchmarks.reviewing.reviewer import PAGES, Reviewer
from benchmarks.reviewing.truth import told_and_true
from benchmarks.servers import served_apart
from gate.connect import connect
from gate.sandbox.home import ANY_FREE_PORT, Home

EVERY = 5.0  # seconds between two looks at the process
PER_SESSION = 25.0  # MB that one more reviewer may cost
GROWTH = 1.15  # times the memory of the first half that the second half may have
CLOSED = "WebSocketDisconnected"
Sample = tuple[float, float, int]


def main(
    reviewers: Annotated[int, typer.Option(help="How many at the same time.", min=1)] = 20,
    minutes: Annotated[float, typer.Option(help="For how long.", min=0.1)] = 10,
    pause: Annotated[float, typer.Option(help="Seconds between what one of them does, on average.", min=0)] = 10,
    classes: Annotated[int, typer.Option(help="Classes of every table of predictions.", min=10)] = 1_000,
    runs: Annotated[int, typer.Option(help="Runs in the history.", min=1)] = 2_000,
    candidates: Annotated[int, typer.Option(help="Open pull requests.", min=1)] = 40,
    output: Annotated[Path | None, typer.Option("--json", help="Write all figures to this file.")] = None,
) -> None:
    """Let reviewers look and decide, each in sessions of their own; then compare what they saw with the ledger.

    Exit code 1: an error was shown, memory grows, or a decision was not carried out exactly once.
    """
    sizes = Sizes(classes, runs, candidates, rows=20 * classes, later=20 * classes)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gate-reviewers-")))
        home = Home.open(folder / "home", ANY_FREE_PORT)
        founded = found(home, sizes)
        stack.enter_context(served_apart(home, 0))
        os.environ.update({**home.environment(), "XDG_CACHE_HOME": str(folder / "cache")})
        log = folder / "dashboard.log"
        with dashboard({"GATE_IDENTITY": "proxy", "GATE_LOG": "json"}, log) as process:
            pulls = [candidate.pull for candidate in founded.candidates if candidate.run]
            people, alone, samples = asyncio.run(reviewed(process, pulls, reviewers, 60 * minutes, pause))
        told = sum((person.ends for person in people), Counter[str]())
        decided = {each for person in people for each in person.decided}
        kept = [*shown(people, log), *memory(alone, samples, reviewers), *told_and_true(connect(), decided)]
        figures = {**as_json(people, told, alone, samples), "errors": list(errors(read(log)))}
    typer.echo("\n".join([f"{reviewers} reviewers, {minutes:g} minutes: {said(people, told)}\n", *map(str, kept)]))
    if output:
        promised = [{"promise": promise.text, "holds": promise.holds} for promise in kept]
        output.write_text(json.dumps({**figures, "promises": promised}, indent=2) + "\n")
    raise typer.Exit(0 if all(promise.holds for promise in kept) else 1)


async def reviewed(
    process: Dashboard, pulls: list[int], number: int, seconds: float, pause: float
) -> tuple[list[Reviewer], float, list[Sample]]:
    """The reviewers, the process's MB after one of them had seen every page, and samples: second, MB and threads."""
    people = [Reviewer(place, process.url, pulls, pause, random.Random(place)) for place in range(number)]
    for page in PAGES:
        await people[0].browse(page)
    alone, samples, until = process.memory, list[Sample](), time.monotonic() + seconds
    await asyncio.gather(*(each.work(until) for each in people), sampled(process, samples, until))
    return people, alone, samples


async def sampled(process: Dashboard, samples: list[Sample], until: float) -> None:
    start = time.monotonic()
    while time.monotonic() < until:
        samples.append((time.monotonic() - start, process.memory, process.process.num_threads()))
        await asyncio.sleep(EVERY)


def shown(people: list[Reviewer], log: Path) -> list[Promise]:
    troubles = [trouble for person in people for trouble in person.troubles]
    lines = [trace.splitlines()[-1] for trace in errors(read(log))]
    first = "".join(f"; the first: {each}" for each in troubles[:1])
    return [
        Promise(f"nobody was shown an error, or waited in vain: {len(troubles)}{first}", not troubles),
        Promise(f"the dashboard logged no error: {len(lines)}{''.join(f'; {line}' for line in lines[:1])}", not lines),
    ]


def read(log: Path) -> list[str]:
    return log.read_text(errors="replace").splitlines()


def errors(lines: list[str]) -> Iterator[str]:
    """The traces that the dashboard logged, as JSON or Python's own; but for tabs that were closed while written to."""
    for line in lines:
        told = json.loads(line) if line.startswith("{") else {}
        if told.get("level") in ("error", "critical") and CLOSED not in told.get("trace", ""):
            yield told.get("trace") or told["said"]
        elif line.startswith(("Traceback", "Exception")):
            yield line


def memory(alone: float, samples: list[Sample], number: int) -> list[Promise]:
    """The second half beside the first, whose beginning, when sessions are opened, does not count."""
    sizes, threads = [size for _, size, _ in samples], [count for *_, count in samples]
    quarter = max(1, len(sizes) // 4)
    early, late = (statistics.median(part) for part in (sizes[quarter : 2 * quarter] or sizes, sizes[-quarter:]))
    each = (max(sizes) - alone) / number
    grown = (
        f"memory: {alone:.0f} MB with one reviewer, at most {max(sizes):.0f} MB; {early:.0f} MB early, {late:.0f} late"
    )
    return [
        Promise(f"{each:.1f} MB for each reviewer, at most {PER_SESSION:g}", each <= PER_SESSION),
        Promise(grown, late <= GROWTH * early),
        Promise(
            f"threads: at most {max(threads)}, {threads[-1]} at the end", threads[-1] <= max(threads[: 2 * quarter])
        ),
    ]


def said(people: list[Reviewer], told: Counter[str]) -> str:
    waits = sorted(wait for person in people for wait in person.waits)
    pages = sum(sum(person.seen.values()) for person in people)
    ends = ", ".join(f"{count} {end}" for end, count in sorted(told.items())) or "none"
    rest = f"at rest after {statistics.median(waits):.1f} s (median), {waits[int(0.95 * len(waits))]:.1f} s (95 %)"
    return f"{pages} pages opened, {rest}; decisions: {ends}"


def as_json(people: list[Reviewer], told: Counter[str], alone: float, samples: list[Sample]) -> dict[str, Any]:
    pages = sum((person.seen for person in people), Counter[str]())
    waits = [round(wait, 2) for person in people for wait in person.waits]
    troubles = [trouble for person in people for trouble in person.troubles]
    refusals = sum((person.refusals for person in people), Counter[str]())
    return {
        "pages": pages,
        "ends": told,
        "refusals": refusals,
        "waits": waits,
        "alone": alone,
        "samples": samples,
        "troubles": troubles,
    }


if __name__ == "__main__":
    typer.run(main)
