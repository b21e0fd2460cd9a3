"""A few threads that do what is handed to them, in its order, and stay: what they keep open, such as connections to a
service, is there for the next piece of work.

They end with the process and never hold it up.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TypeVar

Answer = TypeVar("Answer")


class Crew:
    """At most ``size`` pieces of work at the same time; threads begin when there is work for them."""

    def __init__(self, size: int, name: str) -> None:
        self._size, self._name = size, name
        self._waiting: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads = self._unfinished = 0

    def submit(self, work: Callable[[], Answer]) -> Future[Answer]:
        """The answer, or what the work raised. Work must not wait for other work of the same crew."""
        future: Future[Answer] = Future()
        with self._lock:
            self._unfinished += 1
            if self._threads < min(self._size, self._unfinished):
                self._threads += 1
                threading.Thread(target=self._serve, name=f"{self._name} {self._threads}", daemon=True).start()
            self._waiting.put(lambda: _carry_out(work, future))
        return future

    def _serve(self) -> None:
        while True:
            self._waiting.get()()
            with self._lock:
                self._unfinished -= 1


def _carry_out(work: Callable[[], Answer], future: Future[Answer]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # whoever waits for the answer gets it
        future.set_exception(error)
