"""Everything that is known of how the world moved away from one model: a value, and the numbers that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from gate.drift import judgement
from gate.drift.classes import ClassShift, Strange, class_shift, gone_classes, new_classes
from gate.drift.confidence import ConfidenceShift, confidence_shift
from gate.drift.estimates import Validity, estimates, validity
from gate.drift.judgement import Sign, State
from gate.drift.repair import Damage, Repair, accuracy_change, damage
from gate.drift.terms import Watch
from gate.drift.timeline import Agreement, Point, agreements, point, timeline, trend
from gate.figures import counted
from gate.late import numpy as np
from gate.observed import History, Observed
from gate.stats.interval import Interval, wilson
from gate.window import Window

if TYPE_CHECKING:
    from gate.evidence import Run

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Drift:
    """One model watched: what it said on its test rows (``reference``) and later (``later``), in stretches of time.

    ``start`` and ``end`` bound the current window, in seconds since 1970; None is as far as there are rows. ``slice``
    is the "column = value" that all numbers are of. ``trained`` are the training windows of the model and of the
    ``candidate``, which may repair it; ``repair_missing`` says why that is not known.
    """

    scope: str
    watch: Watch
    run: Run | None
    reference: History
    later: History
    every: str = ""
    start: float | None = None
    end: float | None = None
    slice: str = ""
    candidate: Run | None = None
    repair: Repair | None = None
    repair_missing: str = "no other model is compared"
    trained: Mapping[str, Window] = field(default_factory=dict)
    untrained: str = ""

    def within(self, start: float | None, end: float | None) -> Drift:
        """The same with another current window."""
        return replace(self, start=start, end=end)

    def sliced(self, name: str) -> Drift:
        """The same of the rows of one slice, in the same window. What a candidate repairs is known of all rows only."""
        reference, later = (
            replace(whole.slices.get(name, History()), span=whole.span) for whole in (self.reference, self.later)
        )
        missing = "it is known of all rows only"
        return replace(self, slice=name, repair=None, repair_missing=missing, reference=reference, later=later)

    @property
    def slices(self) -> tuple[str, ...]:
        return tuple(sorted(self.later.slices))

    @cached_property
    def _windows(self) -> tuple[Observed, Observed]:
        """Reference and current, along the same labels."""
        chosen = self.later.between(*self.bounds)
        labels = tuple(sorted({*self.reference.labels, *chosen.labels}))
        one, other = (_along(each, labels) for each in (self.reference, chosen))
        return one, other

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """The ends of the current window: as asked, else as the watch says."""
        if self.start is None and self.end is None and self.watch.last and self.later.timed.any():
            last = self.later.ends.max() if self.later.span is None else self.later.span[1]
            return float(last - self.watch.last), None
        return self.start, self.end

    @property
    def before(self) -> Observed:
        return self._windows[0]

    @property
    def now(self) -> Observed:
        return self._windows[1]

    @cached_property
    def classes(self) -> ClassShift | None:
        return class_shift(self.before, self.now)

    @cached_property
    def confidence(self) -> ConfidenceShift | None:
        return confidence_shift(self.before, self.now)

    @cached_property
    def new(self) -> tuple[Strange, ...]:
        return new_classes(self.before, self.now)

    @cached_property
    def gone(self) -> tuple[Strange, ...]:
        return gone_classes(self.before, self.now)

    @cached_property
    def estimates(self) -> dict[str, float]:
        return estimates(self.before, self.now)

    @property
    def realised(self) -> Interval | None:
        """Of the accuracy on current rows whose truth is known."""
        return wilson(self.now.right, self.now.labelled, CONFIDENCE) if self.now.labelled else None

    @cached_property
    def validity(self) -> Validity:
        shift, realised = self.classes, self.realised
        moved = shift.proven if shift and shift.proven > self.watch.max_class_shift else None
        rows = float(self.before.confidence[:2].sum())
        ends = None if realised is None else (realised.low, realised.high)
        return validity(self.estimates, ends, moved, len(self.new), self.watch.min_rows, rows)

    @cached_property
    def accuracy(self) -> tuple[float, float, Interval] | None:
        """Before, now, and the interval of the difference."""
        found = accuracy_change(self.before, self.now, CONFIDENCE)
        if found is None:
            return None
        return self.before.right / self.before.labelled, self.now.right / self.now.labelled, found[1]

    @cached_property
    def damage(self) -> Damage | None:
        return damage(self.before, self.now)

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Of the whole time after the reference, whatever the current window is."""
        labels = tuple(sorted({*self.reference.labels, *self.later.labels}))
        return timeline(_along(self.reference, labels), _relabelled(self.later, labels), self.watch.min_rows)

    @cached_property
    def at_test(self) -> Point:
        """Of all test rows."""
        return point(self.before, self.before, self.watch.min_rows)

    @cached_property
    def reference_points(self) -> tuple[Point, ...]:
        return timeline(_along(self.reference, self.reference.labels), self.reference, self.watch.min_rows)

    @cached_property
    def agreements(self) -> tuple[Agreement, ...]:
        return tuple(agreements(self.points))

    @cached_property
    def trend(self) -> tuple[float, float] | None:
        return trend(self.points)

    @cached_property
    def signs(self) -> tuple[Sign, ...]:
        watch, unread = self.watch, (*self.reference.unread, *self.later.unread)
        few = [*judgement.of_rows(watch, self.before.rows, self.now.rows), *judgement.of_unread(unread)]
        if any(sign.rule == "rows" for sign in few):
            return tuple(few)
        return (
            *few,
            *judgement.of_classes(watch, self.classes),
            *judgement.of_confidence(watch, self.confidence),
            *judgement.of_new(watch, self.new),
            *judgement.of_accuracy(watch, self.accuracy, (self.before.labelled, self.now.labelled)),
        )

    @property
    def state(self) -> State:
        return judgement.worst(self.signs)

    @property
    def lacks(self) -> tuple[str, ...]:
        late = self.reference.late + self.later.late
        told = (f"{counted(late, 'row is', 'rows are')} timed in the future, and left out",) if late else ()
        return (*self.reference.lacks, *self.later.lacks, *told)


def _relabelled(history: History, labels: tuple[str, ...]) -> History:
    codes = np.searchsorted(np.array(labels, dtype=object), np.array(history.labels, dtype=object)).astype(np.int64)
    return replace(history, labels=labels, cells=replace(history.cells, label=codes[history.cells.label]))


def _along(history: History, labels: tuple[str, ...]) -> Observed:
    if not len(history.starts):
        return replace(History(labels=labels).whole)
    return _relabelled(history, labels).whole
