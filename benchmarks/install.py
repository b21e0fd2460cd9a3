"""How large an installation is, and how long it takes: python -m benchmarks.install."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated

import typer

ROOT = Path(__file__).parents[1]
SOURCE = "source"  # a copy, because pip leaves a folder build in what it installs
LEFT_OUT = (".git", "build", ".venv", "*.egg-info", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache")
LOCKED = ("--no-deps", "--requirement", f"{SOURCE}/requirements-headless.txt", f"{SOURCE}/")
MOST = 60.0  # MB of the smallest one
SHOWN = 1.0  # MB of a package that has a line of its own
TIMED = 20
HELP = 0.3  # seconds of the processor, which are those of a clock on a machine that has nothing else to do


@dataclass(frozen=True)
class Way:
    """One way to install: what follows ``pip install``, step by step, beside the folder with the source."""

    name: str
    steps: tuple[tuple[str, ...], ...]


SMALLEST = Way("headless", (("--no-compile", *LOCKED),))
WAYS = (
    SMALLEST,
    Way(
        "headless and predictions",
        (("--no-compile", *LOCKED, "--requirement", f"{SOURCE}/requirements-predictions.txt"),),
    ),
    Way("pip install .", ((f"{SOURCE}/",),)),
    Way("pip install '.[predictions]'", ((f"{SOURCE}/[predictions]",),)),
)


@dataclass(frozen=True)
class Installed:
    """What one way came to: ``packages`` maps each to its MB on disk; ``total`` counts what belongs to none, too."""

    way: Way
    seconds: float
    total: float
    packages: Mapping[str, float]


def main(
    only: Annotated[str, typer.Option(help="Only the way with this name.")] = "",
) -> None:
    """Install each way into a fresh environment; MB (millions of bytes) on disk beyond Python and pip.

    Exit code 1: the headless one is 60 MB or more, or its --help takes the processor 0.3 s or more.
    """
    with tempfile.TemporaryDirectory(prefix="gate-install-") as folder:
        shutil.copytree(ROOT, Path(folder) / SOURCE, ignore=shutil.ignore_patterns(*LEFT_OUT))
        ways = [way for way in WAYS if only in ("", way.name)]
        found = [_installed(way, Path(folder) / str(number)) for number, way in enumerate(ways)]
        helped, idle = _help(Path(folder) / "0" / "bin" / "python")
    typer.echo("\n".join(_table(found)))
    for name, (seconds, busy) in (("gate --help", helped), ("python -c pass", idle)):
        typer.echo(f"{name}: {seconds:.3f} s, of which the processor {busy:.3f} s (medians of {TIMED})")
    typer.echo(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    small = [each for each in found if each.way is SMALLEST]
    raise typer.Exit(0 if helped[1] < HELP and all(each.total < MOST for each in small) else 1)


def _installed(way: Way, folder: Path) -> Installed:
    typer.echo(f"installing: {way.name}", err=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    (packages,) = (folder / "lib").glob("python*/site-packages")
    before, begin = _megabytes(packages), time.perf_counter()
    for step in way.steps:
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *step], check=True, stderr=subprocess.DEVNULL, cwd=folder.parent)
    seconds = time.perf_counter() - begin
    return Installed(way, seconds, _megabytes(packages) - before, dict(_sizes(packages)))


def _megabytes(folder: Path) -> float:
    """As `du` counts: whole blocks of the disk, not lengths of files."""
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*")) / 1e6


def _sizes(packages: Path) -> Iterator[tuple[str, float]]:
    """Each package with what its own record lists."""
    for record in packages.glob("*.dist-info/RECORD"):
        name = record.parent.name.split("-")[0].lower()
        files = [packages / line.rsplit(",", 2)[0].strip('"') for line in record.read_text().splitlines()]
        if name not in ("pip", "setuptools"):
            yield name, sum(path.lstat().st_blocks * 512 for path in files if path.exists()) / 1e6


def _help(python: Path) -> list[tuple[float, float]]:
    """Seconds and processor seconds of `--help`, then of a Python that does nothing; in turn, under the same load."""
    commands = (["-I", "-m", "gate", "--help"], ["-I", "-c", "pass"])
    rounds = [[_spent([str(python), *command]) for command in commands] for _ in range(TIMED + 1)][1:]
    each = zip(*rounds, strict=True)
    return [(median(total for total, _ in found), median(busy for _, busy in found)) for found in each]


def _spent(command: list[str]) -> tuple[float, float]:
    begin, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=tempfile.gettempdir())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begin, busy


def _table(found: list[Installed]) -> Iterator[str]:
    yield _line("", (each.way.name for each in found))
    yield "|---" + "|--:" * len(found) + "|"
    yield _line("**size, MB**", (f"**{each.total:.1f}**" for each in found))
    yield _line("seconds to install", (f"{each.seconds:.0f}" for each in found))
    yield _line("packages", (str(len(each.packages)) for each in found))
    largest = {name: max(each.packages.get(name, 0.0) for each in found) for each in found for name in each.packages}
    for name in sorted(largest, key=lambda name: -largest[name]):
        if largest[name] >= SHOWN:
            yield _line(name, (f"{each.packages[name]:.1f}" if name in each.packages else "" for each in found))


def _line(first: str, cells: Iterable[str]) -> str:
    return f"| {first} | {' | '.join(cells)} |"


if __name__ == "__main__":
    typer.run(main)
