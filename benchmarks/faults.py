"""The campaign against the promotion protocol: python -m benchmarks.faults."""

from __future__ import annotations

import logging
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.promotion.faults import Case, cases
from benchmarks.promotion.long_ledger import measured
from benchmarks.promotion.model import Way
from benchmarks.promotion.races import Tally, race, workers
from benchmarks.promotion.stories import MUTATIONS, STORIES, explored
from tests.small_world import SmallWorld, small_world

logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # it reports every connection that is cut on purpose


def main(
    faults: Annotated[bool, typer.Option(help="Every write meets every fault, over real sockets.")] = True,
    states: Annotated[int, typer.Option(help="States of each story; 0 explores none.", min=0)] = 60_000,
    rounds: Annotated[int, typer.Option(help="Races of eight processes.", min=0)] = 200,
    records: Annotated[int, typer.Option(help="Length of the long ledger; 0 measures none.", min=0)] = 10_000,
) -> None:
    """Look for violations of the protocol's invariants. Exit code 1: one was found, or a mutation was not."""
    parts = [(interleavings, states), (fault_cases, int(faults)), (races, rounds), (long_ledger, records)]
    wrong = [said for part, size in parts if size for said in part(size)]
    for said in wrong:
        typer.echo(f"  {said}")
    typer.echo(f"violations of I1 to I13: {len(wrong)}")
    raise typer.Exit(1 if wrong else 0)


def interleavings(states: int) -> list[str]:
    found = explored(Way(), states)
    typer.echo(f"interleavings explored: {found.states:,} states of {len(STORIES)} stories")
    wrong = [f"{name}: {how}" for name, how in found.wrong.items()]
    for name, mutation in MUTATIONS.items():
        broken = explored(
            mutation.way, mutation.limit, {story: STORIES[story] for story in mutation.stories}, mutation.breaks
        ).wrong
        typer.echo(f"mutation '{name}': {'found out, ' + ', '.join(broken) if broken else 'NOT FOUND'}")
        wrong += [] if mutation.breaks in broken else [f"mutation '{name}' breaks no {mutation.breaks}"]
    return wrong


def fault_cases(_: int) -> list[str]:
    wrong, count = [], 0
    for fault, position, writes in [*cases(first=False), *cases(first=True)]:
        with world() as owls:
            for write in writes:
                said = f"{write.deed}, {write.saying or write.where}, {fault} {position}"
                wrong += [f"{said}: {each}" for each in Case(owls, write, fault, position).run()]
                count += 1
                print(f"\r{count} cases, {len(wrong)} violations", end="", file=sys.stderr, flush=True)
    typer.echo(f"\neffects x faults tried: {count}")
    return wrong


def races(rounds: int) -> list[str]:
    tally, dice, told = Tally(), random.Random(6), 0
    with world() as owls, workers(owls, 8) as crew:
        for _ in range(rounds):
            race(owls, crew, dice, tally)
            print(f"\r{tally.rounds} races, {len(tally.wrong)} violations", end="", file=sys.stderr, flush=True)
            for said in tally.wrong[told:]:
                print(f"\n{said}", file=sys.stderr, flush=True)
            told = len(tally.wrong)
    typer.echo(f"\nraces run: {tally.rounds} of 8 processes, {tally.kills} killed, {tally.takeovers} takeovers")
    typer.echo(f"ends of the workers: {tally.ends}; the slowest recovery took {tally.slowest:.1f} s")
    return tally.wrong


def long_ledger(records: int) -> list[str]:
    with world() as owls:
        found = measured(owls, records)
    typer.echo(f"ledger of {records:,}: verified in {found.verified:.2f} s, opened in {found.opened:.2f} s")
    typer.echo(f"an append makes {found.requests} requests")
    return [f"an append makes {found.requests} requests"] if found.requests > 3 else []


@contextmanager
def world() -> Iterator[SmallWorld]:
    with tempfile.TemporaryDirectory(prefix="gate-faults-") as folder:
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
        with small_world(Path(folder) / "sandbox") as owls:
            yield owls


if __name__ == "__main__":
    typer.run(main)
