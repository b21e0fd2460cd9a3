"""One class over the runs of a model: how earlier ones did on the rows that the candidate is judged on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gate.counts import Counts, ModelCounts
from gate.evidence import Run

EARLIER, BEST, CANDIDATE = "earlier run", "best", "candidate"


@dataclass(frozen=True)
class Past:
    """An earlier run, and the counts of its predictions (as those of the best) beside the candidate's.

    ``missing`` says why there are none.
    """

    run: Run
    counts: Counts | None
    missing: str = ""


@dataclass(frozen=True)
class Point:
    """A run's scores of one class, in [0, 1]; ``role`` is `EARLIER`, `BEST` or `CANDIDATE`."""

    run: str
    completed: str
    role: str
    support: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Trend:
    """Points in the order of completion, and in ``left_out`` a sentence on each run that is not comparable."""

    points: tuple[Point, ...]
    left_out: tuple[str, ...]


def trend(past: Sequence[Past], counts: Counts, best: Run, candidate: Run, name: str) -> Trend:
    """Of the class ``name``. Only runs whose rows are the candidate's can be compared with it."""
    fit = [each for each in past if each.counts is not None and each.counts.pairing.matched == 1]
    roles = {best.id: BEST}
    runs = [(each.run, roles.get(each.run.id, EARLIER), each.counts, "best") for each in fit if each.counts]
    if not any(run.id == best.id for run, *_ in runs):
        runs.append((best, BEST, counts, "best"))
    runs.append((candidate, CANDIDATE, counts, "candidate"))
    points = [_point(run, role, getattr(found.per_class, side), found, name) for run, role, found, side in runs]
    left_out = tuple(f"run {each.run.id}: {_why(each)}" for each in past if each not in fit)
    return Trend(tuple(sorted(points, key=lambda point: point.completed)), left_out)


def _why(past: Past) -> str:
    return past.missing if past.counts is None else f"it was tested on other rows ({past.counts.pairing.said})"


def _point(run: Run, role: str, model: ModelCounts, counts: Counts, name: str) -> Point:
    """A class that neither run nor truth knows has no rows there."""
    if name not in counts.labels:
        return Point(run.id, run.completed, role, 0.0, 0.0, 0.0)
    index = counts.labels.index(name)
    support, claims, hits = (float(total[index]) for total in (model.support, model.claims, model.hits))
    whole = support + claims
    return Point(
        run.id, run.completed, role, support, hits / support if support else 0.0, 2 * hits / whole if whole else 0.0
    )
