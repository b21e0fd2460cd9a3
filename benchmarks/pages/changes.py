"""How many runs are read again after a few of thousands have changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.history import PROJECT, Founded
from benchmarks.runs import SERIES, TASK, TITLE
from gate.brief import Brief
from gate.connect import connect
from gate.sandbox.flights.wire import clearml
from gate.sandbox.home import Home
from gate.workflow.chronicle import Chronicles, Subject

CHANGED = 3


class Counting:
    """A tracker that counts the runs it answers in brief; everything else is the real one's."""

    def __init__(self, tracker: Any) -> None:
        self._tracker, self.rows = tracker, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tracker, name)

    def briefs(self, *given: Any, **named: Any) -> Iterator[list[Brief]]:
        for page in self._tracker.briefs(*given, **named):
            self.rows += len(page)
            yield page


def reread(home: Home, cache: Path, founded: Founded) -> int:
    """Of the runs that the server answers once `CHANGED` of them got a tag."""
    environment = {**home.environment(), "XDG_CACHE_HOME": str(cache)}
    os.environ.update(environment)
    world = connect(environment)
    counting = Counting(world.tracker)
    chronicles = Chronicles(replace(world, tracker=counting))
    subject = Subject(PROJECT, TASK, (f"{TITLE}/{SERIES}",))
    known = chronicles.read(subject)
    chronicles.read(subject)
    for run in sorted(set(known.briefs) - {founded.best})[:CHANGED]:
        clearml(home, "tasks.update_tags", ids=[run], add_tags=["seen"])
    counting.rows = 0
    chronicles.read(subject)
    return counting.rows
