"""A shelf of answers that take long: each is worked out once however many ask, and kept while it is fresh.

The work runs in a thread of its own, so that it goes on when the reader who asked has turned away.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future, wait
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")
Note = Callable[[str], None]

AT_ONCE = 2  # answers worked out at the same time; each may need the memory of a large comparison


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

    def carry_out(self, work: Callable[[Note], Answer], turn: threading.Semaphore) -> None:
        with turn:
            try:
                found = work(self.steps.append)
            except BaseException as error:  # whoever waits for the answer gets it
                self.ended = time.monotonic()
                self.future.set_exception(error)
            else:
                self.ended = time.monotonic()
                self.future.set_result(found)


class Shelf(Generic[Key, Answer]):
    """``work`` is given the key and a note of its steps. Failures are not kept, nor answers older than ``fresh`` s."""

    def __init__(self, work: Callable[[Key, Note], Answer], fresh: float, most: int = 16) -> None:
        self._work, self._fresh, self._most = work, fresh, most
        self._readings: dict[Key, Reading[Answer]] = {}
        self._lock = threading.Lock()
        self._turn = threading.Semaphore(AT_ONCE)

    def ask(self, key: Key) -> Reading[Answer]:
        with self._lock:
            self._readings = {name: each for name, each in self._readings.items() if self._usable(each)}
            if key not in self._readings:
                self._make_room()
                self._readings[key] = self._start(key)
            return self._readings[key]

    def clear(self) -> None:
        """What is under way still ends for those who wait, but nobody else gets it."""
        with self._lock:
            self._readings.clear()

    def _usable(self, reading: Reading[Answer]) -> bool:
        if not reading.future.done():
            return True
        return reading.future.exception() is None and time.monotonic() - reading.ended < self._fresh

    def _make_room(self) -> None:
        done = [key for key, each in self._readings.items() if each.future.done()]
        for key in done[: max(0, len(self._readings) - self._most + 1)]:
            del self._readings[key]

    def _start(self, key: Key) -> Reading[Answer]:
        reading: Reading[Answer] = Reading()
        arguments = (lambda note: self._work(key, note), self._turn)
        threading.Thread(target=reading.carry_out, args=arguments, name=f"reading {key}", daemon=True).start()
        return reading
