"""A page in a real browser while it is read anew: it comes to rest, and closes no dialog under a reader's hands."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, WebSocket, expect

from pages._reading import SELDOM
from tests.browser import PATIENCE, chromium, dashboard, needs_chromium
from tests.small_world import SmallWorld

pytestmark = needs_chromium
MOMENT = 4_000 * SELDOM  # milliseconds: several looks at what is being read


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as tab:
        yield tab


@pytest.fixture
def alarmed(owls: SmallWorld) -> SmallWorld:
    """The tag is on two runs: a person must choose."""
    for _ in range(2):
        owls.run(owls.main(), {"test/accuracy": [0.8]}, tags=["best"])
    return owls


def refresh(page: Page) -> None:
    page.get_by_role("button", name="As of").or_(page.get_by_role("button", name="Refresh")).click()


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def test_a_page_with_nothing_new_to_say_comes_to_rest(alarmed: SmallWorld, page: Page) -> None:
    heard: list[str | bytes] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: heard.append(frame))

    page.on("websocket", listen)
    with dashboard(alarmed) as url:
        page.goto(url)
        expect(page.get_by_role("button", name="Adopt…")).to_be_visible(timeout=PATIENCE)
        page.wait_for_timeout(MOMENT)
        told = len(heard)
        refresh(page)
        page.wait_for_timeout(MOMENT)
        assert len(heard) > told
        told = len(heard)
        page.wait_for_timeout(MOMENT)
        assert len(heard) == told


def test_a_dialog_stays_while_news_arrive_which_are_shown_after_it(alarmed: SmallWorld, page: Page) -> None:
    read = threading.Event()
    with dashboard(alarmed) as url:
        page.goto(url)
        button = page.get_by_role("button", name="Adopt…")
        expect(button).to_be_visible(timeout=PATIENCE)
        page.wait_for_timeout(MOMENT)
        alarmed.pull("A newcomer")
        alarmed.forge.overtake("/pulls", read.wait)
        refresh(page)
        button.click()
        expect(dialog(page)).to_be_visible(timeout=PATIENCE)
        read.set()
        page.wait_for_timeout(MOMENT)
        expect(dialog(page)).to_be_visible()
        expect(page.get_by_text("A newcomer")).not_to_be_visible()
        page.keyboard.press("Escape")
        expect(dialog(page)).not_to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text("A newcomer").first).to_be_visible(timeout=PATIENCE)
