"""Judge who waits in the background, a few at a time; nobody twice as long as their verdicts rest on the same."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gate.crew import Crew
from gate.workflow.inbox import Case, Queue, Waiting, as_of_now, judged
from gate.workflow.remembering import remembering
from gate.workflow.world import World

AT_ONCE = max(1, (os.cpu_count() or 2) // 2)  # candidates judged at the same time: readers of pages come first
LASTING = timedelta(hours=1)  # after which a verdict is given anew, whatever it rests on


class Overtaken(Exception):
    """It does not wait any more, or is another case by now, which is judged instead."""


@dataclass(frozen=True)
class Judgement:
    """One case's, under way or done. ``before`` is the newest verdict that there was when it began."""

    case: Case
    since: datetime
    future: Future[Waiting]
    before: Waiting | None = None

    @property
    def entry(self) -> Waiting | None:
        """What came of it; None while it is under way, or where the judge failed."""
        return self.future.result() if self.future.done() and self.future.exception() is None else None

    def stands(self, case: Case, now: datetime) -> bool:
        """For this case, now. What a service failed at does not stand, but is tried again."""
        same = now - self.since < LASTING and self.case.grounds == case.grounds
        entry = self.entry
        return same and (not self.future.done() or (entry is not None and entry.review is not None))


class Bench:
    """Remembers the verdicts of those who still wait."""

    def __init__(self, world: World, at_once: int = AT_ONCE) -> None:
        self._world, self._tracker = remembering(world)
        self._crew = Crew(at_once, "judging")
        self._lock = threading.Lock()
        self._known: dict[tuple[int, str], Judgement] = {}

    def take(self, found: Queue) -> None:
        """From now on these wait, and nobody else: begin to judge whoever is not judged yet, in their order."""
        now = self._world.now()
        self._tracker.look_again()
        with self._lock:
            self._known = {case.key: self._judgement(case, self._known.get(case.key), now) for case in found.cases}

    def list(self, found: Queue) -> list[Waiting]:
        """What is known of them now, newest first."""
        return found.listed(self._entry)

    @property
    def left(self) -> int:
        """How many are not judged yet."""
        return sum(not each.future.done() for each in list(self._known.values()))

    def within(self, seconds: float) -> bool:
        """Whether all are judged, waiting at most so long."""
        return not wait([each.future for each in list(self._known.values())], timeout=seconds).not_done

    def _judgement(self, case: Case, known: Judgement | None, now: datetime) -> Judgement:
        if known and known.stands(case, now):
            return known
        before = (known.entry or known.before) if known else None
        return Judgement(case, now, self._crew.submit(lambda: self._judged(case)), before)

    def _judged(self, case: Case) -> Waiting:
        with self._lock:
            known = self._known.get(case.key)
        if known is None or known.case is not case:
            raise Overtaken
        return judged(self._world, case)

    def _entry(self, case: Case) -> Waiting:
        known = self._known.get(case.key)
        if known is None or not known.future.done():
            older = known.before if known else None
            return replace(as_of_now(self._world, older, case), judging=True) if older else case.entry(None, "", True)
        if (entry := known.entry) is None:
            return case.entry(None, f"it could not be judged: {known.future.exception()}")
        return as_of_now(self._world, entry, case)
