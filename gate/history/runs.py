"""The runs of a model as columns: when each ended, what one metric says, and why a run has no place in the picture."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from gate.brief import Brief
from gate.evidence import FINISHED
from gate.history.moments import NEVER, Moments, moments
from gate.late import numpy as np
from gate.late import numpy_typing as npt
from gate.rules.demand import Direction

USABLE = "shown"
STATES = {
    USABLE: "finished, with a value and a date",
    "not ended": "still to come, or running",
    "failed": "it failed or was stopped",
    "no date": "finished, but the tracker has no date of its end",
    "future": "its end lies in the future: a clock was wrong",
    "no metric": "it did not report this metric",
    "no number": "the metric is nan or infinite",
    "doubtful 0": "exactly 0 of a metric that should be small: ClearML stores nan and infinity so",
}
NOT_ENDED = frozenset(("created", "queued", "in_progress", "publishing"))
LAST, LOW, HIGH = range(3)
PLACE = {("last", "max"): LAST, ("last", "min"): LAST, ("best", "max"): HIGH, ("best", "min"): LOW}


@dataclass(frozen=True)
class Runs:
    """In the order of their ends, those without one first. ``value`` is nan and ``time`` `NEVER` where unknown."""

    briefs: tuple[Brief, ...]
    time: Moments
    value: npt.NDArray[np.float64]
    state: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.briefs)

    @property
    def usable(self) -> npt.NDArray[np.bool_]:
        return np.fromiter((state == USABLE for state in self.state), dtype=bool, count=len(self))

    def taken(self, chosen: npt.NDArray[np.bool_]) -> Runs:
        """Only the chosen ones."""
        places = np.flatnonzero(chosen)
        state = tuple(self.state[place] for place in places)
        return Runs(tuple(self.briefs[place] for place in places), self.time[places], self.value[places], state)


def runs_of(
    briefs: Iterable[Brief],
    metric: str,
    direction: Direction,
    now: int,
    which: str = "last",
    allow_zero: bool = False,
) -> Runs:
    """``which`` value of a run counts: its ``last`` or its ``best``. ``now`` in milliseconds."""
    found = sorted(briefs, key=lambda brief: (brief.completed, brief.id))
    place = PLACE[which, direction]
    values = [brief.values[metric][place] if metric in brief.values else None for brief in found]
    times = moments([brief.completed for brief in found])
    suspicious = direction == "min" and not allow_zero
    state = tuple(
        _state(brief, int(time), value, now, suspicious)
        for brief, time, value in zip(found, times, values, strict=True)
    )
    numbers = np.array([math.nan if value is None else value for value in values], dtype=np.float64)
    return Runs(tuple(found), times, numbers, state)


def _state(brief: Brief, time: int, value: float | None, now: int, suspicious: bool) -> str:
    """The first of `STATES`, after `USABLE`, that applies."""
    unfinished = "not ended" if brief.status in NOT_ENDED else "failed"
    said = {
        unfinished: brief.status not in FINISHED,
        "no date": time == NEVER,
        "future": time > now,
        "no metric": value is None,
        "no number": value is not None and not math.isfinite(value),
        "doubtful 0": suspicious and value == 0,
    }
    return next((name for name, applies in said.items() if applies), USABLE)


def best_so_far(time: Moments, value: npt.NDArray[np.float64], direction: Direction) -> tuple[list[int], list[float]]:
    """When the best value that any run had reached until then changed, and to what."""
    sign = 1 if direction == "max" else -1
    reached = np.maximum.accumulate(sign * value) if len(value) else value
    fresh = np.flatnonzero(np.diff(reached, prepend=-np.inf) > 0)
    return time[fresh].tolist(), (sign * reached[fresh]).tolist()
