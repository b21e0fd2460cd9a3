"""A tracker that is asked once for what many candidates share: for lists that are looked through, not for decisions."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import Any, cast

from gate.evidence import Curve, Dataset, Matrix, Run
from gate.ports import Tracker
from gate.workflow.world import World

POINTS = 500_000  # of all curves together; about 32 MB
CELLS = 4_000_000  # of all heatmaps together; 32 MB


class Kept:
    """Answers by their questions, up to a size of all together; those asked for last stay."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, read: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key][0]
        found = read()
        with self._lock:
            self._known[key] = found, size(found)
            while len(self._known) > 1 and sum(each for _, each in self._known.values()) > self._most:
                self._known.popitem(last=False)
        return found

    def clear(self) -> None:
        with self._lock:
            self._known.clear()


class Remembering:
    """Curves and heatmaps of finished runs that did not change; dataset versions until `look_again`."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker
        self._curves, self._matrices, self._datasets = Kept(POINTS), Kept(CELLS), Kept(10_000)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tracker, name)

    def look_again(self) -> None:
        self._datasets.clear()

    def curve(self, run: Run, metric: str) -> Curve:
        if not run.finished:
            return self._tracker.curve(run, metric)
        key = (run.id, run.last_change, metric)
        found = self._curves.get(key, lambda: self._tracker.curve(run, metric), lambda curve: 1 + len(curve.values))
        return cast(Curve, found)

    def matrices(self, run: Run, name: str = "") -> list[Matrix]:
        if not run.finished:
            return self._tracker.matrices(run, name)
        key = (run.id, run.last_change, name)
        found = self._matrices.get(
            key, lambda: self._tracker.matrices(run, name), lambda all: 1 + sum(each.cells.size for each in all)
        )
        return cast(list[Matrix], found)

    def datasets(self, ids: Sequence[str]) -> list[Dataset]:
        return cast(list[Dataset], self._datasets.get(tuple(ids), lambda: self._tracker.datasets(ids), len))


def remembering(world: World) -> tuple[World, Remembering]:
    """The same world with such a tracker."""
    tracker = Remembering(world.tracker)
    return replace(world, tracker=cast(Tracker, tracker)), tracker
