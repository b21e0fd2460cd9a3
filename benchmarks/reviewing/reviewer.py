"""One reviewer with a browser of their own: looks through the pages, and decides now and then."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as BrowserError

PATIENCE = 90_000.0  # milliseconds
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
BROKEN = "[data-testid=stException]"
ENDS = {
    "promoted": "Promoted: the candidate is the best now",
    "rejected": "Rejected; no tag moved",
    "refused": "Not carried out, nothing moved",
    "cut short": "Cut short",
}
ENDED = re.compile("|".join(ENDS.values()))
BROWSED = ("/", "/history?scope=owls", "/ledger", "/drift?scope=owls", "/classes", "/review", "/retraining")
DECIDING = 0.3  # of what a reviewer does


@dataclass
class Reviewer:
    """``seen`` counts pages by their path, ``ends`` decisions by what the page said became of them."""

    number: int
    context: BrowserContext
    url: str
    pulls: Sequence[int]
    pause: float
    chance: random.Random
    seen: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    async def work(self, until: float) -> None:
        page = await self.context.new_page()
        await asyncio.sleep(self.chance.uniform(0, self.pause))
        while time.monotonic() < until:
            try:
                await (self.decide(page) if self.chance.random() < DECIDING else self.browse(page))
            except BrowserError as error:
                self.troubles.append(f"reviewer {self.number}: {str(error)[:300]}")
            await asyncio.sleep(self.chance.uniform(0.5, 1.5) * self.pause)

    async def browse(self, page: Page) -> None:
        path = self.chance.choice(BROWSED)
        await self.open(page, path, self._about() if path in ("/classes", "/review") else "")

    async def open(self, page: Page, path: str, query: str = "") -> None:
        start = time.monotonic()
        await page.goto(f"{self.url}{path}{query}", timeout=PATIENCE)
        await page.wait_for_selector("h1, [data-testid=stHeading]", timeout=PATIENCE)
        await page.wait_for_selector(IDLE, timeout=PATIENCE)
        self.waits.append(time.monotonic() - start)
        self.seen[path.partition("?")[0]] += 1
        if broken := await page.locator(BROKEN).all_inner_texts():
            self.troubles.append(f"{path}: {broken[0][:300]}")

    def _about(self) -> str:
        return f"?pr={self.chance.choice(self.pulls)}&scope=owls"

    async def decide(self, page: Page) -> None:
        """Where it may be decided: approve mostly, reject sometimes."""
        await self.open(page, "/review", self._about())
        verb = "Approve" if self.chance.random() < 0.75 else "Reject"
        button = page.get_by_role("button", name=f"{verb}…")
        await button.wait_for(timeout=PATIENCE)
        if not await button.is_enabled():
            self.ends["closed"] += 1
            return
        await button.click(timeout=PATIENCE)
        dialog = page.get_by_role("dialog")
        comment = dialog.get_by_label("Comment")
        await comment.fill(f"as reviewer {self.number} saw it", timeout=PATIENCE)
        await comment.press("Control+Enter")
        await dialog.get_by_role("button", name=re.compile(f"^{verb} as ")).click(timeout=PATIENCE)
        said = page.get_by_test_id("stAlert").filter(has_text=ENDED).first
        await said.wait_for(timeout=PATIENCE)
        text = await said.inner_text()
        self.ends[next(name for name, words in ENDS.items() if words in text)] += 1
