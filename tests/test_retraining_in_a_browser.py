"""The Retraining page in a real browser: a training is asked for, followed while it runs, and found in review."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import PATIENCE, chromium, dashboard, needs_chromium
from tests.retraining_world import loop_in
from tests.small_world import SmallWorld

pytestmark = needs_chromium


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as tab:
        yield tab


def test_a_training_is_asked_for_followed_and_found_in_review(owls: SmallWorld, page: Page) -> None:
    loop = loop_in(owls)
    loop.turn()
    owls.report(loop.best, "learning/loss", [2.0, 1.5, 1.2, 1.0])
    with dashboard(owls) as url:
        page.goto(f"{url}/retraining?scope=owls")
        page.get_by_role("button", name="Retrain now…").click(timeout=PATIENCE)
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Reason").fill("labels of May were corrected")
        dialog.get_by_label("Reason").press("Control+Enter")
        ask = dialog.get_by_role("button", name="Retrain as noor")
        expect(ask).to_be_enabled(timeout=PATIENCE)
        ask.dblclick()
        expect(page.get_by_text("The training is queued")).to_be_visible(timeout=PATIENCE)
        (clone,) = loop.clones()
        flight = page.locator("[class*='st-key-flight-']")
        expect(flight.get_by_text("queued")).to_be_visible(timeout=PATIENCE)
        owls.call("tasks.started", {"task": clone["id"]})
        owls.report(clone["id"], "learning/loss", [1.9, 1.4])
        expect(flight.get_by_text("50% of the points that the base reported")).to_be_visible(timeout=PATIENCE)
        expect(flight.locator(".js-plotly-plot").first).to_be_visible(timeout=PATIENCE)
        owls.report(clone["id"], "test/accuracy", [0.9])
        owls.call("tasks.completed", {"task": clone["id"]})
        (cycle,) = loop.turn().ended
        page.goto(f"{url}/retraining?scope=owls&training={cycle.key}")
        link = page.get_by_role("link", name="Review pull request 1")
        expect(link).to_be_visible(timeout=PATIENCE)
        link.click()
        expect(page).to_have_url(re.compile(r"/review\?.*pr=1"), timeout=PATIENCE)
        expect(page.get_by_text("Retrain owls on version 1.0.0")).to_be_visible(timeout=PATIENCE)
    assert len(loop.clones()) == 1, "a second click did nothing"
