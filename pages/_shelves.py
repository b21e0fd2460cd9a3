"""All that the pages have read and keep for a while: which answers, how long they are fresh, and how many are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TypeVar

from gate.compare import Comparison
from gate.connect import connect
from gate.drift import Drift
from gate.evidence import Curve, Run
from gate.lineage import Lineage
from gate.review import Review
from gate.shelf import Shelf
from gate.trend import Past
from gate.workflow import Question, World, check
from gate.workflow.champions import Champion, champions
from gate.workflow.compare import Paired, compare, counts, curves
from gate.workflow.drift import Watched, drift
from gate.workflow.history import Asked, Historian, Told
from gate.workflow.inbox import Queue, queue
from gate.workflow.judging import Bench
from gate.workflow.lineage import trace
from gate.workflow.retrainings import Outlook, outlooks
from gate.workflow.trend import earlier

FRESH = timedelta(seconds=30).total_seconds()
LASTING = timedelta(hours=1).total_seconds()  # of what was said of runs that have ended
WATCHED = timedelta(minutes=5).total_seconds()  # of what models say in production
RECENT = 20  # runs to choose from
HISTORIES = 8
COMPARED = 4  # comparisons of thousands of classes; each may take tens of MB
ONE = 1
Answer = TypeVar("Answer")
Nobody = tuple[()]  # the key of what there is only one of


class Shelves:
    """One of each kind for the whole process: twenty readers of a page read it once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.historian = Historian(world)
        self.bench = Bench(world)
        self.queue: Shelf[Nobody, Queue] = Shelf(lambda _, note: self._queue(world), FRESH, ONE)
        self.champions: Shelf[Nobody, list[Champion]] = Shelf(lambda _, note: champions(world), FRESH, ONE)
        self.outlooks: Shelf[Nobody, list[Outlook]] = Shelf(lambda _, note: outlooks(world), FRESH, ONE)
        self.repository: Shelf[Nobody, str] = Shelf(lambda _, note: world.forge.repository().url, LASTING, ONE)
        self.reviews: Shelf[tuple[int, str | None], Review] = Shelf(
            lambda key, note: check(world, Question(pull=key[0], scope=key[1]), note), FRESH, 3 * COMPARED
        )
        self.pasts: Shelf[tuple[int, str | None, str], tuple[Past, ...]] = Shelf(
            lambda key, note: earlier(world, self.reviews.ask(key[:2]).answer(), note), LASTING, COMPARED
        )
        self.drifts: Shelf[Watched, Drift] = Shelf(lambda key, note: drift(world, key, note), WATCHED, COMPARED)
        self.histories: Shelf[Asked, Told] = Shelf(self.historian.tell, FRESH, HISTORIES)
        self.lineages: Shelf[str, Lineage] = Shelf(lambda run, note: trace(world, run), FRESH, 64)
        self.comparisons: Shelf[tuple[str, str], Comparison] = Shelf(
            lambda key, note: compare(world, *key, note), FRESH, 8
        )
        self.curves: Shelf[tuple[str, str], tuple[Mapping[str, Curve], Mapping[str, Curve]]] = Shelf(
            lambda key, note: curves(world, *key), FRESH, 8
        )
        self.paired: Shelf[tuple[str, str], Paired] = Shelf(
            lambda key, note: counts(world, *self._runs(key), note), LASTING, COMPARED
        )
        self.recent: Shelf[tuple[str, str], list[Run]] = Shelf(
            lambda key, note: world.tracker.recent(*key, RECENT), FRESH
        )

    def _queue(self, world: World) -> Queue:
        found = queue(world)
        self.bench.take(found)
        return found

    def _runs(self, key: tuple[str, str]) -> tuple[Run, Run]:
        found = self.comparisons.ask(key).answer()
        return found.a.run, found.b.run

    def expire(self) -> None:
        """Something was decided: what a decision is made on is not shown any more, and all else is read anew."""
        self.reviews.clear()
        for several in (self.queue, self.champions, self.outlooks):
            several.expire()
        for each in (self.drifts, self.histories, self.lineages, self.comparisons):
            each.expire()

    def doubt_histories(self) -> None:
        """Everything is read anew, not only what changed."""
        self.historian.doubt()
        self.histories.clear()


def shelves_of_environment() -> Shelves:
    return Shelves(connect(rate_wait=60, notice_seconds=60))
