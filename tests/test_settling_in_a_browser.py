"""The Ledger page and the inbox's alarm in a real browser: rolling back, and restoring a tag moved by hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from gate.desk import INTERVAL
from gate.workflow import decide
from gate.workflow.statuses import APPROVAL
from tests.browser import PATIENCE, chromium, dashboard, needs_chromium
from tests.reviewer import a_better_candidate, a_minute_ago, decision
from tests.small_world import SmallWorld

pytestmark = needs_chromium


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as tab:
        yield tab


def answer(page: Page, button: str) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Comment").fill("recall fell")
    dialog.get_by_role("button", name=button).click()


class Killed(BaseException):
    """As if the process were gone."""


def killed(steps: int) -> Callable[[str], None]:
    """Dies when it is told of this many steps."""
    told: list[str] = []

    def hear(step: str) -> None:
        told.append(step)
        if len(told) == steps:
            raise Killed

    return hear


def rests(owls: SmallWorld, commit: str) -> None:
    """Within one interval of the worker."""
    end = time.monotonic() + INTERVAL
    while owls.connect().forge.status(commit, APPROVAL) != "success" and time.monotonic() < end:
        time.sleep(0.5)


def test_after_a_kill_the_next_start_finishes_and_the_reviewer_sees_what_happened(owls: SmallWorld, page: Page) -> None:
    number, _, candidate = a_better_candidate(owls)
    click = decision(owls, number, comment="better on **owls**")
    dead = replace(a_minute_ago(owls.connect()), worker="host:1:dead")
    with pytest.raises(Killed):
        decide(dead, click, killed(4))  # the tag was added, and not yet taken from the old best
    assert len(owls.holders()) == 2
    with dashboard(owls) as url:
        page.goto(url)  # the first visitor starts the worker
        rests(owls, owls.as_user("noor").get_pull(number).head.sha)
        page.goto(f"{url}/review?pr={number}&scope=owls")
        timeline = page.locator(".st-key-timeline")
        expect(timeline.get_by_text("it is the best: the tag moved")).to_be_visible(timeout=PATIENCE)
        lines = timeline.get_by_role("listitem").all_inner_texts()
    assert owls.holders() == [candidate]
    assert [line.split(" UTC ")[1].split(" (")[0].strip() for line in lines] == [
        "approved by noor: better on **owls**",
        "the process that carried this out stopped; another one went on",
        "it is the best: the tag moved, then the commit turned green",
    ]


def test_an_earlier_best_is_chosen_and_is_the_best_again(owls: SmallWorld, page: Page) -> None:
    number, best, candidate = a_better_candidate(owls)
    decide(owls.connect(), decision(owls, number))
    with dashboard(owls) as url:
        page.goto(f"{url}/ledger")
        expect(page.get_by_text(f"best is run {candidate[:12]}")).to_be_visible(timeout=PATIENCE)
        page.get_by_role("button", name="Roll back…").click()
        answer(page, "Roll back as noor")
        expect(page.get_by_text("Rolled back: the earlier model is the best again.")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text(f"best is run {best[:12]}")).to_be_visible(timeout=PATIENCE)
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
