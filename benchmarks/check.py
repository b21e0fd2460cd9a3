"""How long `gate check` takes, and how many requests it makes, over a long history: python -m benchmarks.check."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.figures import Row, promises, table
from benchmarks.history import fill, found
from benchmarks.programs import PROGRAMS, Program, Sample, Stage
from benchmarks.servers import served_apart
from gate.sandbox.home import ANY_FREE_PORT, Home

WARM_UP = 1  # rounds before those that count: the first one compiles modules and fills the system's file cache
KINDS = (False, True)  # each round runs everything twice: as it is, and with traced imports


def main(
    tasks: Annotated[int, typer.Option(help="Runs in the long history.", min=1)] = 10_000,
    few: Annotated[int, typer.Option(help="Runs in the short history it is compared with.", min=1)] = 100,
    rounds: Annotated[int, typer.Option(help="How often each program is timed.", min=1)] = 5,
    latency: Annotated[float, typer.Option(help="Milliseconds that every answer is held back.", min=0)] = 0,
    output: Annotated[Path | None, typer.Option("--json", help="Write all figures to this file.")] = None,
) -> None:
    """Time `gate check` against the way of ClearML's own action, on servers with a long history, and count requests.

    Exit code 1: a limit of requests is exceeded, or `gate check` is slower.
    """
    load = os.getloadavg()[0]
    rows = [row for size in (few, tasks) for row in measured(size, rounds, latency / 1000)]
    kept = list(promises(rows))
    machine = f"Python {platform.python_version()}, {os.cpu_count()} processors, load before {load:.1f}"
    typer.echo(f"{machine}; medians of {rounds}, answers held back {latency:g} ms\n")
    typer.echo("\n".join([table(rows), "", *map(str, kept)]))
    if output:
        figures = {"machine": machine, "rounds": rounds, "latency_ms": latency, "rows": [row.as_json() for row in rows]}
        promised = [{"promise": promise.text, "holds": promise.holds} for promise in kept]
        output.write_text(json.dumps(figures | {"promises": promised}, indent=2) + "\n")
    raise typer.Exit(0 if all(promise.holds for promise in kept) else 1)


def measured(size: int, rounds: int, latency: float) -> list[Row]:
    """Found a world in a temporary folder, serve it, and time every program in turn."""
    with tempfile.TemporaryDirectory(prefix="gate-benchmark-") as folder:
        home = Home.open(Path(folder), ANY_FREE_PORT)
        note(f"{size:,} tasks: making the repository and the candidates")
        founded = found(home, len(KINDS) * (WARM_UP + rounds))
        with typer.progressbar(length=size, label=f"{size:,} tasks: filling", file=sys.stderr) as bar:
            fill(home, founded, size, bar.update)
        with served_apart(home, latency) as journal:
            return sampled(Stage(home, founded, journal), size, rounds)


def sampled(stage: Stage, size: int, rounds: int) -> list[Row]:
    samples: dict[Program, list[Sample]] = {program: [] for program in PROGRAMS}
    for counts, program, sample in interleaved(stage, size, rounds):
        if counts:
            samples[program].append(sample)
    return [Row(size, program.name, found) for program, found in samples.items()]


def interleaved(stage: Stage, size: int, rounds: int) -> Iterator[tuple[bool, Program, Sample]]:
    """Every round has candidates that nobody checked before, and runs all programs one after another."""
    candidates = iter(stage.founded.candidates)
    for number in range(-WARM_UP, rounds):
        note(f"{size:,} tasks: round {number + 1} of {rounds}")
        for traced in KINDS:
            candidate = next(candidates)
            for program in PROGRAMS:
                yield number >= 0, program, stage.run(program, candidate, traced)


def note(message: str) -> None:
    typer.echo(message, err=True)


if __name__ == "__main__":
    typer.run(main)
