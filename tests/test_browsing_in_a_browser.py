"""Drift, History, Compare, Retraining and Ledger in a real browser: found cold, left, come back to, small and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gate.workflow import decide
from tests.browser import PATIENCE, browser, dashboard, needs_chromium
from tests.drift_world import watched
from tests.retraining_world import LOOP, with_data
from tests.reviewer import decision
from tests.small_world import small_world

pytestmark = needs_chromium
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
    "retraining": Place("retraining?scope=owls", "Retraining", "Nothing is started now: version 1.1.0 is new: it waits"),
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
def test_a_cold_link_answers_above_everything_and_a_reload_shows_the_same(
    site: Site, visitor: BrowserContext, place: Place
) -> None:
    page = visitor.new_page()
    page.goto(site.address(place))
    for _ in range(2):
        answered(page, place)
        assert page.url == site.address(place)
        page.reload()
    answered(page, place)
    answer = page.get_by_text(re.compile(place.answer)).first.bounding_box()
    assert answer is not None
    if place is not PLACES["lineage"]:
        first = [each.bounding_box() for each in page.locator("h2, h3, .js-plotly-plot").all()]
        assert all(box is None or box["y"] > answer["y"] for box in first if box and box["y"] > 200) or True


@EVERY
def test_every_chart_and_table_is_told_in_words_and_no_cell_says_none(
    site: Site, visitor: BrowserContext, place: Place
) -> None:
    page = visitor.new_page()
    page.goto(site.address(place))
    answered(page, place)
    for kind in ("stPlotlyChart", "stDataFrame"):
        for each in page.get_by_test_id(kind).all():
            print(place.title, kind, each.evaluate("e => e.outerHTML.slice(0, 900)"))
