"""What the watch's limits say of the numbers: one sign for each, and the state they add up to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from gate.drift.classes import ClassShift, Strange
from gate.drift.confidence import ConfidenceShift
from gate.drift.terms import Watch
from gate.figures import counted
from gate.markdown import visible
from gate.stats.interval import Interval

NAMED = 8  # classes in a sentence
LONGEST = 40  # characters of a class in a sentence


class State(Enum):
    """UNKNOWN: there is not enough evidence to say STEADY. The later, the worse."""

    STEADY = "steady"
    UNKNOWN = "unknown"
    DRIFTED = "drifted"

    @property
    def exit_code(self) -> int:
        return {State.STEADY: 0, State.UNKNOWN: 3, State.DRIFTED: 1}[self]

    @property
    def severity(self) -> int:
        return list(State).index(self)


@dataclass(frozen=True)
class Sign:
    """What one ``rule`` found, in a sentence that also says what is allowed."""

    rule: str
    state: State
    said: str


def worst(signs: Sequence[Sign]) -> State:
    """Nothing looked at is not steady."""
    return max((sign.state for sign in signs), key=lambda state: state.severity, default=State.UNKNOWN)


def of_rows(watch: Watch, reference: float, current: float) -> Iterator[Sign]:
    """Only where there are too few rows to say anything."""
    for name, rows in (("reference", reference), ("current", current)):
        if rows < watch.min_rows:
            said = f"the {name} window has {_rows(rows)}; at least {watch.min_rows:,} are needed"
            yield Sign("rows", State.UNKNOWN, said)


def of_unread(unread: Sequence[str]) -> Iterator[Sign]:
    for said in unread:
        yield Sign("reading", State.UNKNOWN, said)


def of_classes(watch: Watch, shift: ClassShift | None) -> Iterator[Sign]:
    limit = watch.max_class_shift
    if shift is None:
        return
    said = f"class shares moved {shift.tvd:.1%} (chance alone: up to {shift.chance:.1%})"
    if shift.movers:
        said += f", {shift.to_movers:.1%} to or from {_named([mover.name for mover in shift.movers])}"
    drifted = shift.proven > limit
    yield Sign("class shares", _state(drifted), f"{said}; allowed beyond chance: {limit:.1%}")


def of_confidence(watch: Watch, shift: ConfidenceShift | None) -> Iterator[Sign]:
    limit = watch.max_confidence_shift
    if shift is None:
        yield Sign("confidence", State.UNKNOWN, "the predictions of one window have no usable confidence")
        return
    if min(shift.rows) < watch.min_rows:
        yield Sign("confidence", State.UNKNOWN, f"only {_rows(min(shift.rows))} have a confidence")
        return
    ends = shift.shift.interval()
    said = f"mean p@1 {shift.before:.3f} -> {shift.after:.3f} [{ends.low:+.3f}, {ends.high:+.3f}]"
    said += f", carried {shift.carried:.3f} (chance alone: up to {shift.chance:.3f}); allowed: {limit:g}"
    beyond = ends.low > limit or ends.high < -limit or shift.carried - shift.chance > limit
    within = -limit <= ends.low and ends.high <= limit
    yield Sign("confidence", State.DRIFTED if beyond else State.STEADY if within else State.UNKNOWN, said)


def of_new(watch: Watch, new: Sequence[Strange]) -> Iterator[Sign]:
    limit = watch.max_new_classes
    which = f": {_named([each.name for each in new])}" if new else ""
    said = f"{counted(len(new), 'new class', 'new classes')}{which}; allowed: {limit:,}"
    yield Sign("new classes", _state(len(new) > limit), said)


def of_accuracy(
    watch: Watch, ends: tuple[float, float, Interval] | None, labelled: tuple[float, float]
) -> Iterator[Sign]:
    """``ends`` are the accuracies before and after, and the interval of their difference."""
    limit = watch.max_accuracy_loss
    if ends is None:
        return
    before, after, interval = ends
    said = f"accuracy {before:.3f} -> {after:.3f} [{interval.low:+.3f}, {interval.high:+.3f}]; allowed: -{limit:g}"
    if interval.high < -limit:
        yield Sign("accuracy", State.DRIFTED, said)
    elif min(labelled) < watch.min_rows:
        yield Sign("accuracy", State.UNKNOWN, f"{said}; only {_rows(min(labelled))} have a truth")
    else:
        yield Sign("accuracy", State.STEADY if interval.low >= -limit else State.UNKNOWN, said)


def _state(drifted: bool) -> State:
    return State.DRIFTED if drifted else State.STEADY


def _rows(rows: float) -> str:
    return "1 row" if rows == 1 else f"{rows:,.0f} rows"


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(visible(name, LONGEST) for name in names[:NAMED]) + more
