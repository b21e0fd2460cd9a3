"""Inbox and Review in a real browser: by keyboard alone, by address, back and forward, on a phone, in the dark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from starlette.responses import PlainTextResponse

from tests.accessibility import SCHEMES, faults, ready, shaded
from tests.browser import PATIENCE, chromium, dashboard, needs_chromium
from tests.small_world import CLASSES_RULE, POLICY, SmallWorld, small_world
from tests.test_browser import BETTER, ROWS

pytestmark = needs_chromium
FOCUSED = "(e => e.matches('a, button, textarea') ? e.innerText || e.ariaLabel || '' : '')(document.activeElement)"
PASSED, TITLE = "Passed: every rule is met", "Look at both eyes"


@dataclass(frozen=True)
class Desk:
    """One dashboard before a world with a clear case (1), a candidate that fails (2) and one not trained yet (3)."""

    world: SmallWorld
    url: str
    best: str
    better: str

    def review(self, number: int = 1) -> str:
        return f"{self.url}/review?pr={number}&scope=owls"


@contextmanager
def desk_in(folder: Path) -> Iterator[Desk]:
    with pytest.MonkeyPatch.context() as patch, small_world(folder / "sandbox") as world:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        world.set_policy(POLICY + CLASSES_RULE)
        best = world.run(world.main(), {"test/accuracy": [0.5]}, tags=["best"], rows=ROWS)
        better, worse, _ = (world.pull(title) for title in (TITLE, "Shut both eyes", "Look again"))
        run = world.run(better.head.sha, {"test/accuracy": [1.0]}, rows=BETTER)
        world.run(worse.head.sha, {"test/accuracy": [0.2]}, rows=ROWS)
        with dashboard(world, acting="noor,mira,lena") as url:
            yield Desk(world, url, best, run)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Of all tests that decide nothing."""
    with desk_in(tmp_path_factory.mktemp("desk")) as made:
        yield made


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as tab:
        yield tab


def opened(page: Page, address: str, said: str = PASSED) -> None:
    page.goto(address)
    expect(page.get_by_text(said).first).to_be_visible(timeout=PATIENCE)
    ready(page)


def act_as(page: Page, login: str) -> None:
    page.get_by_role("combobox", name="Acting as").click()
    page.get_by_role("option", name=login).click()


def tab_to(page: Page, said: str, most: int = 60) -> int:
    """Press Tab until what has the focus says this; how often it took."""
    for presses in range(1, most + 1):
        page.keyboard.press("Tab")
        if said in page.evaluate(FOCUSED):
            return presses
    raise AssertionError(f"{most} times Tab do not lead to {said!r}")


def test_the_verdict_comes_first_and_the_decision_says_what_it_does(desk: Desk, page: Page) -> None:
    opened(page, desk.review())
    headings = page.get_by_role("heading").all_inner_texts()
    asked = ["What changed?", "What will approving do?", "How sure is that, and how far from each limit?"]
    assert headings == [TITLE, *asked, "Which classes change?"]
    card = page.locator(".st-key-decide")
    moves = f"Tag best moves from run {desk.best[:12]}, the best now, to run {desk.better[:12]}, this candidate."
    expect(card.get_by_role("listitem").first).to_contain_text(moves)
    expect(card.get_by_role("listitem").nth(1)).to_contain_text("turns green, so pull request #1 may be merged")
    expect(card.get_by_text("To undo it: anyone with write permission on skyline/owls")).to_be_visible()
    assert card.locator("button[kind=primary]").count() == 1
    icon = page.locator("link[rel~=icon]").first.get_attribute("href") or ""
    assert icon.endswith(".png")
    assert not icon.startswith("http") or icon.startswith(desk.url)


def test_back_forward_and_a_reload_keep_the_candidate(desk: Desk, page: Page) -> None:
    opened(page, desk.url, TITLE)
    page.get_by_role("link", name="Review #1").click()
    expect(page.get_by_text(PASSED)).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="All 2 classes").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Classes", timeout=PATIENCE)
    page.go_back()
    expect(heading).to_have_text(TITLE, timeout=PATIENCE)
    page.go_back()
    expect(heading).to_have_text("Inbox", timeout=PATIENCE)
    page.go_forward()
    expect(heading).to_have_text(TITLE, timeout=PATIENCE)
    page.reload()
    expect(page.get_by_text(PASSED)).to_be_visible(timeout=PATIENCE)
    assert page.url == desk.review()


