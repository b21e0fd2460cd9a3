"""What one model said over time: counts per stretch of time, class and confidence. Never which rows.

Everything that is said of drift is a pure function of these values; they are kept sparse, so that a year of logs of
thousands of classes is no larger than what occurred in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from gate.counts import BINS, Codes, Totals
from gate.late import numpy as np
from gate.late import numpy_typing as npt

NO_TIME = -(2**63)  # the start of rows whose time is not known
KINDS = ("predicted", "claims", "hits", "support")


def summed(places: Codes, weights: Totals, size: int) -> Totals:
    """The weights of each place, added up."""
    return np.bincount(places, weights, size).astype(np.float64)


@dataclass(frozen=True, eq=False)
class Observed:
    """One stretch of time, ``start`` to ``end`` (seconds since 1970; ``NO_TIME`` where rows have none).

    Per class, along ``labels``: rows it was predicted for, those of them that have a truth (``claims``), those that
    are right, and rows whose truth it is. ``confidence`` has the shape (3, BINS): wrong, right, of unknown truth.
    """

    labels: tuple[str, ...]
    predicted: Totals
    claims: Totals
    hits: Totals
    support: Totals
    confidence: Totals
    start: int = NO_TIME
    end: int = NO_TIME

    @property
    def rows(self) -> float:
        return float(self.predicted.sum())

    @property
    def labelled(self) -> float:
        return float(self.support.sum())

    @property
    def right(self) -> float:
        return float(self.hits.sum())

    @property
    def sure(self) -> Totals:
        """All confidences, whatever became of the rows; empty where rows have none."""
        return np.asarray(self.confidence.sum(axis=0))


@dataclass(frozen=True, eq=False)
class Cells:
    """Counts of a class (its number among the labels) within a stretch (its number among the starts)."""

    part: Codes
    label: Codes
    predicted: Totals
    claims: Totals
    hits: Totals
    support: Totals


@dataclass(frozen=True, eq=False)
class Bins:
    """Counts of a confidence's bin within a stretch; ``kind`` is 0 for wrong, 1 for right, 2 for unknown."""

    part: Codes
    kind: Codes
    bin: Codes
    count: Totals


Table = TypeVar("Table", Cells, Bins)


@dataclass(frozen=True, eq=False)
class History:
    """Stretches in the order of time, without empty ones. ``slices`` hold the same for the rows of "column = value".

    ``lacks`` says in sentences what had to be left out, ``unread`` what could not be read at all; ``late`` rows are
    timed in the future, and left out. ``span`` are the seconds of the first and the last row.
    """

    labels: tuple[str, ...] = ()
    starts: Codes = field(default_factory=lambda: np.zeros(0, np.int64))
    ends: Codes = field(default_factory=lambda: np.zeros(0, np.int64))
    cells: Cells = field(default_factory=lambda: Cells(*(np.zeros(0, np.int64),) * 2, *(np.zeros(0),) * 4))
    bins: Bins = field(default_factory=lambda: Bins(*(np.zeros(0, np.int64),) * 3, np.zeros(0)))
    slices: Mapping[str, History] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    late: int = 0
    span: tuple[int, int] | None = None

    @cached_property
    def rows(self) -> Totals:
        """How many there are in each stretch."""
        return summed(self.cells.part, self.cells.predicted, len(self.starts))

    @property
    def timed(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self.starts != NO_TIME)

    def of(self, chosen: npt.NDArray[np.bool_]) -> Observed:
        """All rows of some of the stretches, as one."""
        cells, bins, size = self.cells, self.bins, len(self.labels)
        mine, said = chosen[cells.part], chosen[bins.part]
        totals = {kind: summed(cells.label[mine], getattr(cells, kind)[mine], size) for kind in KINDS}
        confidence = summed((bins.kind * BINS + bins.bin)[said], bins.count[said], 3 * BINS).reshape(3, BINS)
        timed = chosen & self.timed
        ends = (int(self.starts[timed].min()), int(self.ends[timed].max())) if timed.any() else (NO_TIME, NO_TIME)
        return Observed(self.labels, **totals, confidence=confidence, start=ends[0], end=ends[1])

    @property
    def whole(self) -> Observed:
        return self.of(np.ones(len(self.starts), np.bool_))

    def between(self, start: float | None = None, end: float | None = None) -> History:
        """The stretches that begin within [start, end); those without a time only where neither end is named."""
        if start is None and end is None:
            return self
        low, high = -np.inf if start is None else start, np.inf if end is None else end
        return self.only(self.timed & (self.starts >= low) & (self.starts < high))

    def only(self, chosen: npt.NDArray[np.bool_]) -> History:
        """Some of the stretches; the labels stay those of all."""
        places = np.cumsum(chosen) - 1
        return replace(
            self,
            starts=self.starts[chosen],
            ends=self.ends[chosen],
            cells=_rows(self.cells, chosen[self.cells.part], places),
            bins=_rows(self.bins, chosen[self.bins.part], places),
            slices={name: _within(each, self.starts[chosen]) for name, each in self.slices.items()},
        )

    def each(self) -> Iterator[Observed]:
        """One after another, those with a time. Cells and bins are in the order of the stretches."""
        for place in np.flatnonzero(self.timed):
            ends = (place, place + 1)
            cells, bins = (slice(*np.searchsorted(table.part, ends)) for table in (self.cells, self.bins))
            alone = History(
                self.labels,
                self.starts[place : place + 1],
                self.ends[place : place + 1],
                Cells(**{name: column[cells] for name, column in vars(self.cells).items()} | {"part": _zeros(cells)}),
                Bins(**{name: column[bins] for name, column in vars(self.bins).items()} | {"part": _zeros(bins)}),
            )
            yield alone.whole


