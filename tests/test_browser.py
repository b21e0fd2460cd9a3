"""The way through in a real browser: inbox, review, approve; and a cold deep link."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from gate.connect import connect
from gate.workflow.book import verify
from gate.workflow.reconcile import APPROVAL
from gate.workflow.scopes import places
from tests.browser import PATIENCE, chromium, dashboard, free_port, needs_chromium
from tests.small_world import CLASSES_RULE, POLICY, SmallWorld

ROWS = [(f"{number}", "owl" if number % 2 else "cat", "owl") for number in range(40)]
BETTER = [(ident, truth, truth) for ident, truth, _ in ROWS]
pytestmark = needs_chromium


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as tab:
        yield tab


def candidate(world: SmallWorld) -> tuple[int, str, str]:
    world.set_policy(POLICY + CLASSES_RULE)
    best = world.run(world.main(), {"test/accuracy": [0.5]}, tags=["best", "keep"], rows=ROWS)
    pull = world.pull("Look at both eyes")
    return pull.number, best, world.run(pull.head.sha, {"test/accuracy": [1.0]}, tags=["mine"], rows=BETTER)


def test_from_the_inbox_to_a_promoted_model(owls: SmallWorld, page: Page) -> None:
    number, best, run = candidate(owls)
    with dashboard(owls) as url:
        page.goto(url)
        expect(page.get_by_text("Look at both eyes")).to_be_visible(timeout=PATIENCE)
        page.locator(f".st-key-card-{number}-owls").get_by_role("link", name="Review").click()
        expect(page.get_by_text("Passed: every rule is met")).to_be_visible(timeout=PATIENCE)
        approve(page, "sees both eyes")
        expect(page.get_by_text("Promoted: the candidate is the best now.")).to_be_visible(timeout=PATIENCE)
        page.reload()
        expect(page.get_by_text("it is the best: the tag moved, then the commit turned green")).to_be_visible(
            timeout=PATIENCE
        )
    assert owls.tags(best) == ["keep"]
    assert owls.tags(run) == ["best", "mine"]
    world = connect(owls.environment)
    assert world.forge.status(owls.as_user("noor").get_pull(number).head.sha, APPROVAL) == "success"
    assert verify(world.forge, places(world)[0]) == 3


def approve(page: Page, comment: str) -> None:
    write_comment(page, comment).click()


def write_comment(page: Page, comment: str) -> Locator:
    """Open the dialog and write; the answer is the button that decides."""
    page.get_by_role("button", name="Approve…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("this candidate. All other tags stay.")).to_be_visible(timeout=PATIENCE)
    dialog.get_by_label("Comment").fill(comment)
    return dialog.get_by_role("button", name="Approve as noor")


def test_a_cold_deep_link_shows_the_page_inside_the_frame(owls: SmallWorld, page: Page) -> None:
    number, *_ = candidate(owls)
    with dashboard(owls) as url:
        page.goto(f"{url}/review?pr={number}&scope=owls")
        expect(page.get_by_text("Passed: every rule is met")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text("Acting as")).to_be_visible()
        expect(page.get_by_role("link", name="Inbox")).to_be_visible()


def test_no_page_asks_another_machine_for_anything(owls: SmallWorld, page: Page) -> None:
    number, *_ = candidate(owls)
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    with dashboard(owls) as url:
        for path in ("/", f"/review?pr={number}&scope=owls"):
            page.goto(url + path)
            expect(page.get_by_text("Look at both eyes").first).to_be_visible(timeout=PATIENCE)
            page.wait_for_load_state("networkidle")
    assert asked
    assert [each for each in asked if not each.startswith((url, "data:", "blob:"))] == []


def test_without_an_identity_nothing_can_be_decided(owls: SmallWorld, page: Page) -> None:
    number, *_ = candidate(owls)
    with dashboard(owls, acting="") as url:
        page.goto(f"{url}/review?pr={number}&scope=owls")
        expect(page.get_by_text("nobody is signed in")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_role("button", name="Approve…")).to_be_disabled()


def test_two_tabs_that_approve_at_once_promote_once(owls: SmallWorld, page: Page) -> None:
    number, best, run = candidate(owls)
    with dashboard(owls) as url:
        other = page.context.new_page()
        for tab in (page, other):
            tab.goto(f"{url}/review?pr={number}&scope=owls")
            expect(tab.get_by_text("Passed: every rule is met")).to_be_visible(timeout=PATIENCE)
            write_comment(tab, "sees both eyes")
        for tab in (page, other):
            tab.get_by_role("dialog").get_by_role("button", name="Approve as noor").dblclick()
        ends = re.compile("Promoted: the candidate is the best now|Not carried out, nothing moved")
        for tab in (page, other):
            expect(tab.get_by_text(ends)).to_be_visible(timeout=PATIENCE)
        told = sorted(tab.get_by_text(ends).inner_text()[:8] for tab in (page, other))
        assert told == ["Not carr", "Promoted"], "whichever tab the worker heard first"
    world = connect(owls.environment)
    assert verify(world.forge, places(world)[0]) == 3, "bootstrap, approve, promoted: and nothing of the second"
    assert (owls.tags(best), owls.tags(run)) == (["keep"], ["best", "mine"])


def test_an_empty_inbox_says_when_a_candidate_will_appear(owls: SmallWorld, page: Page) -> None:
    with dashboard(owls) as url:
        page.goto(url)
        expect(page.get_by_text("No pull request is open.")).to_be_visible(timeout=PATIENCE)


def test_a_dead_service_is_explained_with_what_to_do(owls: SmallWorld, page: Page) -> None:
    owls.pull("Look at both eyes")
    owls.environment["CLEARML_API_HOST"] = f"http://127.0.0.1:{free_port()}"
    with dashboard(owls) as url:
        page.goto(url)
        expect(page.get_by_text("Nothing was changed. Try again")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_a_pull_request_that_does_not_exist_is_explained(owls: SmallWorld, page: Page) -> None:
    with dashboard(owls) as url:
        page.goto(f"{url}/review?pr=4711")
        expect(page.get_by_text("go back to the inbox")).to_be_visible(timeout=PATIENCE)


def test_the_browser_asks_nobody_but_the_dashboard(owls: SmallWorld, page: Page) -> None:
    number, *_ = candidate(owls)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with dashboard(owls) as url:
        for path in ("", f"/review?pr={number}", f"/classes?pr={number}"):
            page.goto(url + path)
            expect(page.get_by_text("Look at both eyes").first).to_be_visible(timeout=PATIENCE)
            page.wait_for_load_state("networkidle")
        assert {address for address in asked if not address.startswith((url, "data:", "blob:"))} == set()
