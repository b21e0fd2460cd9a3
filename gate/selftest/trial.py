"""Try every step in its order, and clean up whatever happens."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gate.late import NotInstalled
from gate.ports import Absent, Moved, ServiceError, Untrusted
from gate.scratch import Scratch
from gate.selftest import clearml, github
from gate.selftest.step import Broken, Missing, Outcome, Stage, State, Step
from gate.selftest.wire import listening

REQUEST_SECONDS = 30.0
STEPS = (*github.STEPS, *clearml.STEPS)
CLEANUP = (*github.CLEANUP, *clearml.CLEANUP)
STATES: tuple[tuple[State, tuple[type[Exception], ...]], ...] = (
    ("broken", (Broken, Moved, Untrusted)),
    ("skipped", (Missing, NotInstalled)),
    ("failed", (ServiceError, Absent)),
)
EXPECTED = tuple(kind for _, kinds in STATES for kind in kinds)


def tried(scratch: Scratch, told: Callable[[Outcome], None], left: Callable[[], float]) -> list[Outcome]:
    """Every outcome, told as soon as it is known; those of the cleaning up come last, after an interruption too.

    ``left`` raises `ServiceError` when the time is up; cleaning up takes what it takes.
    """
    stage, outcomes = Stage(scratch), []

    def take(step: Step, left: Callable[[], float] = lambda: REQUEST_SECONDS) -> None:
        outcomes.append(taken(step, stage, left))
        told(outcomes[-1])

    try:
        for step in STEPS:
            take(step, left)
    finally:
        with _undisturbed():
            for step in CLEANUP:
                take(step)
    return outcomes


def taken(step: Step, stage: Stage, left: Callable[[], float]) -> Outcome:
    begin = time.monotonic()
    state: State = "held"
    with listening() as heard:
        try:
            left()
            found = str(step.run(stage))
        except EXPECTED as error:
            state, found = _state(error), str(error)
    spent = (time.monotonic() - begin) * 1000
    return Outcome(step.service, step.name, state, spent, step.relied_on, found, tuple(heard))


def _state(error: Exception) -> State:
    return next(state for state, kinds in STATES if isinstance(error, kinds))


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A second Ctrl-C does not leave half of it behind."""
    before = {each: signal.signal(each, signal.SIG_IGN) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
