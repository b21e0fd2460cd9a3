"""What the History page shows: the runs that a reader asked for, as a picture and as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from gate.brief import Brief
from gate.history.bands import Band, aliases, bands
from gate.history.bins import Bins, binned
from gate.history.events import Event, Reign, events, reigns
from gate.history.moments import NEVER, said
from gate.history.runs import Runs, best_so_far
from gate.history.testsets import TestSet
from gate.late import numpy as np
from gate.late import numpy_typing as npt
from gate.lately import lately
from gate.origin import Version
from gate.record import Record
from gate.rules.demand import Direction

RAW = 1_500  # points that are drawn each by itself
STRETCHES = 240  # of a picture of more
DAY = 86_400_000  # milliseconds; clocks differ
SEVERAL = 12  # bands and reigns that are drawn, the newest ones


@dataclass(frozen=True)
class Filters:
    """``begin`` and ``end`` in milliseconds (None: open). ``find`` is sought in ids, commits, tags and owners."""

    begin: int | None = None
    end: int | None = None
    find: str = ""
    dataset: str = ""
    archived: bool = False
    decided: bool = False


@dataclass(frozen=True, eq=False)
class Picture:
    """Either ``bins`` or all points by themselves in ``runs``; ``best`` is the best so far, ``hidden`` counts runs that
    were asked for but have no place here, by their state.
    """

    runs: Runs
    bins: Bins | None
    best: tuple[list[int], list[float]]
    events: tuple[Event, ...]
    reigns: tuple[Reign, ...]
    bands: tuple[Band, ...]
    hidden: Mapping[str, int]


@dataclass(frozen=True)
class Row:
    """A run in the table. ``role`` says what the ledger knows of it."""

    run: str
    ended: str
    value: float
    state: str
    role: str
    commit: str
    owner: str
    tags: tuple[str, ...]
    dataset: str
    archived: bool


@dataclass(frozen=True, eq=False)
class History:
    """One scope as it was read. ``now`` in milliseconds, ``versions`` are the datasets that its runs used, by id."""

    name: str
    metric: str
    direction: Direction
    runs: Runs
    records: tuple[Record, ...]
    now: int
    testsets: tuple[TestSet, ...] = ()
    versions: Mapping[str, Version] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @cached_property
    def known(self) -> Mapping[str, Brief]:
        return {brief.id: brief for brief in self.runs.briefs}

    @cached_property
    def values(self) -> Mapping[str, float]:
        """Of the runs that are shown, and of archived ones."""
        usable = np.flatnonzero(self.runs.usable)
        return {self.runs.briefs[place].id: float(self.runs.value[place]) for place in usable}

    @cached_property
    def events(self) -> tuple[Event, ...]:
        return events(self.records, self.values, self.known)

    @cached_property
    def reigns(self) -> tuple[Reign, ...]:
        return reigns(self.records, self.values, self.known)

    @cached_property
    def aliases(self) -> Sequence[str]:
        return aliases(self.runs)

    @cached_property
    def roles(self) -> Mapping[str, str]:
        """What the last decision made of each run that was decided about; the best now is that whatever came later."""
        found = {event.run: event.what for event in self.events if event.run}
        found |= {reign.model.task: "was best" for reign in self.reigns}
        return found | ({self.reigns[-1].model.task: "best"} if self.reigns else {})

    @lately(4)
    def picture(self, filters: Filters) -> Picture:
        asked = self.runs.taken(self._asked(filters))
        shown = asked.taken(asked.usable)
        bins = binned(shown.time, shown.value, STRETCHES) if len(shown) > RAW else None
        span = self._span(filters)
        hidden = Counter(state for state, usable in zip(asked.state, asked.usable, strict=True) if not usable)
        return Picture(
            shown,
            bins,
            self._best(filters, span),
            tuple(event for event in self.events if span[0] <= event.time <= span[1]),
            tuple(each for each in self.reigns if each.begin <= span[1] and (each.end or self.now) >= span[0]),
            self._bands(span),
            hidden,
        )

    def _best(self, filters: Filters, span: tuple[int, int]) -> tuple[list[int], list[float]]:
        """Of everything until then, however closely the reader looks; from the beginning of the look on."""
        ever = self.runs.taken(self._asked(replace(filters, begin=None, end=None)) & self.runs.usable)
        times, values = best_so_far(ever.time, ever.value, self.direction)
        inside = [max(time, span[0]) for time in times if time <= span[1]]
        earlier = max(0, sum(time <= span[0] for time in times) - 1)
        return inside[earlier:], values[earlier : len(inside)]

    def rows(self, filters: Filters, most: int | None = None) -> list[Row]:
        """The runs that were asked for, the newest first; all of them, or at most so many."""
        places = np.flatnonzero(self._asked(filters))[::-1]
        return [self._row(int(place)) for place in places[:most]]

    def number(self, filters: Filters) -> int:
        """How many rows there are."""
        return int(self._asked(filters).sum())

    def name_of(self, dataset: str) -> str:
        found = self.versions.get(dataset)
        return f"{found.name} {found.version}".strip() if found else dataset[:8]

    def _row(self, place: int) -> Row:
        runs, brief = self.runs, self.runs.briefs[place]
        used = ", ".join(dict.fromkeys(self.name_of(each) for each in brief.datasets.values()))
        return Row(
            brief.id,
            said(int(runs.time[place])),
            float(runs.value[place]),
            runs.state[place],
            self.roles.get(brief.id, ""),
            brief.commit,
            brief.owner,
            brief.tags,
            used,
            brief.archived,
        )

    def _asked(self, filters: Filters) -> npt.NDArray[np.bool_]:
        """Runs without an end are outside of every window, and inside of none at all."""
        time, sought = self.runs.time, filters.find.casefold()
        chosen = np.ones(len(self.runs), dtype=bool)
        if filters.begin is not None:
            chosen &= time >= filters.begin
        if filters.end is not None:
            chosen &= (time <= filters.end) & (time != NEVER)
        if not filters.archived:
            chosen &= ~self._flags(lambda brief: brief.archived)
        if filters.decided:
            chosen &= self._flags(lambda brief: brief.id in self.roles)
        if filters.dataset:
            chosen &= self._flags(lambda brief: filters.dataset in brief.datasets.values())
        if sought:
            chosen &= self._flags(lambda brief: sought in _text(brief))
        return chosen

    def _flags(self, holds: Callable[[Brief], bool]) -> npt.NDArray[np.bool_]:
        return np.fromiter(map(holds, self.runs.briefs), dtype=bool, count=len(self.runs))

    def _span(self, filters: Filters) -> tuple[int, int]:
        """The time that the picture is about."""
        begin = filters.begin if filters.begin is not None else NEVER
        return begin, filters.end if filters.end is not None else self.now + DAY

    def _bands(self, span: tuple[int, int]) -> tuple[Band, ...]:
        if not self.aliases:
            return ()
        found = bands(self.runs, self.aliases[0])
        inside = [band for band in found if band.begin <= span[1] and (band.end or self.now) >= span[0]]
        return tuple(inside[-SEVERAL:])


def _text(brief: Brief) -> str:
    return "\n".join((brief.id, brief.commit, brief.owner, brief.status, *brief.tags)).casefold()
