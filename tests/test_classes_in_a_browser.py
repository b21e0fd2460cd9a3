"""The Classes page in a real browser: five thousand classes, addresses that restore it, and hostile names."""

from __future__ import annotations

import csv
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.accessibility import ready
from tests.browser import PATIENCE, chromium, dashboard, needs_chromium
from tests.small_world import SmallWorld
from tests.zipf_site import HOSTILE, TITLE, Site, zipf_site

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with zipf_site(tmp_path_factory.mktemp("zipf")) as quiet, dashboard(quiet.world) as url:
        yield replace(quiet, url=url)


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as tab:
        yield tab


def table(page: Page) -> Locator:
    return page.locator(".st-key-table")


def rows(page: Page, count: int) -> None:
    expect(table(page).locator("table")).to_have_attribute("aria-rowcount", str(count + 1), timeout=PATIENCE)


def cells(page: Page, column: int) -> list[str]:
    return table(page).locator(f"td[aria-colindex='{column}']").all_text_contents()


def query(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def test_searching_narrows_the_table_and_the_address_keeps_it(site: Site, page: Page) -> None:
    page.goto(site.address())
    page.get_by_label("Find a class").press_sequentially("CLASS 001")
    rows(page, 10)
    assert set(cells(page, 1)) == {f"class {number:04d}" for number in range(10, 20)}
    page.locator(".st-key-status label").filter(has_text="improved").click()
    rows(page, 5)
    assert query(page) == {"pr": str(site.pull), "scope": "owls", "find": "CLASS 001", "status": "improved"}


def test_a_deep_link_restores_class_slice_and_filters_also_after_a_reload(site: Site, page: Page) -> None:
    page.goto(site.address(**{"class": "class 0012", "slice": "site = =west", "find": "class 00", "order": "by name"}))
    for _ in range(2):
        rows(page, 100)
        expect(page.locator(".st-key-portrait")).to_contain_text("class 0012")
        expect(page.get_by_role("combobox", name="Rows")).to_have_value("site = =west")
        expect(page.get_by_label("Find a class")).to_have_value("class 00")
        assert cells(page, 1)[:3] == ["class 0000", "class 0001", "class 0002"]
        page.reload()
        ready(page)


def test_an_address_with_nonsense_shows_everything(site: Site, page: Page) -> None:
    page.goto(site.address(status="nonsense", order="up", slice="moon", **{"class": "no such class"}))
    expect(page.get_by_text(re.compile("4,9.. of 4,9.. classes are shown"))).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("No row here has this class, and no model predicts it.")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("Select a class in the table")).to_be_visible(timeout=PATIENCE)
    assert "class" not in query(page)


def test_a_chosen_row_opens_its_class_and_stays_marked_only_where_it_is(site: Site, page: Page) -> None:
    page.goto(site.address(find="class 000", order="by name"))
    rows(page, 10)
    table(page).get_by_test_id("stDataFrameResizable").click(position={"x": 20, "y": 60})
    expect(page.locator(".st-key-portrait")).to_contain_text("class 0000", timeout=PATIENCE)
    assert query(page)["class"] == "class 0000"
    page.get_by_label("Find a class").fill("class 0005")
    rows(page, 1)
    ready(page)
    expect(page.locator(".st-key-portrait")).to_contain_text("class 0000")
    expect(table(page).locator("tr[aria-selected=true]")).to_have_count(0)
    page.get_by_label("Find a class").fill("class 00")
    rows(page, 100)
    expect(table(page).locator("tr[aria-selected=true]")).to_contain_text("class 0000", timeout=PATIENCE)


def test_the_download_holds_what_is_shown_and_no_formula(site: Site, page: Page, tmp_path: Path) -> None:
    for sought, expected in (("class 001", 10), ("=cmd", 1)):
        page.goto(site.address(find=sought))
        rows(page, expected)
        ready(page)  # a run that ends while the file is on its way takes it away
        with page.expect_download(timeout=PATIENCE) as download:
            page.get_by_role("button", name="Download as shown").click()
        download.value.save_as(tmp_path / "classes.csv")
        with (tmp_path / "classes.csv").open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.DictReader(file))
        assert [line["class"] for line in lines] == cells(page, 1)
        assert [float(line["change"]) for line in lines] == pytest.approx(list(map(float, cells(page, 5))))
    assert [line["class"] for line in lines] == ["'" + HOSTILE[0]]


