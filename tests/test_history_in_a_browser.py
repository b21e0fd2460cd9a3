"""The pages History and Compare in a real browser: from thousands of runs to one, and from one to another."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from gate.workflow import decide
from tests.browser import PATIENCE, chromium, dashboard, needs_chromium
from tests.chronicles import document
from tests.reviewer import a_better_candidate, decision
from tests.small_world import SmallWorld

pytestmark = needs_chromium

MANY = 3_000
HOSTILE = "<b>x</b> $y$ :red[z] ![](http://e.example/x.png)"


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as tab:
        yield tab


def query(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def marks(page: Page) -> Locator:
    """The points of the picture's last trace but those of events: medians, or runs."""
    return page.locator(".js-plotly-plot").first.locator(".scatterlayer .trace path.point")


def click(page: Page, mark: Locator) -> None:
    """In its middle: the layer above it listens."""
    expect(mark).to_be_visible(timeout=PATIENCE)
    box = mark.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".hoverlayer .hovertext").first).to_be_visible(timeout=PATIENCE)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_from_thousands_of_runs_to_one_and_back_to_an_earlier_best(owls: SmallWorld, page: Page) -> None:
    owls.stored([document(number, 0.5 + number / MANY / 4, tags=[HOSTILE]) for number in range(MANY)])
    number, best, candidate = a_better_candidate(owls)
    decide(owls.connect(), decision(owls, number, comment=HOSTILE))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with dashboard(owls) as url:
        page.goto(f"{url}/history")
        expect(page.get_by_text(re.compile("3,002 of 3,002 runs, in .* stretches"))).to_be_visible(timeout=PATIENCE)
        snapshot(page, "many")
        click(page, marks(page).nth(20))
        expect(page.get_by_text("each by itself; click one to open it")).to_be_visible(timeout=PATIENCE)
        assert {"from", "until"} <= query(page).keys()
        expect(page.locator(".legendtext").get_by_text("runs", exact=True)).to_be_visible(timeout=PATIENCE)
        click(page, marks(page).nth(2))
        expect(page.get_by_text("Where does this run come from?")).to_be_visible(timeout=PATIENCE)
        run = query(page)["run"]
        expect(page.get_by_text(f"run {run[:12]}", exact=True)).to_be_visible(timeout=PATIENCE)
        page.reload()
        expect(page.get_by_text("Where does this run come from?")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text("each by itself; click one to open it")).to_be_visible(timeout=PATIENCE)
        snapshot(page, "one")
        page.get_by_role("link", name="Compare with the best").click()
        expect(page.get_by_role("heading", name="Compare two runs")).to_be_visible(timeout=PATIENCE)
        assert query(page) == {"a": candidate, "b": run, "scope": "owls"}
        expect(page.get_by_text(re.compile("Code: .* differ"))).to_be_visible(timeout=PATIENCE)
        page.goto(f"{url}/history?decided=true")
        page.get_by_role("button", name="Roll back…").click(timeout=PATIENCE)
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Comment").fill("recall fell")
        expect(dialog.get_by_role("button", name="Roll back as noor")).to_be_enabled(timeout=PATIENCE)
        dialog.get_by_role("button", name="Roll back as noor").click()
        expect(page.get_by_text(f"best is run {best[:12]}")).to_be_visible(timeout=PATIENCE)
    assert owls.holders() == [best]
    assert {urlsplit(each).hostname for each in asked} == {"127.0.0.1"}


def snapshot(page: Page, name: str) -> None:
    """For people, where they ask for it."""
    if folder := os.environ.get("GATE_SNAPSHOTS"):
        page.wait_for_timeout(2_000)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