def test_two_tabs_show_two_candidates_side_by_side(desk: Desk, page: Page) -> None:
    other = page.context.new_page()
    opened(page, desk.review())
    opened(other, desk.review(2), "Failed: this candidate must not replace the best")
    expect(page).to_have_title("Review · Promotion Gate")
    for tab, title in ((page, TITLE), (other, "Shut both eyes")):
        tab.reload()
        expect(tab.get_by_role("heading", level=1)).to_have_text(title, timeout=PATIENCE)


def test_what_cannot_be_approved_says_why_in_place_of_what_would_happen(desk: Desk, page: Page) -> None:
    for number, why in ((2, "the verdict is failed"), (3, "no run of this commit can be a candidate")):
        opened(page, desk.review(number), "What will approving do?")
        expect(page.locator(".st-key-decide").get_by_text(f"Nothing: {why}")).to_be_visible()
        expect(page.get_by_role("button", name="Approve…")).to_be_disabled()
    expect(page.get_by_text("more rules cannot be judged without it")).to_be_visible()


def test_who_may_not_decide_reads_it_before_writing_a_comment(desk: Desk, page: Page) -> None:
    opened(page, desk.review())
    buttons = [page.get_by_role("button", name=name) for name in ("Approve…", "Reject…")]
    for login, said, open_to in (
        ("mira", "mira wrote this pull request; another person must approve it", (False, True)),
        ("lena", "lena has read permission on skyline/owls; deciding needs write", (False, False)),
        ("noor", "To undo it", (True, True)),
    ):
        act_as(page, login)
        expect(page.get_by_text(said)).to_be_visible(timeout=PATIENCE)
        for button, is_open in zip(buttons, open_to, strict=True):
            expect(button).to_be_enabled(enabled=is_open, timeout=PATIENCE)


def test_the_inbox_shows_first_what_can_be_decided(desk: Desk, page: Page) -> None:
    opened(page, desk.url, TITLE)
    expect(page.get_by_text("1 ready to decide, 2 cannot be approved")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("link", name="Review #")).to_contain_text(["#1", "#3", "#2"], timeout=PATIENCE)


def test_a_phone_shows_all_of_it_and_its_dialog_without_a_fault_also_at_night(desk: Desk) -> None:
    with chromium(width=390, height=800) as phone:
        for address, said in ((desk.url, TITLE), (desk.review(), PASSED)):
            opened(phone, address, said)
            for part in ("html", "[data-testid=stMain]"):
                assert phone.locator(part).evaluate("part => part.scrollWidth") == 390, address
        phone.get_by_role("button", name="Approve…").click()
        expect(phone.get_by_role("dialog").get_by_role("button", name="Approve as noor")).to_be_in_viewport()
        for scheme in SCHEMES:
            shaded(phone, scheme)
            assert faults(phone) == [], scheme


def test_a_limit_of_requests_says_when_to_try_again(desk: Desk, page: Page) -> None:
    limit = PlainTextResponse("slow down", 429, {"Retry-After": "120"})
    desk.world.forge.answer("pulls/4", "", limit)
    page.goto(desk.review(4))
    expect(page.get_by_text("Try again in 120 seconds: a limit of requests is reached")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


@pytest.fixture
def own_desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path) as made:
        yield made


def test_from_the_inbox_to_a_promoted_model_by_keyboard_alone(own_desk: Desk, page: Page) -> None:
    desk = own_desk
    opened(page, desk.url, TITLE)
    presses = tab_to(page, "Review #1")
    page.keyboard.press("Enter")
    expect(page.get_by_text(PASSED)).to_be_visible(timeout=PATIENCE)
    ready(page)
    presses += tab_to(page, "Approve…")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible(timeout=PATIENCE)
    ready(page)
    presses += tab_to(page, "Comment")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("dialog")).to_be_visible()  # without a comment the form stays
    page.keyboard.type("sees both eyes")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Promoted: the candidate is the best now.")).to_be_visible(timeout=PATIENCE)
    assert desk.world.holders() == [desk.better]
    assert presses < 60
