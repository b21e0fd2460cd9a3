"""A shelf of answers that take long: each is worked out once however many ask, and kept while it is fresh.

The work runs in threads of its own, so that it goes on when the reader who asked has turned away. What is not fresh any
more is still there to be shown while the new is worked out, or cannot be.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

from gate.crew import Crew

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")
Note = Callable[[str], None]

AT_ONCE = 2  # answers worked out at the same time; each may need the memory of a large comparison
SORE = 3.0  # seconds in which a failure is told to all who ask, before it is tried again


class Reading(Generic[Answer]):
    """One answer under way, or done. ``steps`` are what has been begun so far."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.future: Future[Answer] = Future()
        self.begun = self.ended = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long it has taken."""
        return (self.ended if self.future.done() else time.monotonic()) - self.begun

    @property
    def age(self) -> float:
        """Seconds since it ended."""
        return time.monotonic() - self.ended

    @property
    def failed(self) -> bool:
        return self.future.done() and self.future.exception() is not None

    def turns(self, every: float = 0.25) -> Iterator[None]:
        """Give the asker a turn every so many seconds, until it has ended."""
        while not wait([self.future], timeout=every).done:
            yield

    def within(self, seconds: float) -> bool:
        """Whether it has ended, waiting at most so long."""
        return bool(wait([self.future], timeout=seconds).done)

    def answer(self) -> Answer:
        """Wait for it; raises what the work raised."""
        return self.future.result()

    def carry_out(self, work: Callable[[Note], Answer]) -> None:
        try:
            found = work(self.steps.append)
        except BaseException as error:  # whoever waits for the answer gets it
            self.ended = time.monotonic()
            self.future.set_exception(error)
        else:
            self.ended = time.monotonic()
            self.future.set_result(found)


@dataclass(frozen=True)
class Seen(Generic[Answer]):
    """What a reader can be shown now: the newest answer that there is, if there is one, and the newest reading."""

    older: Reading[Answer] | None
    reading: Reading[Answer]

    @property
    def stale(self) -> bool:
        """There is an answer, but not that of the newest reading."""
        return self.older is not None and self.older is not self.reading


class Shelf(Generic[Key, Answer]):
    """``work`` is given the key and a note of its steps. Answers older than ``fresh`` s are worked out anew when asked
    for; failures are told for ``sore`` s. At most ``most`` answers are kept, those asked for last.
    """

    def __init__(
        self, work: Callable[[Key, Note], Answer], fresh: float, most: int = 16, sore: float = SORE, crew: int = AT_ONCE
    ) -> None:
        self._work, self._fresh, self._most, self._sore = work, fresh, most, sore
        self._readings: dict[Key, Reading[Answer]] = {}
        self._older: dict[Key, Reading[Answer]] = {}
        self._lock = threading.Lock()
        self._crew = Crew(crew, "reading")

    def ask(self, key: Key) -> Reading[Answer]:
        """The newest reading: under way, or fresh."""
        return self.see(key).reading

    def see(self, key: Key) -> Seen[Answer]:
        """The newest reading, begun if need be, and the newest answer, however old."""
        with self._lock:
            newest = self._readings.pop(key, None)
            if newest is not None and newest.future.done() and not newest.failed:
                self._older.pop(key, None)
                self._older[key] = newest
            if newest is None or not self._usable(newest):
                newest = self._start(key)
            self._readings[key] = newest  # as the one asked for last
            self._make_room()
            return Seen(self._older.get(key), newest)

    def clear(self) -> None:
        """What is under way still ends for those who wait, but nobody else gets it."""
        with self._lock:
            self._readings.clear()
            self._older.clear()

    def expire(self) -> None:
        """Whatever is known can still be shown, and is read anew by whoever asks next."""
        with self._lock:
            known = {key: each for key, each in self._readings.items() if each.future.done() and not each.failed}
            self._older |= known
            self._readings.clear()

    def _usable(self, reading: Reading[Answer]) -> bool:
        if not reading.future.done():
            return True
        return time.monotonic() - reading.ended < (self._sore if reading.failed else self._fresh)

    def _make_room(self) -> None:
        done = [key for key, each in self._readings.items() if each.future.done()]
        for key in done[: max(0, len(self._readings) - self._most)]:
            del self._readings[key]
        for key in list(self._older)[: -self._most]:
            del self._older[key]

    def _start(self, key: Key) -> Reading[Answer]:
        reading: Reading[Answer] = Reading()
        self._crew.submit(lambda: reading.carry_out(lambda note: self._work(key, note)))
        return reading
