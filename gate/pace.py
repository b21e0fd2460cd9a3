"""How often one person may do something: more is no person."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Hashable


class Pace:
    """At most so many times within so many seconds. Who is told to wait, and tries, need not wait longer for it."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most, self._seconds = most, seconds
        self._done: dict[Hashable, deque[float]] = {}

    def wait(self, who: Hashable, now: float) -> float:
        """0 if it may be done now, which then counts as done; otherwise the whole seconds until it may."""
        self._forget(now)
        done = self._done.setdefault(who, deque())
        if len(done) >= self.most:
            return math.ceil(done[0] + self._seconds - now)
        done.append(now)
        return 0

    def _forget(self, now: float) -> None:
        for who, done in list(self._done.items()):
            while done and done[0] <= now - self._seconds:
                done.popleft()
            if not done:
                del self._done[who]
