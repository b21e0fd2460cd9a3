"""Work in threads that take turns: each stops before every request, and the test says whose goes on, and how."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Literal, get_args

from gate.ports import Passing

Work = Callable[[], Any]
Fate = Literal["done", "lost", "unheard", "killed", "killed after", "killed in the air"]


FATES: tuple[Fate, ...] = get_args(Fate)[1:]


class Killed(BaseException):
    """The process is gone; nothing of it may go on, not even an error's handling."""


class Actor:
    """One process. ``asks`` names the request it waits to send; when it has ended, ``answer`` or ``error`` is set.

    ``late`` is the request that was still on its way when the process was killed.
    """

    def __init__(self, name: str, work: Callable[[Actor], Any]) -> None:
        self.name, self.asks, self.ended = name, "", False
        self.answer: Any = None
        self.error: BaseException | None = None
        self.late: Work | None = None
        self._work = work
        self._fate: Fate = "done"
        self._go, self._stopped = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._stopped.acquire()

    @property
    def writes(self) -> bool:
        return self.asks.startswith("write")

    def line(self, said: str, work: Work) -> Any:
        """What the services ask before every request; another thread of the same process is not held up."""
        if threading.current_thread() is not self._thread:
            return work()
        self.asks = said
        self._stopped.release()
        self._go.acquire()
        return self._sent(work)

    def _sent(self, work: Work) -> Any:
        if self._fate == "lost":
            raise Passing("the request was lost")
        if self._fate == "killed in the air":
            self.late = work
        if self._fate in ("killed", "killed in the air"):
            raise Killed
        answer = work()
        if self._fate == "killed after":
            raise Killed
        if self._fate == "unheard":
            raise Passing("the answer was lost")
        return answer

    def turn(self, fate: Fate = "done") -> None:
        """Let its request be sent, and wait until it asks for the next or has ended."""
        assert not self.ended
        self._fate = fate
        self._go.release()
        self._stopped.acquire()

    def _run(self) -> None:
        try:
            self.answer = self._work(self)
        except BaseException as error:
            self.error = error
        self.ended = True
        self._stopped.release()
