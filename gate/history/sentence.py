"""A model's history in one sentence."""

from __future__ import annotations

from gate.figures import counted, short
from gate.history.moments import day
from gate.history.view import History
from gate.late import numpy as np


def headline(history: History) -> str:
    """Who is best and since when, among how many; and whether any run since reported a better value."""
    runs = counted(len(history.runs), "run")
    if not len(history.runs):
        return "No run of this model is known yet"
    if not history.reigns:
        return f"{runs}, and nobody was recorded as the best yet"
    now = history.reigns[-1]
    bests = counted(len({reign.model.task for reign in history.reigns}), "best", "bests")
    return f"{_best(history)}; {runs} and {bests} so far{_since(history) if now.value is not None else ''}"


def _best(history: History) -> str:
    now = history.reigns[-1]
    value = f", with {now.value:.4f} of {history.metric}" if now.value is not None else ""
    gone = f" (it is {now.gone} in the tracker)" if now.gone else ""
    return f"The best since {day(now.begin)} is run {short(now.model.task)}{gone}{value}"


def _since(history: History) -> str:
    """Of the runs that ended after the best began."""
    now, runs = history.reigns[-1], history.runs
    assert now.value is not None
    sign = 1 if history.direction == "max" else -1
    later = runs.usable & (runs.time > now.begin)
    better = int(np.count_nonzero(later & (sign * runs.value > sign * now.value)))
    which = "higher" if history.direction == "max" else "lower"
    if not later.any():
        return "; no run has ended since"
    return f"; {better or 'none'} of the {counted(int(later.sum()), 'run')} since reported a {which} value"