def test_hostile_names_are_text_wherever_they_are_shown(site: Site, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail(f"a name ran: {dialog.message}"))
    for name in HOSTILE:
        page.goto(site.address(**{"class": name, "find": name}))
        rows(page, 1)
        panel = page.locator(".st-key-portrait")
        seen = name.replace("\u202e", "\N{REPLACEMENT CHARACTER}")
        expect(panel.get_by_text(seen, exact=True).first).to_be_visible(timeout=PATIENCE)
        assert cells(page, 1)[0].removeprefix("'") == seen
        expect(panel.locator("a, b, img, .katex, strong:has-text('strong')")).to_have_count(0)
    assert {urlsplit(url).hostname for url in asked} == {"127.0.0.1"}


def test_a_hostile_title_is_text_on_every_page(site: Site, page: Page) -> None:
    for address, where in ((site.url, "p"), (site.address("review"), "h1"), (site.address(), "p")):
        page.goto(address)
        said = page.locator(where).filter(has_text="thousand").first
        expect(said).to_be_visible(timeout=PATIENCE)
        assert TITLE in said.inner_text().replace("\u2060", "")
        expect(said.locator("a:not([href^='#']), .katex, b, [role=img]")).to_have_count(0)


def test_the_review_leads_to_the_classes_and_back(site: Site, page: Page) -> None:
    page.goto(site.address("review"))
    page.get_by_role("link", name=re.compile("All 4,9.. classes")).click(timeout=PATIENCE)
    expect(page.get_by_role("heading", name="Classes", exact=True)).to_be_visible(timeout=PATIENCE)
    assert query(page) == {"pr": str(site.pull), "scope": "owls"}
    page.get_by_role("link", name="Back to the review").click()
    expect(page.get_by_role("heading", name="Which classes change?")).to_be_visible(timeout=PATIENCE)
    assert query(page) == {"pr": str(site.pull), "scope": "owls"}
    page.get_by_role("link", name="Classes", exact=True).click()
    expect(page.get_by_role("heading", name="All classes")).to_be_visible(timeout=PATIENCE)
    assert query(page) == {"pr": str(site.pull), "scope": "owls"}, "the navigation keeps the candidate"


def test_five_thousand_classes_cost_the_browser_little(site: Site, page: Page) -> None:
    """Counted in what is sent, which is the same on a busy machine: the table once, and then only what changes."""
    sent: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sent.append(len(frame))))
    page.goto(site.address())
    expect(page.get_by_text("Select a class in the table")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".js-plotly-plot")).to_have_count(2, timeout=PATIENCE)
    ready(page)
    assert 200_000 < sum(sent) < 1_500_000
    sent.clear()
    page.get_by_label("Find a class").fill("class 0012")
    rows(page, 1)
    ready(page)
    assert sum(sent) < 60_000


def test_a_phone_shows_the_page_without_scrolling_sideways(site: Site) -> None:
    with chromium(width=390) as page:
        page.goto(site.address(**{"class": "class 0001"}))
        expect(page.locator(".st-key-portrait")).to_be_visible(timeout=PATIENCE)
        ready(page)
        for part in ("html", "[data-testid=stMain]"):
            assert page.locator(part).evaluate("part => part.scrollWidth") == 390


def test_while_it_takes_long_the_steps_are_shown(owls: SmallWorld, page: Page) -> None:
    number = owls.pull("Look at both eyes").number
    go = threading.Event()
    with dashboard(owls) as url:
        owls.forge.overtake(f"pulls/{number}", lambda: go.wait(60))
        page.goto(f"{url}/classes?pr={number}")
        expect(page.get_by_text(re.compile(r"Judging the candidate… \d+ s"))).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text("reading the pull request")).to_be_visible()
        go.set()
        expect(page.get_by_text("No comparison per class")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text("Judging the candidate")).to_have_count(0)
