"""The dashboard's worker over services that fail again and again: python -m benchmarks.soak."""

from __future__ import annotations

import json
import logging
import os
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from secrets import token_hex
from statistics import median
from typing import Annotated, TypeVar

import psutil
import typer

from benchmarks.figures import Promise
from benchmarks.history import Candidate, found
from benchmarks.reviewing.truth import told_and_true
from benchmarks.servers import served_apart
from gate.config import ConfigError
from gate.connect import connect
from gate.desk import MOST, Progress, Worker
from gate.identity import Person
from gate.ledger import LedgerDamaged
from gate.ports import Absent, ServiceError
from gate.sandbox.home import ANY_FREE_PORT, Home
from gate.workflow import Decision, Question, World, check

PEOPLE = ("noor", "mira")
PACE = 1.1 * 60 / (MOST * len(PEOPLE))  # seconds between two decisions, so that nobody is faster than a person
LOOKS = 5.0  # seconds between two looks of the worker at what was left unfinished
ENDING = 120.0  # seconds in which every decision ends
REQUEST = 2  # seconds until a client gives up
GROWTH, THREADS = 30.0, 2  # MB, and how many threads, that the second half may have more than the first
Answer = TypeVar("Answer")


def main(
    minutes: Annotated[float, typer.Option(help="For how long.", min=0.1)] = 10,
    faults: Annotated[float, typer.Option(help="Which share of all requests fails.", min=0, max=0.5)] = 0.05,
    output: Annotated[Path | None, typer.Option("--json", help="Write all figures to this file.")] = None,
) -> None:
    """Let a worker carry out decisions one after another while requests fail; then look at what became of each.

    Exit code 1: a decision did not end, was lost or done twice, or memory or threads grow.
    """
    logging.disable(logging.ERROR)  # the worker tells of every fault
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gate-soak-")))
        home = Home.open(folder / "home", ANY_FREE_PORT)
        founded = found(home, 6)
        os.environ.update({**home.environment(), "XDG_CACHE_HOME": str(folder / "cache")})
        with served_apart(home, 0, faults) as journal:
            world = world_of(home)
            worker = Worker(lambda: world, LOOKS)
            worker.start()
            ended, samples = decided(worker, world, founded.candidates, 60 * minutes)
            asked = len(journal.read_bytes().splitlines())
        with served_apart(home, 0):
            worker.recover()
            told = Counter(outcome(each) for each in ended)
            kept = [*judged(ended, samples), *told_and_true(connect(home.environment()), set(recorded(ended)))]
    ends = ", ".join(f"{count} {end}" for end, count in sorted(told.items()))
    typer.echo(f"{minutes:g} minutes, {asked:,} requests, {faults:.0%} of them failed: {ends}\n")
    typer.echo("\n".join(map(str, kept)))
    if output:
        promised = [{"promise": promise.text, "holds": promise.holds} for promise in kept]
        output.write_text(json.dumps({"ends": told, "samples": samples, "promises": promised}, indent=2) + "\n")
    raise typer.Exit(0 if all(promise.holds for promise in kept) else 1)


def world_of(home: Home) -> World:
    return connect(home.environment(), timeout=lambda: 3.0 * REQUEST, rate_wait=2, request_seconds=REQUEST)


def decided(
    worker: Worker, world: World, candidates: tuple[Candidate, ...], seconds: float
) -> tuple[list[Progress], list[tuple[float, float, int]]]:
    """Every decision, ended or not, and samples: second, MB of this process, threads."""
    start, process = time.monotonic(), psutil.Process()
    ended: list[Progress] = []
    samples: list[tuple[float, float, int]] = []
    turns = cycle((pull, kind, person) for kind, person in clicks() for pull in candidates)
    while time.monotonic() - start < seconds:
        begun = time.monotonic()
        candidate, kind, person = next(turns)
        progress = worker.submit(insisted(lambda: click(world, candidate, kind, person)))  # noqa: B023
        while not progress.ended and time.monotonic() - begun < ENDING:
            time.sleep(0.05)
        ended.append(progress)
        samples.append((time.monotonic() - start, process.memory_info().rss / 1e6, threading.active_count()))
        time.sleep(max(0.0, PACE - (time.monotonic() - begun)))
    return ended, samples


def clicks() -> Iterator[tuple[str, str]]:
    for kind in ("approve", "approve", "reject"):
        for person in PEOPLE:
            yield kind, person


def click(world: World, candidate: Candidate, kind: str, person: str) -> Decision:
    """What a person decides who looks at the candidate now."""
    review = check(world, Question(pull=candidate.pull))
    packet, who = review.packet_digest, Person(person, "soak")
    return Decision(kind, candidate.pull, review.name, packet, who, "soak", token_hex(8), review.packet)  # type: ignore[arg-type]


def insisted(work: Callable[[], Answer]) -> Answer:
    """A reader tries again until the page comes up."""
    while True:
        try:
            return work()
        except (ServiceError, Absent, ConfigError, LedgerDamaged):
            time.sleep(0.2)


def outcome(progress: Progress) -> str:
    if progress.record is not None:
        return {"reject": "rejected"}.get(progress.record.kind, progress.record.kind)
    return "refused" if progress.refused else "cut short" if progress.failed else "not ended"


def recorded(ended: list[Progress]) -> Iterator[tuple[str, int]]:
    """Each end with its pull request."""
    for progress in ended:
        if progress.record is not None and progress.record.candidate is not None:
            yield outcome(progress), progress.record.candidate.pull


def judged(ended: list[Progress], samples: list[tuple[float, float, int]]) -> Iterator[Promise]:
    lost = [each for each in ended if not each.ended]
    yield Promise(f"{len(ended)} decisions, each ended within {ENDING:.0f} s: {len(lost)} did not", not lost)
    half, last = len(samples) // 2, samples[-max(1, len(samples) // 10) :]
    first = samples[half : half + len(last)]
    early, late = (median(size for _, size, _ in part) for part in (first, last))
    yield Promise(f"memory: {early:.0f} MB at half time, {late:.0f} MB at the end", late <= early + GROWTH)
    before, after = (median(count for *_, count in part) for part in (first, last))
    yield Promise(f"threads: {before:.0f} at half time, {after:.0f} at the end", after <= before + THREADS)


if __name__ == "__main__":
    typer.run(main)
