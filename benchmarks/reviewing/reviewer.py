"""One reviewer: looks through the pages, and decides now and then."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from websockets.exceptions import WebSocketException

from benchmarks.reviewing.seat import Broken, Seat

ENDS = {
    "promoted": "Promoted: the candidate is the best now",
    "rejected": "Rejected; no tag moved",
    "refused": "Not carried out, nothing moved",
    "cut short": "Cut short",
    "overtaken": "This changed since you clicked",
}
PEOPLE = ("noor", "mira", "tomas")  # who may decide in the sandbox
PAGES = ("", "history", "ledger", "drift", "classes", "review", "retraining")
DECIDING = 0.3  # of what a reviewer does
DEAD = (Broken, WebSocketException, OSError, KeyError)


@dataclass
class Reviewer:
    """``seen`` counts pages by name, ``ends`` decisions by what the page said became of them, ``decided`` keeps each
    with its pull request, ``refusals`` why not; ``waits`` are seconds.
    """

    number: int
    url: str
    pulls: Sequence[int]
    pause: float
    chance: random.Random
    seen: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    decided: set[tuple[str, int]] = field(default_factory=set)
    waits: list[float] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)

    async def work(self, until: float) -> None:
        await asyncio.sleep(self.chance.uniform(0, self.pause))
        while time.monotonic() < until:
            try:
                await (self.decide() if self.chance.random() < DECIDING else self.browse(self.chance.choice(PAGES)))
            except DEAD as error:
                self.troubles.append(f"reviewer {self.number}: {type(error).__name__}: {error}")
            await asyncio.sleep(self.chance.uniform(0.5, 1.5) * self.pause)

    async def browse(self, page: str) -> None:
        """Stay a while, as readers do."""
        async with self._seat(page, self.chance.choice(self.pulls)) as seat:
            await self._settle(seat)
            await asyncio.sleep(self.chance.uniform(0, self.pause))

    def _seat(self, page: str, pull: int) -> Seat:
        query = "?scope=owls" if page else ""
        if page in ("classes", "review"):
            query += f"&pr={pull}"
        return Seat(self.url, page, query, self.login)

    @property
    def login(self) -> str:
        return PEOPLE[self.number % len(PEOPLE)]

    async def _settle(self, seat: Seat) -> None:
        start = time.monotonic()
        await seat.until(lambda: seat.texts, "text")
        await seat.rest()
        self.waits.append(time.monotonic() - start)
        self.seen[seat.page or "inbox"] += 1

    async def decide(self) -> None:
        """Where it may be decided: approve mostly, reject sometimes. It may be decided by others meanwhile."""
        verb = "Approve" if self.chance.random() < 0.75 else "Reject"
        pull = self.chance.choice(self.pulls)
        async with self._seat("review", pull) as seat:
            await self._settle(seat)
            end = await self._decided(seat, verb)
            self.ends[end] += 1
            self.decided.add((end, pull))

    async def _decided(self, seat: Seat, verb: str) -> str:
        await seat.until(lambda: f"{verb}…" in seat.buttons, "buttons")
        if seat.buttons[f"{verb}…"].disabled:
            return "closed"
        await seat.click(f"{verb}…")
        await seat.until(lambda: "Comment" in seat.fields or _end(seat), "dialog")
        if "Comment" in seat.fields:
            await seat.write("Comment", f"as reviewer {self.number} saw it")
            own = f"{verb} as {self.login}"
            await seat.until(lambda: own in seat.buttons and not seat.buttons[own].disabled, "way to decide")
            await seat.click(own)
            await seat.until(lambda: _end(seat), "end of the decision")
        if (end := _end(seat)) == "refused":
            self.refusals["; ".join(seat.alerts)] += 1
        return end


def _end(seat: Seat) -> str:
    said = "\n".join(seat.alerts)
    return next((name for name, words in ENDS.items() if words in said), "")
