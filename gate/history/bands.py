"""Which dataset versions came into use when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gate.history.runs import Runs


@dataclass(frozen=True)
class Band:
    """From the first run that used a version until the first that used a newer one (None: until now)."""

    begin: int
    end: int | None
    dataset: str
    runs: int


def aliases(runs: Runs) -> list[str]:
    """Under which names datasets are used: first the one that had most versions, since it tells most."""
    used: dict[str, set[str]] = {}
    for brief in runs.briefs:
        for alias, dataset in brief.datasets.items():
            used.setdefault(alias, set()).add(dataset)
    return sorted(used, key=lambda alias: (-len(used[alias]), alias))


def bands(runs: Runs, alias: str) -> tuple[Band, ...]:
    """In the order of the first uses; a run that goes back to an older version begins no band."""
    first: dict[str, int] = {}
    counts: dict[str, int] = {}
    for dataset, time in _uses(runs, alias):
        first.setdefault(dataset, time)
        counts[dataset] = counts.get(dataset, 0) + 1
    ends: list[int | None] = [*list(first.values())[1:], None]
    return tuple(
        Band(begin, end, dataset, counts[dataset]) for (dataset, begin), end in zip(first.items(), ends, strict=False)
    )


def _uses(runs: Runs, alias: str) -> Iterator[tuple[str, int]]:
    for brief, time, usable in zip(runs.briefs, runs.time, runs.usable, strict=True):
        if usable and brief.datasets.get(alias):
            yield brief.datasets[alias], int(time)
