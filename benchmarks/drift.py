"""How fast drift is told, beside the peers: python -m benchmarks.drift."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.drifting.methods import METHODS, OURS, PACKAGES, Method, Row, bars
from benchmarks.drifting.tables import name_of
from benchmarks.evaluate import HOME, described, note
from benchmarks.evaluation.peers import environment
from benchmarks.evaluation.processes import CHECKOUT, Cost, measured

LONG = 20.0  # seconds; what takes longer is run once


def main(
    rows: Annotated[int, typer.Option(help="Rows of each of the two tables.", min=1_000)] = 4_000_000,
    classes: Annotated[int, typer.Option(help="Classes, of Zipf's frequencies.", min=20)] = 5_000,
    rounds: Annotated[int, typer.Option(help="How often each method is timed.", min=1)] = 5,
    peers: Annotated[bool, typer.Option(help="Evidently and NannyML too: installs 1.5 GB.")] = False,
    folder: Annotated[Path, typer.Option(help="Where tables and environments are kept.")] = HOME,
    output: Annotated[Path | None, typer.Option("--json", help="Write all figures to this file.")] = None,
) -> None:
    """Tell the drift between two tables with each method, in processes of their own.

    Exit code 1: a bar is missed.
    """
    pythons = {"": Path(sys.executable)}
    if peers:
        for name, packages in PACKAGES.items():
            note(f"installing {name}")
            pythons[name] = environment(folder.resolve() / f"drift-{name}", packages)
    tables = _tables(folder.resolve(), rows, classes)
    methods = [method for method in METHODS if method.needs in pythons]
    found = _measured(tables, methods, pythons, rounds)
    kept, machine = list(bars(found)), described([])
    typer.echo("\n".join([machine["said"], "", table(found), "", *map(str, kept)]))
    if output:
        figures = machine | {"rows": rows, "classes": classes, "methods": [asdict(row) for row in found]}
        figures["bars"] = [{"bar": bar.text, "holds": bar.holds} for bar in kept]
        output.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    raise typer.Exit(0 if all(bar.holds for bar in kept) else 1)


def _tables(home: Path, rows: int, classes: int) -> Path:
    folder = home / name_of(rows, classes)
    if not folder.exists():
        note(f"making two tables of {rows:,} rows")
        command = [sys.executable, "-m", "benchmarks.drifting.tables", str(folder), str(rows), str(classes)]
        subprocess.run(command, cwd=CHECKOUT, check=True)
    return folder


def _measured(folder: Path, methods: list[Method], pythons: dict[str, Path], rounds: int) -> list[Row]:
    """Round after round, the first of which does not count: it compiles modules and fills the system's file cache."""
    costs: dict[str, list[Cost]] = {method.name: [] for method in methods}
    for number in range(rounds + 1):
        for method in methods:
            if any(cost.seconds > LONG for cost in costs[method.name]):
                continue
            note(f"round {number} of {rounds}: {method.name}")
            cost = measured(_command(method, pythons, folder), method.name)
            if number or cost.seconds > LONG:
                costs[method.name].append(cost)
    return [Row(method, costs[method.name], _found(folder, method)) for method in methods]


def _command(method: Method, pythons: dict[str, Path], folder: Path) -> list[str]:
    worker = [str(pythons[method.needs]), "-m", "benchmarks.drifting.work", *method.work.split(".")]
    return [*worker, str(folder), str(folder / f"{method.work}.json")]


def _found(folder: Path, method: Method) -> dict[str, float]:
    path = folder / f"{method.work}.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def table(rows: list[Row]) -> str:
    """Markdown, its columns aligned for a terminal too."""
    ours = next(row for row in rows if row.method.name == OURS)
    head = f"| {'method':26} | {'runs':>4} | {'wall s':>8} | {'peak MB':>8} | {'× ours':>7} |"
    rule = f"| {'-' * 26} | {'-' * 3}: | {'-' * 7}: | {'-' * 7}: | {'-' * 6}: |"
    return "\n".join(
        [
            head,
            rule,
            *(
                f"| {row.method.name:26} | {len(row.costs):>4} | {row.seconds:>8.2f} | {row.peak:>8,.0f} "
                f"| {row.seconds / ours.seconds:>7.1f} |"
                for row in rows
            ),
        ]
    )


if __name__ == "__main__":
    typer.run(main)
