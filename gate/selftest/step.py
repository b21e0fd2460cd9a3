"""One call that is tried, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from gate.scratch import Scratch

State = Literal["held", "broken", "failed", "skipped"]


class Broken(Exception):
    """The service answered, but not as the gate relies on."""


class Missing(Exception):
    """What an earlier step should have made is not there."""


@dataclass
class Stage:
    """What the steps share: the services, and what earlier steps made, by name."""

    scratch: Scratch
    made: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        if name not in self.made:
            raise Missing(f"there is no {name}")
        return self.made[name]

    def __setitem__(self, name: str, value: object) -> None:
        self.made[name] = value


class Step(NamedTuple):
    """``name`` begins with the method of the port; ``run`` answers what was found, or raises."""

    service: str
    name: str
    relied_on: str
    run: Callable[[Stage], object]


@dataclass(frozen=True)
class Outcome:
    """``answers`` are the requests that were sent, each with its HTTP status."""

    service: str
    name: str
    state: State
    milliseconds: float
    relied_on: str
    found: str
    answers: tuple[str, ...]


def hold(condition: bool, found: object) -> None:
    """Raises `Broken` with what was found instead."""
    if not condition:
        raise Broken(f"found {found!r}"[:300])


def exit_code(outcomes: Iterable[Outcome]) -> int:
    """1: a promise did not hold; 4: else, a service failed or refused; 0: everything that was tried held."""
    states = {outcome.state for outcome in outcomes}
    if "broken" in states:
        return 1
    return 4 if "failed" in states else 0
