"""All methods over the tables of one size: made once, run in turn, round after round, and held against each other."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.evaluation.folder import Size
from benchmarks.evaluation.methods import ON_NUMBERS, Method
from benchmarks.evaluation.processes import CHECKOUT, Cost, run

WARM_UP = 1  # rounds before those that count: the first one compiles modules and fills the system's file cache
LONG = 60.0  # seconds; what takes longer is run once


@dataclass(frozen=True)
class Row:
    """All runs of one method over the tables of one size; ``distance`` is of its scores from scikit-learn's."""

    size: Size
    method: Method
    costs: Sequence[Cost]
    distance: float | None = None

    @property
    def seconds(self) -> float:
        return median(cost.seconds for cost in self.costs)

    @property
    def processor(self) -> float:
        return median(cost.processor for cost in self.costs)

    @property
    def peak(self) -> float:
        return max(cost.peak for cost in self.costs)

    @property
    def finished(self) -> bool:
        return all(cost.finished for cost in self.costs)


@dataclass(frozen=True)
class Campaign:
    """``home`` holds the tables, the scores and the peers' environments; ``pythons`` run methods by what they need."""

    home: Path
    pythons: Mapping[str, Path]
    rounds: int
    note: Callable[[str], None]

    def rows(self, size: Size, methods: Sequence[Method]) -> list[Row]:
        folder = self._tables(size)
        scores = self.home / "scores" / size.name
        scores.mkdir(parents=True, exist_ok=True)
        for old in scores.iterdir():
            old.unlink()
        costs = self._costs(folder, scores, methods)
        far = _distances({method: _scores(scores, method) for method in methods})
        return [Row(size, method, found, far.get(method)) for method, found in costs.items()]

    def _tables(self, size: Size) -> Path:
        folder = self.home / size.name
        if not folder.exists():
            self.note(f"making {size.rows:,} rows")
            parts = (folder, size.rows, size.classes, size.files, size.seed)
            subprocess.run(_module("rows", *map(str, parts)), cwd=CHECKOUT, check=True)
        return folder

    def _costs(self, folder: Path, scores: Path, methods: Sequence[Method]) -> dict[Method, list[Cost]]:
        costs: dict[Method, list[Cost]] = {method: [] for method in methods}
        for number in range(-WARM_UP, self.rounds):
            for method in methods:
                if any(cost.seconds > LONG for cost in costs[method]):
                    continue
                self.note(f"round {number + WARM_UP} of {self.rounds}: {method.name}")
                cost = run(method, self.pythons[method.needs], folder, _scores(scores, method))
                if number >= 0 or cost.seconds > LONG:
                    costs[method].append(cost)
        return costs


def _scores(folder: Path, method: Method) -> Path:
    return folder / f"{method.work}.npz"


def _distances(scores: Mapping[Method, Path]) -> dict[Method, float]:
    """Told by a process of its own, so that this one stays small."""
    there = {method: path for method, path in scores.items() if path.exists()}
    command = _module("agreement", str(there[ON_NUMBERS]), *map(str, there.values()))
    told = subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout
    found = json.loads(told)
    return {method: found[str(path)] for method, path in there.items() if found[str(path)] is not None}


def _module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"benchmarks.evaluation.{name}", *arguments]
