"""The campaign against the promotion protocol: python -m benchmarks.faults."""

from __future__ import annotations

import json
import logging
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.promotion.faults import Case, cases
from benchmarks.promotion.long_ledger import measured
from benchmarks.promotion.mutations import MUTATIONS, red
from benchmarks.promotion.races import Tally, race, workers
from benchmarks.promotion.stories import STORIES, explored
from tests.small_world import SmallWorld, small_world

logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # it reports every connection that is cut on purpose
SECOND = 1.0  # bar of the long ledger
REQUESTS = 3
WORKERS = 8


@dataclass
class Campaign:
    """What was tried and what was found; every part ends at ``end``, and what it did not reach is wrong too."""

    end: float
    figures: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)

    def say(self, text: str, **figures: Any) -> None:
        self.figures |= figures
        typer.echo(text)

    def found(self, said: list[str]) -> None:
        for each in said:
            typer.echo(f"  VIOLATION {each}")
        self.wrong += said

    def in_time(self, part: str, done: str) -> bool:
        """Whether there is time left; a line of progress says what is done."""
        print(f"\r{part}: {done}, {len(self.wrong)} violations", end="", file=sys.stderr, flush=True)
        if time.monotonic() < self.end:
            return True
        self.cut.append(f"{part}: the time was over after {done}")
        self.wrong.append(self.cut[-1])
        return False


def main(
    faults: Annotated[bool, typer.Option(help="Every write meets every fault, over real sockets.")] = True,
    states: Annotated[int, typer.Option(help="States of each story; 0 explores none.", min=0)] = 60_000,
    mutations: Annotated[bool, typer.Option(help="The suite must turn red with each of five edits.")] = True,
    rounds: Annotated[int, typer.Option(help="Races of eight processes.", min=0)] = 200,
    records: Annotated[int, typer.Option(help="Length of the long ledger; 0 measures none.", min=0)] = 10_000,
    minutes: Annotated[float, typer.Option(help="End after so long; what was not reached counts as wrong.")] = 120.0,
    output: Annotated[Path | None, typer.Option(help="Also write the figures to this file, as JSON.")] = None,
) -> None:
    """Look for violations of the protocol's invariants; about half an hour on two idle cores.

    It never takes much longer than --minutes. Exit code 1: an invariant was broken, a mutation was not found out, the
    long ledger was slow, or the time was over.
    """
    campaign = Campaign(time.monotonic() + minutes * 60)
    parts: list[tuple[Callable[[Campaign, int], None], int]] = [
        (long_ledger, records),
        (interleavings, states),
        (mutated, int(mutations)),
        (races, rounds),
        (fault_cases, int(faults)),
    ]
    for part, size in parts:
        if size:
            part(campaign, size)
    campaign.say(f"violations of I1 to I13: {len(campaign.wrong) - len(campaign.cut)}", violations=campaign.wrong)
    campaign.say("".join(f"NOT FINISHED: {each}\n" for each in campaign.cut) or "everything was tried")
    if output:
        output.write_text(json.dumps(campaign.figures, indent=1) + "\n", encoding="utf-8")
    raise typer.Exit(1 if campaign.wrong else 0)


def interleavings(campaign: Campaign, states: int) -> None:
    total = 0
    for name, story in STORIES.items():
        if not campaign.in_time("interleavings", f"{total:,} states"):
            break
        explorer = explored(states, {name: story})
        total += explorer.states
        campaign.found([f"{name}: {invariant}: {how}" for invariant, how in explorer.wrong.items()])
    campaign.say(f"\ninterleavings explored: {total:,} states of {len(STORIES)} stories", states=total)


def mutated(campaign: Campaign, _: int) -> None:
    outcomes = {}
    for name in MUTATIONS:
        if not campaign.in_time("mutations", f"{len(outcomes)}"):
            break
        outcomes[name] = red(name)
        said = f"{len(outcomes[name])} tests turn red" if outcomes[name] else "NOT FOUND OUT"
        campaign.say(f"\nmutation '{name}': {said}", mutations=outcomes)
        campaign.found([] if outcomes[name] else [f"the mutation '{name}' turns nothing red"])


def fault_cases(campaign: Campaign, _: int) -> None:
    count = 0
    for fault, position, writes in [*cases(first=False), *cases(first=True)]:
        if not campaign.in_time("effects x faults", f"{count} cases"):
            break
        with world() as owls:
            for write in writes:
                said = f"{write.deed}, {write.saying or write.where}, {fault} {position}"
                campaign.found([f"{said}: {each}" for each in Case(owls, write, fault, position).run()])
                count += 1
    campaign.say(f"\neffects x faults tried: {count}", cases=count)


def races(campaign: Campaign, rounds: int) -> None:
    tally, dice = Tally(), random.Random(6)
    with world() as owls, workers(owls, WORKERS) as crew:
        while tally.rounds < rounds and campaign.in_time("races", f"{tally.rounds} rounds, {tally.kills} killed"):
            campaign.found(race(owls, crew, dice, tally))
    figures = {"races": tally.rounds, "kills": tally.kills, "takeovers": tally.takeovers, "ends": tally.ends}
    killed = f"{tally.kills} killed, {tally.takeovers} takeovers"
    campaign.say(f"\nraces run: {tally.rounds} of {WORKERS} processes, {killed}", **figures)
    campaign.say(
        f"ends of the workers: {tally.ends}; the slowest recovery took {tally.slowest:.1f} s", recovery=tally.slowest
    )


def long_ledger(campaign: Campaign, records: int) -> None:
    with world() as owls:
        found = measured(owls, records)
    campaign.say(f"ledger of {records:,}: loaded and verified in {found.verified:.2f} s", verified=found.verified)
    campaign.say(f"an append makes {found.requests} requests", requests=found.requests)
    slow = found.verified >= SECOND
    campaign.found([f"a ledger of {records:,} took {found.verified:.2f} s"] if slow else [])
    campaign.found([f"an append makes {found.requests} requests"] if found.requests > REQUESTS else [])


@contextmanager
def world() -> Iterator[SmallWorld]:
    with tempfile.TemporaryDirectory(prefix="gate-faults-") as folder:
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
        with small_world(Path(folder) / "sandbox") as owls:
            yield owls


if __name__ == "__main__":
    typer.run(main)
