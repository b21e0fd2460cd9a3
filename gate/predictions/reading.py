"""Files of predictions, counted where they lie: together as one table, or each as a table of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gate.observed import History
from gate.predictions.embedded import embedded
from gate.predictions.history import history
from gate.predictions.table import UnusablePredictions
from gate.stretches import Every


@dataclass(frozen=True)
class Reading:
    """How files of predictions are counted: see `history`. ``cache`` is the folder where counts are kept.

    A file that changed less than ``settled`` seconds ago may change again without looking different: it is not kept.
    """

    every: Every
    slices: tuple[str, ...] = ()
    until: float = math.inf
    memory: str = "1GB"
    cache: Path | None = None
    settled: float = 2.0


def of_files(paths: Sequence[Path], reading: Reading) -> History:
    """The files of one table. Raises `UnusablePredictions` with everything that is wrong with it."""
    with embedded(("log", paths), memory=reading.memory) as engine:
        return history(engine, "log", reading.every, reading.slices, reading.until)


def of_each(paths: Sequence[Path], reading: Reading) -> list[History]:
    """Every file as a table of its own, with one engine for all; one by one if any of them cannot be opened."""
    names = [f"log{number}" for number in range(len(paths))]
    try:
        tables = [(name, [path]) for name, path in zip(names, paths, strict=True)]
        with embedded(*tables, memory=reading.memory) as engine:
            return [history(engine, name, reading.every, reading.slices, reading.until) for name in names]
    except UnusablePredictions as error:
        if len(paths) == 1:
            return [History(unread=tuple(f"{paths[0].name}: {problem}" for problem in error.problems))]
        return [found for path in paths for found in of_each([path], reading)]
