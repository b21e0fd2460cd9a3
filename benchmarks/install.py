"""How large an installation is, and how long it takes: python -m benchmarks.install."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).parents[1]
SOURCE = "source"  # a copy, because pip leaves a folder build in what it installs
LEFT_OUT = (".git", "build", ".venv", "*.egg-info", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache")
LOCKED = ("--no-deps", "--requirement", f"{SOURCE}/requirements-headless.txt", f"{SOURCE}/")
MOST = 60.0  # MB of the smallest one
SHOWN = 1.0  # MB of a package that has a line of its own
TIMED = 20
HELP = 0.3  # seconds


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

    Exit code 1: the headless one is 60 MB or more, or its --help takes 0.3 s or more.
    """
    with tempfile.TemporaryDirectory(prefix="gate-install-") as folder:
        shutil.copytree(ROOT, Path(folder) / SOURCE, ignore=shutil.ignore_patterns(*LEFT_OUT))
        ways = [way for way in WAYS if only in ("", way.name)]
        found = [_installed(way, Path(folder) / str(number)) for number, way in enumerate(ways)]
        seconds, bare = _help_seconds(Path(folder) / "0" / "bin" / "python")
    typer.echo("\n".join(_table(found)))
    typer.echo(f"\npython -m gate --help: {seconds:.3f} s; python -c pass: {bare:.3f} s (medians of {TIMED})")
    small = [each for each in found if each.way is SMALLEST]
    raise typer.Exit(0 if seconds < HELP and all(each.total < MOST for each in small) else 1)


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


def _help_seconds(python: Path) -> tuple[float, float]:
    """Of `--help`, and of a Python that does nothing; in turn, so that both meet the same load."""
    commands = (["-I", "-m", "gate", "--help"], ["-I", "-c", "pass"])
    times = [[_seconds([str(python), *command]) for command in commands] for _ in range(TIMED + 1)][1:]
    middle = [sorted(column)[TIMED // 2] for column in zip(*times, strict=True)]
    return middle[0], middle[1]


def _seconds(command: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=tempfile.gettempdir())
    return time.perf_counter() - begin


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
