"""The stretch of time that a model was trained on, kept with its ClearML task for the rules and charts that need it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:  # watching drift needs no evidence
    from gate.evidence import Run

TRAIN_START, TRAIN_END = "Data/train_start", "Data/train_end"


class Parameterised(Protocol):
    """Of a `clearml.Task`, what is needed here."""

    def set_parameter(self, name: str, value: Any) -> None: ...


@dataclass(frozen=True)
class Window:
    """Seconds since 1970 of the first and the last training row; a ``start`` that is not known is None."""

    start: float | None
    end: float


def log_training_window(task: Parameterised, times: Iterable[datetime]) -> None:
    """Keep the first and the last time of the training data as parameters of the task, in UTC.

    ``times`` are datetimes with a zone: a list, or a column of a DataFrame.

    Raises:
        ValueError: there are none, or one has no zone.
    """
    known = [time for time in times if time is not None and time == time]  # NaT is not equal to itself
    if not known:
        raise ValueError("there is no time among the times of the training data")
    strange = next((time for time in known if getattr(time, "tzinfo", None) is None), None)
    if strange is not None:
        raise ValueError(f"the time {strange} of the training data has no zone; UTC is tz_localize('UTC') in pandas")
    for name, time in ((TRAIN_START, min(known)), (TRAIN_END, max(known))):
        task.set_parameter(name, time.astimezone(UTC).isoformat())


def training_window(run: Run) -> tuple[Window | None, str]:
    """What the run's parameters say; else None, and why in words."""
    said = {name: run.parameters.get(name, "") for name in (TRAIN_START, TRAIN_END)}
    if not said[TRAIN_END]:
        return None, f"the run {run.id} has no parameter {TRAIN_END}, which gate.log_training_window writes"
    found: dict[str, float | None] = {}
    for name, text in said.items():
        try:
            found[name] = _seconds(text) if text else None
        except ValueError as error:
            return None, f"the parameter {name} of the run {run.id} is {text!r}: {error}"
    end = found[TRAIN_END]
    assert end is not None
    return Window(found[TRAIN_START], end), ""


def _seconds(text: str) -> float:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("it has no time zone")
    return time.timestamp()
