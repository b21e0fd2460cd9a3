"""Drift, History, Compare, Retraining and Ledger in a real browser: found cold, left, come back to, small and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from gate.workflow import decide
from tests.browser import PATIENCE, browser, dashboard, needs_chromium
from tests.drift_world import watched
from tests.retraining_world import LOOP, with_data
from tests.reviewer import decision
from tests.small_world import small_world

pytestmark = needs_chromium
CHART, TABLE = "[data-testid=stPlotlyChart]", "[data-testid=stDataFrame]"
TABS = 80  # presses, at most
POLICY = f'chunk = "7d"\nmin_rows = 100\n[predictions]\nslices = ["site"]\n{LOOP}'


@dataclass(frozen=True)
class Place:
    """A page with what it is about: its address, its title, and the beginning of its answer."""

    path: str
    title: str
    answer: str


PLACES = {
    "drift": Place("drift?scope=owls", "Drift", "Since 1 May 2013 confidence"),
    "history": Place("history?scope=owls", "History", "The best since .* is run"),
    "lineage": Place("history?scope=owls&run={best}", "History", "Trained from commit .* It is the best model"),
    "compare": Place("compare?a={best}&b={candidate}&scope=owls", "Compare two runs", "B differs from A in"),
    "retraining": Place("retraining?scope=owls", "Retraining", "Nothing is started now: version 1.1.0 is new"),
    "ledger": Place("ledger", "Ledger", "records in 1 scope, and every hash is in place"),
}
EVERY = pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)


@dataclass(frozen=True)
class Site:
    url: str
    best: str
    candidate: str

    def address(self, place: Place) -> str:
        return f"{self.url}/{place.path.format(best=self.best, candidate=self.candidate)}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A model that drifted, a candidate that was sent back, and a dataset with a version that is new."""
    folder = tmp_path_factory.mktemp("browsing")
    with pytest.MonkeyPatch.context() as patch, small_world(folder / "sandbox") as world:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        ids = watched(world, folder, POLICY)
        decide(world.connect(), decision(world, int(ids["pull"]), kind="changes", comment="look at the north"))
        loop = with_data(world, ids["best"])
        loop.version("1.0.0", rows=1_000)
        loop.turn()
        loop.version("1.1.0", rows=3_000)
        with dashboard(world) as url:
            yield Site(url, ids["best"], ids["candidate"])


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture
def visitor(started: Browser) -> Iterator[BrowserContext]:
    """Somebody with a browser of their own, at a desk."""
    context = started.new_context(viewport={"width": 1440, "height": 1000})
    yield context
    context.close()


def answered(page: Page, place: Place) -> None:
    """The page is there, with its answer, and at rest."""
    expect(page.get_by_role("heading", name=place.title, exact=False).first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(re.compile(place.answer)).first).to_be_visible(timeout=PATIENCE)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=PATIENCE)


