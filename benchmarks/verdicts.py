"""How often the verdict is right, in worlds whose truth is known: python -m benchmarks.verdicts."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.verdict_simulation import coverage, many_classes, margin
from benchmarks.verdict_simulation.shares import Bar, Found, at_least, at_most, table
from benchmarks.verdict_simulation.speed import spent

OURS = "gate"  # how the names of the gate's own rules begin
PACKAGES = ("numpy", "scipy")
SEEDS = {"margin": margin.SEED, "classes": many_classes.SEED, "coverage": coverage.SEED}


def main(
    samples: Annotated[int, typer.Option(help="Draws for the margin, each judged by every rule.", min=2)] = 4_000,
    worlds: Annotated[int, typer.Option(help="Draws of 200,000 rows with thousands of classes.", min=2)] = 40,
    large: Annotated[int, typer.Option(help="Draws of 1,000,000 rows.", min=2)] = 10,
    intervals: Annotated[int, typer.Option(help="Draws for the coverage of intervals.", min=2)] = 800,
    output: Annotated[Path | None, typer.Option("--json", help="Write all figures to this file.")] = None,
) -> None:
    """Judge drawn candidates by the gate's rules and by simpler ones, and compare how often each is wrong.

    Exit code 1: a bar is missed.
    """
    found = [*margin.found(samples), *many_classes.found({200_000: worlds, 1_000_000: large})]
    found += coverage.found(intervals)
    kept, times = list(bars(found)), list(spent())
    machine = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    seeds = ", ".join(f"{name} {seed}" for name, seed in SEEDS.items())
    said = f"Python {platform.python_version()}, {machine}, {os.cpu_count()} cores; seeds: {seeds}"
    typer.echo("\n".join([said, "", table(found), "", *map(str, kept), *map(str, times)]))
    if output:
        figures = {"said": said, "found": [each.as_json() for each in found]}
        figures["bars"] = [{"bar": bar.text, "holds": bar.holds} for bar in kept]
        figures["seconds"] = [{"policy": each.policy, "seconds": each.seconds} for each in times]
        output.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    raise typer.Exit(0 if all(each.holds for each in (*kept, *times)) else 1)


def bars(found: Sequence[Found]) -> Iterator[Bar]:
    """What the gate's own rules must show, but for the error of the simulation."""
    limits: dict[str, tuple[Callable[[Found], Bar], str]] = {
        margin.FALSE_PASS: (lambda each: at_most(each, 0.03), "10,000 rows"),
        margin.POWER: (lambda each: at_least(each, 0.95), "100,000 rows"),
        many_classes.ACCUSED: (lambda each: at_most(each, 0.10), "200,000 rows"),
        many_classes.PRECISION: (lambda each: at_least(each, 0.75), "200,000 rows"),
        many_classes.FOUND: (lambda each: at_least(each, 0.95), "1,000,000 rows"),
    }
    for each in found:
        if each.rule.startswith(OURS) and each.question in limits:
            bar, world = limits[each.question]
            if each.world.startswith(world):
                yield bar(each)
        if (each.rule, each.question) == (coverage.OURS, coverage.COVERED):
            yield at_least(each, 0.92)
            yield at_most(each, 0.97)


if __name__ == "__main__":
    typer.run(main)
