"""What every page costs, in a real browser at the sizes of a long history: python -m benchmarks.pages."""

from __future__ import annotations

import json
import os
import platform
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.evaluate import HOME
from benchmarks.evaluation.peers import environment
from benchmarks.figures import Promise
from benchmarks.pages.changes import CHANGED, reread
from benchmarks.pages.figures import of_history, promises, table
from benchmarks.pages.looks import CHART, TABLE, Costs, costs, subjects
from benchmarks.pages.peer import evidently
from benchmarks.pages.tab import bare, dashboard, visitor
from benchmarks.pages.world import Sizes, found
from benchmarks.servers import served_apart
from gate.sandbox.home import ANY_FREE_PORT, Home


def main(
    runs: Annotated[int, typer.Option(help="Runs in the history.", min=1)] = Sizes.runs,
    classes: Annotated[int, typer.Option(help="Classes of every table of predictions.", min=10)] = Sizes.classes,
    candidates: Annotated[int, typer.Option(help="Open pull requests.", min=1)] = Sizes.candidates,
    rounds: Annotated[int, typer.Option(help="How often each page is opened again.", min=1)] = 5,
    only: Annotated[list[str] | None, typer.Option("--page", help="Only this page; may be repeated.")] = None,
    latency: Annotated[float, typer.Option(help="Hold every answer of a service back by so many ms.", min=0)] = 0,
    peers: Annotated[bool, typer.Option(help="Evidently's page of the same evaluation too: installs 1 GB.")] = False,
    folder: Annotated[Path, typer.Option(help="Where the peer's environment is kept.")] = HOME,
    output: Annotated[Path | None, typer.Option("--json", help="Write all figures to this file.")] = None,
) -> None:
    """Fill a sandbox and open every page in a real browser, each in a process of its own that nobody has asked before.

    Exit code 1: a bar is missed.
    """
    load, sizes = os.getloadavg()[0], Sizes(classes, runs, candidates)
    machine = f"Python {platform.python_version()}, {os.cpu_count()} processors, load before {load:.1f}"
    with tempfile.TemporaryDirectory(prefix="gate-bare-") as name:
        least = bare(Path(name), rounds, TABLE, CHART)
    figures: dict[str, Any] = {"machine": machine, "sizes": asdict(sizes), "bare": least, "pages": {}}
    looked = list[Costs]()

    def keep(costs: Costs) -> None:
        looked.append(costs)
        typer.echo(table([costs]), err=True)
        figures["pages"][costs.subject.name] = costs.as_json()
        written(output, figures)

    again = measured(sizes, rounds, only or [], latency / 1_000, keep)
    kept = [*promises(looked), *of_history(looked)]
    kept += [Promise(f"{CHANGED} runs changed: {again} were read again", again <= 3 * CHANGED)]
    figures["promises"] = [{"promise": promise.text, "holds": promise.holds} for promise in kept]
    written(output, figures)
    peer = evidently(environment(folder.resolve() / "drift-evidently"), sizes) if peers else None
    written(output, {**figures, "evidently": asdict(peer) if peer else None})
    world = f"{classes:,} classes, {runs:,} runs, {candidates:,} open candidates; medians of {rounds}"
    floor = f"A bare page of Streamlit with a table and a chart, in the same browser: drawn after {least:.2f} s"
    beside = [str(peer), ""] if peer else []
    typer.echo("\n".join([f"{machine}; {world}\n", table(looked), "", floor, *beside, *map(str, kept)]))
    raise typer.Exit(0 if all(promise.holds for promise in kept) else 1)


def measured(sizes: Sizes, rounds: int, only: list[str], latency: float, keep: Callable[[Costs], None]) -> int:
    """Hand over what each page costs as soon as it is known; how many runs are read again when a few changed."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gate-pages-")))
        home = Home.open(folder / "home", ANY_FREE_PORT)
        founded = found(home, sizes)
        journal = stack.enter_context(served_apart(home, latency))
        for subject in subjects(founded):
            if not only or subject.name in only:
                typer.echo(subject.name, err=True)
                cache = {"XDG_CACHE_HOME": str(folder / "caches" / subject.name), "GATE_ACTING_AS": "noor"}
                log = folder / f"{subject.name}.log"
                with dashboard({**home.environment(), **cache}, log) as process, visitor() as open_tab:
                    keep(costs(open_tab, process, subject, journal, rounds))
        return reread(home, folder / "caches" / "history", founded)


def written(output: Path | None, figures: Mapping[str, Any]) -> None:
    """After each page, so that a measurement that is cut short is not lost."""
    if output:
        output.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    typer.run(main)