def query(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


@EVERY
def test_a_cold_link_answers_first_and_a_reload_shows_the_same(
    site: Site, visitor: BrowserContext, place: Place
) -> None:
    page = visitor.new_page()
    page.goto(site.address(place))
    answered(page, place)
    assert page.url == site.address(place)
    assert above(page, place.answer) or place is PLACES["lineage"], "which opens below the picture"
    told_in_words(page)
    page.reload()
    answered(page, place)
    assert page.url == site.address(place)


def above(page: Page, answer: str) -> bool:
    """Whether the answer stands higher than every chart and table."""
    said = page.get_by_text(re.compile(answer)).first.bounding_box()
    shown = [each.bounding_box() for each in page.locator(f"{CHART}, {TABLE}").all()]
    assert said is not None
    return all(box["y"] > said["y"] for box in shown if box)


def told_in_words(page: Page) -> None:
    """Who sees no picture hears what it shows."""
    for chart in page.locator(CHART).all():
        expect(chart).to_have_attribute("aria-label", re.compile(r"\w+ \w+"))
    for table in page.locator(TABLE).all():
        expect(table.get_by_role("region")).to_have_attribute("aria-label", re.compile(r"\w+ \w+"))


@EVERY
def test_small_dark_screens_show_all_without_scrolling_sideways(site: Site, started: Browser, place: Place) -> None:
    context = started.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = context.new_page()
    page.goto(site.address(place))
    answered(page, place)
    for width in (390, 1024):
        page.set_viewport_size({"width": width, "height": 844})
        for part in ("html", "[data-testid=stMain]"):
            assert page.locator(part).evaluate("part => part.scrollWidth") == width
    ground = page.get_by_test_id("stApp").evaluate("app => getComputedStyle(app).backgroundColor")
    assert max(int(channel) for channel in re.findall(r"\d+", ground)[:3]) < 64, ground
    for chart in page.locator(f"{CHART} .main-svg").all():
        assert chart.evaluate("svg => svg.style.background") in ("", ground, "rgba(0, 0, 0, 0)")
    context.close()


def test_back_and_forward_lead_through_the_pages_as_they_were(site: Site, visitor: BrowserContext) -> None:
    page, walked = visitor.new_page(), [PLACES["lineage"], PLACES["ledger"], PLACES["compare"]]
    page.goto(site.address(PLACES["lineage"]))
    answered(page, PLACES["lineage"])
    page.get_by_role("link", name="The ledgers of all scopes").click()
    answered(page, PLACES["ledger"])
    page.goto(site.address(PLACES["compare"]))
    answered(page, PLACES["compare"])
    page.get_by_role("link", name="Classes").first.click()
    expect(page.get_by_text("Choose a candidate in the inbox.")).to_be_visible(timeout=PATIENCE)
    for place in reversed(walked):
        page.go_back()
        answered(page, place)
        assert page.url == site.address(place)
    for place in walked[1:]:
        page.go_forward()
        answered(page, place)
        assert page.url == site.address(place)


def test_choices_are_in_the_address_and_each_tab_has_its_own(site: Site, visitor: BrowserContext) -> None:
    one, other = visitor.new_page(), visitor.new_page()
    for tab in (one, other):
        tab.goto(site.address(PLACES["history"]))
        answered(tab, PLACES["history"])
    for tab, sought in ((one, site.best), (other, site.candidate)):
        tab.get_by_label("Find", exact=True).fill(sought)
        tab.get_by_label("Find", exact=True).press("Enter")
        expect(tab.get_by_text("1 of 1 run, newest first")).to_be_visible(timeout=PATIENCE)
    one.locator(".st-key-runs").get_by_test_id("stDataFrameResizable").click(position={"x": 20, "y": 55})
    answered(one, PLACES["lineage"])
    assert query(one) == {"scope": "owls", "find": site.best, "run": site.best}
    assert query(other) == {"scope": "owls", "find": site.candidate}
    one.go_back()
    expect(one.get_by_text("Where does this run come from?")).to_be_hidden(timeout=PATIENCE)


def test_a_training_is_chosen_in_the_table_and_let_go_again(site: Site, visitor: BrowserContext) -> None:
    page = visitor.new_page()
    page.goto(site.address(PLACES["retraining"]))
    answered(page, PLACES["retraining"])
    table = page.locator(".st-key-trainings-owls").get_by_test_id("stDataFrameResizable")
    table.click(position={"x": 20, "y": 55})
    expect(page.get_by_text("by version: version 1.0.0 is new")).to_be_visible(timeout=PATIENCE)
    page.reload()
    expect(page.get_by_text("by version: version 1.0.0 is new")).to_be_visible(timeout=PATIENCE)
    table.click(position={"x": 20, "y": 55})
    expect(page.get_by_text("Select a training to see how it came about.")).to_be_visible(timeout=PATIENCE)
    assert query(page) == {"scope": "owls"}


def test_everything_is_reached_by_the_keyboard(site: Site, visitor: BrowserContext) -> None:
    page = visitor.new_page()
    page.goto(site.address(PLACES["ledger"]))
    answered(page, PLACES["ledger"])
    tab_to(page, page.get_by_role("link", name="Its runs over time"))
    page.keyboard.press("Enter")
    answered(page, PLACES["history"])
    tab_to(page, page.get_by_label("Find", exact=True))
    page.keyboard.type(site.best)
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 1 run, newest first")).to_be_visible(timeout=PATIENCE)
    tab_to(page, page.locator(".st-key-runs canvas").first)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")
    answered(page, PLACES["lineage"])
    tab_to(page, page.get_by_role("button", name="Close"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Where does this run come from?")).to_be_hidden(timeout=PATIENCE)
    assert query(page) == {"scope": "owls", "find": site.best}


def tab_to(page: Page, wanted: Locator) -> None:
    """From wherever the focus is."""
    for _ in range(TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{wanted} was not reached by {TABS} times Tab")
