"""How fast predictions are counted, beside the peers: python -m benchmarks.evaluate."""

from __future__ import annotations

import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import platformdirs
import typer

from benchmarks.evaluation.bars import bars
from benchmarks.evaluation.campaign import Campaign
from benchmarks.evaluation.figures import as_json, table
from benchmarks.evaluation.folder import Size
from benchmarks.evaluation.methods import METHODS
from benchmarks.evaluation.peers import environment

PACKAGES = ("duckdb", "pyarrow", "scikit-learn", "polars", "pandas", "numpy")
HOME = Path(platformdirs.user_cache_dir("promotion-gate")) / "benchmark"
LARGE_FILES = 10


def main(
    rows: Annotated[int, typer.Option(help="Rows of each model.", min=1_000)] = 4_000_000,
    large: Annotated[int, typer.Option(help="Rows of the larger tables; 0 leaves them out.", min=0)] = 40_000_000,
    classes: Annotated[int, typer.Option(help="Classes, of Zipf's frequencies.", min=2)] = 5_000,
    rounds: Annotated[int, typer.Option(help="How often each method is timed.", min=1)] = 5,
    peers: Annotated[bool, typer.Option(help="Evidently too: installs 700 MB, and takes minutes.")] = False,
    spark: Annotated[bool, typer.Option(help="The same queries on Spark too: needs Java and Ibis.")] = False,
    folder: Annotated[Path, typer.Option(help="Where tables and environments are kept.")] = HOME,
    output: Annotated[Path | None, typer.Option("--json", help="Write all figures to this file.")] = None,
) -> None:
    """Score every class of two models with each method, in processes of their own, and compare costs and scores.

    Exit code 1: a bar is missed.
    """
    folder = folder.resolve()
    pythons = {"": Path(sys.executable)} | ({"spark": Path(sys.executable)} if spark else {})
    if peers:
        note("installing the peers")
        pythons["peers"] = environment(folder / "evidently")
    campaign = Campaign(folder, pythons, rounds, note)
    methods = [method for method in METHODS if method.needs in pythons]
    found, load = campaign.rows(Size(rows, classes), methods), [os.getloadavg()]
    if large:
        found += campaign.rows(Size(large, classes, LARGE_FILES), [method for method in methods if method.large])
        load.append(os.getloadavg())
    kept, machine = list(bars(found)), described(load)
    typer.echo("\n".join([machine["said"], "", table(found), "", *map(str, kept)]))
    if output:
        figures = machine | {"classes": classes, "rows": [as_json(found, row) for row in found]}
        figures["bars"] = [{"bar": bar.text, "holds": bar.holds} for bar in kept]
        output.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    raise typer.Exit(0 if all(bar.holds for bar in kept) else 1)


def described(load: list[tuple[float, float, float]]) -> dict[str, Any]:
    """The machine, the packages, and how busy it was when each size was done (its own share is about two)."""
    versions = {name: version(name) for name in PACKAGES}
    packages = ", ".join(f"{name} {number}" for name, number in versions.items())
    busy = ", ".join(f"{minutes[1]:.1f}" for minutes in load)
    said = f"{os.cpu_count()} cores, Python {platform.python_version()}, {packages}; load over 5 minutes: {busy}"
    return {"said": said, "cores": os.cpu_count(), "packages": versions, "load": load}


def note(message: str) -> None:
    typer.echo(message, err=True)


if __name__ == "__main__":
    typer.run(main)
