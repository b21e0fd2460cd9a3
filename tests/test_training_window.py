"""`gate.log_training_window`: when the training data begin and end, kept with the task and read back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pandas as pd
import pytest

import gate
from gate.evidence import Run
from gate.window import TRAIN_END, TRAIN_START, training_window

NOON = datetime(2013, 3, 31, 12, tzinfo=UTC)


@dataclass
class Taker:
    """In the place of a ClearML task: it keeps the parameters that are set."""

    parameters: dict[str, Any] = field(default_factory=dict)

    def set_parameter(self, name: str, value: Any) -> None:
        self.parameters[name] = value


def run(parameters: dict[str, str]) -> Run:
    return Run("a1", "train", "Owls", "completed", "", "", parameters=parameters)


@pytest.mark.parametrize(
    "times",
    [
        [NOON, NOON - timedelta(days=9), NOON - timedelta(days=2)],
        pd.Series([NOON - timedelta(days=9), None, NOON]),
        [(NOON - timedelta(days=9)).astimezone(timezone(timedelta(hours=-5))), NOON],
    ],
    ids=["list", "a missing time", "another zone"],
)
def test_the_window_comes_back_in_utc(times: Any) -> None:
    task = Taker()
    gate.log_training_window(task, times)
    assert task.parameters == {TRAIN_START: "2013-03-22T12:00:00+00:00", TRAIN_END: "2013-03-31T12:00:00+00:00"}
    window, why = training_window(run(task.parameters))
    assert window is not None
    assert (window.start, window.end, why) == (NOON.timestamp() - 9 * 86_400, NOON.timestamp(), "")


@pytest.mark.parametrize(
    ("times", "why"),
    [([], "there is no time"), ([None, pd.NaT], "there is no time"), ([datetime(2013, 4, 1)], "has no zone")],
)
def test_times_that_say_nothing_are_refused(times: list[Any], why: str) -> None:
    task = Taker()
    with pytest.raises(ValueError, match=why):
        gate.log_training_window(task, times)
    assert not task.parameters


@pytest.mark.parametrize(
    ("parameters", "why"),
    [
        ({}, "has no parameter Data/train_end"),
        ({TRAIN_END: "yesterday"}, "'yesterday'"),
        ({TRAIN_END: "2013-04-01T00:00:00"}, "has no time zone"),
        ({TRAIN_END: "2013-04-01T00:00:00+00:00", TRAIN_START: "x"}, TRAIN_START),
    ],
)
def test_a_window_that_cannot_be_read_says_why(parameters: dict[str, str], why: str) -> None:
    window, said = training_window(run(parameters))
    assert window is None
    assert why in said


def test_the_beginning_may_be_unknown() -> None:
    window, _ = training_window(run({TRAIN_END: "2013-04-01T00:00:00Z"}))
    assert window is not None
    assert window.start is None