def _zeros(rows: slice) -> Codes:
    return np.zeros(rows.stop - rows.start, np.int64)


def _within(part: History, starts: Codes) -> History:
    return part.only(np.isin(part.starts, starts))


def _rows(table: Table, kept: npt.NDArray[np.bool_], places: Codes) -> Table:
    values = {name: column[kept] for name, column in vars(table).items()}
    return type(table)(**{**values, "part": places[values["part"]]})


def joined(histories: Sequence[History]) -> History:
    """All of them as one: stretches that begin alike are added up."""
    lacks, unread = (
        tuple(dict.fromkeys(said for each in histories for said in getattr(each, name))) for name in ("lacks", "unread")
    )
    late = sum(each.late for each in histories)
    kept = [each for each in histories if len(each.starts)]
    if len(kept) < 2:
        return replace(kept[0] if kept else History(), lacks=lacks, unread=unread, late=late)
    spans = np.array([each.span for each in kept if each.span is not None], np.int64).reshape(-1, 2)
    span = (int(spans.min()), int(spans.max())) if len(spans) else None
    labels = sorted(set().union(*(each.labels for each in kept)))
    numbers = {label: number for number, label in enumerate(labels)}
    codes = [np.array([numbers[label] for label in each.labels], np.int64) for each in kept]
    shifts = np.cumsum([0, *(len(each.starts) for each in kept[:-1])])
    cells = [
        replace(each.cells, part=each.cells.part + shift, label=code[each.cells.label])
        for each, shift, code in zip(kept, shifts, codes, strict=True)
    ]
    bins = [replace(each.bins, part=each.bins.part + shift) for each, shift in zip(kept, shifts, strict=True)]
    starts, ends = (np.concatenate([getattr(each, name) for each in kept]) for name in ("starts", "ends"))
    names = dict.fromkeys(name for each in kept for name in each.slices)
    slices = {name: joined([each.slices[name] for each in kept if name in each.slices]) for name in names}
    tables = (Cells(**_stacked(cells)), Bins(**_stacked(bins)))
    return regrouped(History(tuple(labels), starts, ends, *tables, slices, lacks, unread, late, span), starts, ends)


def _stacked(tables: Sequence[Cells] | Sequence[Bins]) -> dict[str, npt.NDArray[Any]]:
    return {name: np.concatenate([getattr(each, name) for each in tables]) for name in vars(tables[0])}


def regrouped(history: History, starts: Codes, ends: Codes) -> History:
    """The same rows in other stretches: each one's new start and end, along the old ones. Slices are left alone."""
    if not len(starts):
        return history
    first, part = np.unique(starts, return_inverse=True)
    last = np.full(len(first), NO_TIME)
    np.maximum.at(last, part, ends)
    cells, bins, size = history.cells, history.bins, len(history.labels)
    where, at = np.unique(part[cells.part] * size + cells.label, return_inverse=True)
    sums = {kind: summed(at, getattr(cells, kind), len(where)) for kind in KINDS}
    inner = (part[bins.part] * 3 + bins.kind) * BINS + bins.bin
    boxes, box = np.unique(inner, return_inverse=True)
    return replace(
        history,
        starts=first,
        ends=last,
        cells=Cells(where // max(size, 1), where % max(size, 1), **sums),
        bins=Bins(boxes // (3 * BINS), boxes // BINS % 3, boxes % BINS, summed(box, bins.count, len(boxes))),
    )
