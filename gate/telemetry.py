"""What operators want to know, said once: each event is a log record with facts, which a log prints and metrics count.

Where nobody listens (the command line, unless GATE_LOG is set) it costs a comparison of two numbers.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType

LOG = logging.getLogger("gate.events")
_about: ContextVar[Mapping[str, object]] = ContextVar("about", default=MappingProxyType({}))


@dataclass(frozen=True)
class Event:
    """What a record of `LOG` has as its message: text for whoever only prints it."""

    words: str
    facts: Mapping[str, object]

    def __str__(self) -> str:
        told = " ".join(f"{name}={value!r}" for name, value in self.facts.items() if value not in (None, ""))
        return f"{self.words}: {told}" if told else self.words


def tell(event: str, level: int = logging.INFO, trace: bool = False, /, **facts: object) -> None:
    """An event in a few words, always the same ones, and what is to be known of it. No secrets, no whole objects.

    ``trace`` adds where the exception that is being handled came from.
    """
    if LOG.isEnabledFor(level):
        LOG.log(level, Event(event, facts), exc_info=trace)


@contextmanager
def about(**facts: object) -> Iterator[None]:
    """Everything that this thread or task says in the block is about these: a request, a session, a decision."""
    token = _about.set({**_about.get(), **facts})
    try:
        yield
    finally:
        _about.reset(token)


def settle_on(**facts: object) -> None:
    """The same for the rest of this thread, which works for one visitor."""
    _about.set({**_about.get(), **facts})


def context() -> Mapping[str, object]:
    return _about.get()


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self._began, 4)
