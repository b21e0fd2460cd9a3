"""The Drift page in a real browser: addresses restore it, and stretches lead to their rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.accessibility import ready
from tests.browser import PATIENCE, chromium, dashboard, needs_chromium
from tests.drift_world import watched
from tests.small_world import small_world

pytestmark = needs_chromium
CHUNKS = 'chunk = "7d"\nmin_rows = 100\n[predictions]\nslices = ["site"]'


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The ids of the runs by role, and the dashboard's address as ``url``."""
    folder = tmp_path_factory.mktemp("drift")
    with pytest.MonkeyPatch.context() as patch, small_world(folder / "sandbox") as world:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        ids = watched(world, folder, CHUNKS)
        with dashboard(world) as url:
            yield {**ids, "url": url}


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as tab:
        yield tab


def address(site: dict[str, str], **query: str) -> str:
    return f"{site['url']}/drift?{urlencode(query)}"


def said(page: Page, text: str) -> None:
    expect(page.get_by_test_id("stAlert").filter(has_text=re.compile(text)).first).to_be_visible(timeout=PATIENCE)


def query(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def test_a_cold_link_shows_the_sentence_the_charts_and_the_repair(site: dict[str, str], page: Page) -> None:
    page.goto(address(site, pr=site["pull"], scope="owls"))
    said(page, "Since 1 May 2013 .*accuracy fell from 0.85 to 0.5.*the candidate has 0.7")
    expect(page.locator(".js-plotly-plot")).to_have_count(3, timeout=PATIENCE)
    expect(page.locator(".st-key-damage .legendtext", has_text="candidate now")).to_be_visible()
    page.get_by_role("link", name="Back to the review").click()
    expect(page.get_by_role("heading", name="Which classes change?")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name=re.compile("How the best drifted")).click()
    said(page, "the candidate has 0.7")
    assert query(page) == {"pr": site["pull"], "scope": "owls"}


def test_window_and_slice_are_in_the_address_and_survive_a_reload(site: dict[str, str], page: Page) -> None:
    page.goto(address(site, **{"from": "2013-05-06", "until": "2013-05-13", "slice": "site = south", "find": "ow"}))
    for _ in range(2):
        said(page, "Since 6 May 2013")
        expect(page.get_by_role("combobox", name="Rows")).to_have_value("site = south")
        expect(page.get_by_role("combobox", name="From")).to_have_value("2013-05-06")
        expect(page.get_by_text("1 of 4 classes are shown")).to_be_visible(timeout=PATIENCE)
        page.reload()
        ready(page)


def test_a_stretch_leads_to_the_summary_of_its_rows(site: dict[str, str], page: Page) -> None:
    page.goto(address(site))
    said(page, "Since 1 May 2013")
    table = page.locator(".st-key-stretches")
    expect(table.locator("table")).to_have_attribute("aria-rowcount", "6", timeout=PATIENCE)
    table.get_by_test_id("stDataFrameResizable").click(position={"x": 20, "y": 90})
    said(page, "Since 6 May 2013")
    assert {"from": "2013-05-06", "until": "2013-05-06"}.items() <= query(page).items()


def test_another_run_is_chosen_and_stays_in_the_address(site: dict[str, str], page: Page) -> None:
    page.goto(address(site))
    said(page, "Since 1 May 2013")
    page.get_by_role("combobox", name="Repaired by").click()
    page.get_by_role("option", name=re.compile(site["candidate"][:8])).click()
    said(page, "the candidate has 0.7")
    assert query(page)["candidate"] == site["candidate"]
    page.reload()
    said(page, "the candidate has 0.7")


def test_nothing_is_asked_of_other_hosts_and_little_is_sent(site: dict[str, str], page: Page) -> None:
    asked: list[str] = []
    sent: list[int] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sent.append(len(frame))))
    page.goto(address(site))
    said(page, "Since 1 May 2013")
    ready(page)
    assert {urlsplit(url).hostname for url in asked} == {"127.0.0.1"}
    assert sum(sent) < 300_000


def test_a_dark_page_is_drawn_in_light_colours(site: dict[str, str]) -> None:
    with chromium() as page:
        page.emulate_media(color_scheme="dark")
        page.goto(address(site))
        said(page, "Since 1 May 2013")
        light = page.locator(".st-key-time path[style*='rgb(86, 180, 233)']").first
        expect(light).to_be_attached(timeout=PATIENCE)
