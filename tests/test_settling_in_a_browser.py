"""The Ledger page and the inbox's alarm in a real browser: rolling back, and restoring a tag moved by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from gate.workflow import decide
from tests.browser import PATIENCE, chromium, dashboard, needs_chromium
from tests.reviewer import a_better_candidate, decision
from tests.small_world import SmallWorld

pytestmark = needs_chromium


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as tab:
        yield tab


def answer(page: Page, button: str) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Comment").fill("recall fell")
    dialog.get_by_label("Comment").press("Control+Enter")
    expect(dialog.get_by_role("button", name=button)).to_be_enabled(timeout=PATIENCE)
    dialog.get_by_role("button", name=button).click()


def test_an_earlier_best_is_chosen_and_is_the_best_again(owls: SmallWorld, page: Page) -> None:
    number, best, candidate = a_better_candidate(owls)
    decide(owls.connect(), decision(owls, number))
    with dashboard(owls) as url:
        page.goto(f"{url}/ledger")
        expect(page.get_by_text(f"best is run {candidate}")).to_be_visible(timeout=PATIENCE)
        page.get_by_role("button", name="Roll back…").click()
        answer(page, "Roll back as noor")
        expect(page.get_by_text("Rolled back: the earlier model is the best again.")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text(f"best is run {best}")).to_be_visible(timeout=PATIENCE)
    assert owls.holders() == [best]


def test_a_tag_moved_by_hand_is_an_alarm_in_the_inbox_until_a_person_chooses(owls: SmallWorld, page: Page) -> None:
    number, _, candidate = a_better_candidate(owls)
    decide(owls.connect(), decision(owls, number))
    owls.run(owls.main(), tags=["best"])
    with dashboard(owls) as url:
        page.goto(url)
        expect(page.get_by_text("Nothing is promoted until a person chooses.")).to_be_visible(timeout=PATIENCE)
        page.get_by_role("button", name="Restore…").click()
        answer(page, "Restore as noor")
        expect(page.get_by_text("Restored: the ledger's best alone holds the tag again.")).to_be_visible(
            timeout=PATIENCE
        )
    assert owls.holders() == [candidate]
