"""Earlier runs of the model under review, each compared with the candidate on the same rows."""

from __future__ import annotations

from collections.abc import Callable

from gate.review import Review
from gate.trend import Past
from gate.workflow.predictions import counts_of
from gate.workflow.world import World

LOOKED_AT = 8  # newest first; each may have to be downloaded


def earlier(world: World, review: Review, note: Callable[[str], None] = lambda _: None) -> tuple[Past, ...]:
    """The newest finished runs of the same project and name that completed before the candidate, oldest first."""
    candidate = review.candidate
    if candidate is None:
        return ()
    note("finding earlier runs")
    runs = world.tracker.recent(review.scope.project, review.scope.task, 2 * LOOKED_AT)
    others = [run for run in runs if run.id != candidate.id and run.completed <= candidate.completed]
    found = []
    for run in reversed(others[:LOOKED_AT]):
        note(f"comparing with run {run.id}, completed {run.completed}")
        found.append(Past(run, *counts_of(world, review.reading, run, candidate, note)))
    return tuple(found)
