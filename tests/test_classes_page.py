"""The Classes page with five thousand classes, some with hostile names: as a script, and in a real browser."""

from __future__ import annotations

import csv
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import streamlit
from playwright.sync_api import Locator, Page, expect
from streamlit.testing.v1 import AppTest

from tests.browser import PATIENCE, ROOT, chromium, dashboard, needs_chromium
from tests.small_world import CLASSES_RULE, POLICY, SmallWorld, small_world
from tests.zipf import BROKEN, MENDED, predictions

CLASSES, ROWS = 5_000, 200_000
HOSTILE = (
    "=cmd|'/C calc'!A0",
    "<img src=x onerror=alert(1)><b>bold</b>",
    "[link](http://x.invalid) **strong** http://y.invalid",
    "$a^2$ :fire: :red[x] :material/add:",
    "@home `tick` -> -- # 1",
    "\u202egnorw",
    "1e5",
    'q"uote, comma; semicolon',
)
NAMES = (*HOSTILE, *(f"class {number:04d}" for number in range(CLASSES - len(HOSTILE))))
TITLE = "Five $x^2$ thousand :fire: :material/add: <b>classes</b> www.x.invalid http://y.invalid a@z.invalid [z](//z)"
SLICES = '[predictions]\nslices = ["site"]\n'
FLUID = 1.5  # seconds of the server's script


@dataclass(frozen=True)
class Site:
    """A world with one pull request of five thousand classes, and the dashboard's address where there is one."""

    world: SmallWorld
    pull: int
    url: str = ""

    def address(self, page: str = "classes", **query: str) -> str:
        return f"{self.url}/{page}?" + urlencode({"pr": self.pull, "scope": "owls", **query})


@pytest.fixture(scope="module")
def zipf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("zipf")
    with pytest.MonkeyPatch.context() as patch, small_world(folder / "sandbox") as world:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        world.set_policy(POLICY + CLASSES_RULE + SLICES)
        best, candidate = predictions(NAMES, ROWS)
        uploaded(world, world.main(), best, ["best"])
        pull = world.pull(TITLE)
        uploaded(world, pull.head.sha, candidate, [])
        yield Site(world, pull.number)


def uploaded(world: SmallWorld, commit: str, content: bytes, tags: list[str]) -> None:
    task = world.run(commit, {"test/accuracy": [0.9]}, tags=tags, status="in_progress")
    world.upload(task, "predictions", content)
    world.call("tasks.completed", {"task": task})


@pytest.fixture(scope="module")
def site(zipf: Site) -> Iterator[Site]:
    with dashboard(zipf.world) as url:
        yield Site(zipf.world, zipf.pull, url)


# -- as a script


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Opens a page of a world's dashboard in this process."""
    streamlit.cache_resource.clear()

    def open_page(world: SmallWorld, page: str, **query: str) -> AppTest:
        for name, value in {**world.environment, "GATE_ACTING_AS": "noor"}.items():
            monkeypatch.setenv(name, value)
        at = AppTest.from_file(str(ROOT / "pages" / "_frame.py"), default_timeout=60).run()
        at.switch_page(str(ROOT / "pages" / f"{page}.py"))
        for name, value in query.items():
            at.query_params[name] = value
        at.run()
        assert not at.exception
        return at

    yield open_page
    streamlit.cache_resource.clear()


def shown(at: AppTest) -> list[str]:
    return list(at.dataframe[0].value["class"])


def test_five_thousand_classes_are_one_table_and_fluid(zipf: Site, opened: Any) -> None:
    at = opened(zipf.world, "classes", pr=str(zipf.pull), scope="owls")
    known = len(shown(at))
    assert known > 0.99 * CLASSES, "all but the rarest occur"
    assert any(f"{known:,} of {known:,} classes are shown" in caption.value for caption in at.caption)
    assert took(at) < FLUID
    at.text_input(key="find").set_value("class 00")
    assert took(at) < FLUID
    assert len(shown(at)) == 100
    at.selectbox(key="slice").set_value("site = north")
    assert took(at) < FLUID


def test_counts_that_are_kept_on_disk_are_shown_at_once(zipf: Site, opened: Any) -> None:
    at = opened(zipf.world, "classes", pr=str(zipf.pull), scope="owls")
    streamlit.cache_resource.clear()
    assert took(at) < FLUID
    assert len(shown(at)) > 0.99 * CLASSES


def took(at: AppTest) -> float:
    start = time.perf_counter()
    at.run()
    assert not at.exception
    return time.perf_counter() - start


def test_scores_flips_and_grounds_are_said(zipf: Site, opened: Any) -> None:
    at = opened(zipf.world, "classes", pr=str(zipf.pull), scope="owls")
    labels = [metric.label for metric in at.metric]
    flips = ["NFR", "PFR", "relative NFR", "BTC", "BEC", "churn"]
    assert labels == ["accuracy = micro F1", "macro F1", "weighted F1", *flips]
    assert all(metric.help for metric in at.metric)
    assert any("200,000 rows paired by id" in caption.value for caption in at.caption)
    whole = at.metric[0].value
    at.selectbox(key="slice").set_value("site = =west").run()
    assert at.metric[0].value != whole
    assert "Confusions are counted over all rows only." in [caption.value for caption in at.caption]


def test_the_broken_classes_are_regressed_and_the_mended_ones_improved(zipf: Site, opened: Any) -> None:
    at = opened(zipf.world, "classes", pr=str(zipf.pull), scope="owls", status="regressed", find="class 00")
    broken = {name for name in NAMES[: 2 * BROKEN : 2] if name.startswith("class")}
    assert broken <= set(shown(at))
    at = opened(zipf.world, "classes", pr=str(zipf.pull), scope="owls", status="improved", find="class 00")
    mended = {name for name in NAMES[1 : 2 * MENDED : 2] if name.startswith("class")}
    assert mended <= set(shown(at))


def test_a_missing_comparison_says_why(owls: SmallWorld, opened: Any) -> None:
    owls.run(owls.main(), tags=["best"])
    at = opened(owls, "classes", pr=str(owls.pull("No run yet").number))
    assert at.info[0].value == "No comparison per class: no rule asks for predictions."


def test_rows_that_cannot_be_paired_are_compared_without_flips(owls: SmallWorld, opened: Any) -> None:
    owls.set_policy(POLICY + CLASSES_RULE)
    owls.run(owls.main(), tags=["best"], rows=[(f"a{number}", "owl", "owl") for number in range(9)])
    pull = owls.pull("Other rows")
    owls.run(pull.head.sha, rows=[(f"b{number}", "owl", "cat") for number in range(9)])
    at = opened(owls, "classes", pr=str(pull.number))
    captions = [caption.value for caption in at.caption]
    assert any("9 and 9 rows, not paired" in caption for caption in captions)
    assert "No flip rates: they need rows that are paired." in captions
    assert dict(zip(shown(at), at.dataframe[0].value["status"], strict=True)) == {
        "cat": "· never true",
        "owl": "▼ gone",
    }
    at.query_params["class"] = "owl"
    at.run()
    assert "Class" in " ".join(markdown.value for markdown in at.markdown)
    assert not at.exception


def test_f1_that_was_only_reported_is_shown_as_that(owls: SmallWorld, opened: Any) -> None:
    owls.set_policy(POLICY + CLASSES_RULE)
    owls.run(owls.main(), {"test/accuracy": [0.9], "f1/owl": [0.8], "f1/cat": [0.5]}, tags=["best"])
    pull = owls.pull("Nothing but scalars")
    owls.run(pull.head.sha, {"test/accuracy": [0.9], "f1/owl": [0.6], "f1/cat": [0.7]})
    at = opened(owls, "classes", pr=str(pull.number))
    assert at.info[0].value.startswith("No comparison per class")
    assert "as reported in" in " ".join(caption.value for caption in at.caption).lower()
    assert shown(at) == ["owl", "cat"]


def test_without_a_candidate_the_page_leads_to_the_inbox(owls: SmallWorld, opened: Any) -> None:
    for given in ({}, {"pr": "²"}, {"pr": "-1"}, {"pr": "9" * 5_000}):
        at = opened(owls, "classes", **given)
        assert at.info[0].value == "Choose a candidate in the inbox."


def test_an_unknown_pull_request_is_explained(owls: SmallWorld, opened: Any) -> None:
    at = opened(owls, "classes", pr="4711")
    assert "4711" in at.error[0].value
    assert at.button[0].label == "Try again"


# -- in a browser


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as tab:
        yield tab


def ready(page: Page) -> None:
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=PATIENCE)


def table(page: Page) -> Locator:
    return page.locator(".st-key-table")


def rows(page: Page, count: int) -> None:
    expect(table(page).locator("table")).to_have_attribute("aria-rowcount", str(count + 1), timeout=PATIENCE)


def cells(page: Page, column: int) -> list[str]:
    return table(page).locator(f"td[aria-colindex='{column}']").all_text_contents()


def query(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


@needs_chromium
def test_searching_narrows_the_table_and_the_address_keeps_it(site: Site, page: Page) -> None:
    page.goto(site.address())
    page.get_by_label("Find a class").press_sequentially("CLASS 001")
    rows(page, 10)
    assert set(cells(page, 1)) == {f"class {number:04d}" for number in range(10, 20)}
    page.get_by_role("radio", name="improved").click()
    rows(page, 5)
    assert query(page) == {"pr": str(site.pull), "scope": "owls", "find": "CLASS 001", "status": "improved"}


@needs_chromium
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


@needs_chromium
def test_an_address_with_nonsense_shows_everything(site: Site, page: Page) -> None:
    page.goto(site.address(status="nonsense", order="up", slice="moon", **{"class": "no such class"}))
    expect(page.get_by_text(re.compile("4,9.. of 4,9.. classes are shown"))).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("No row here has this class, and no model predicts it.")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("Select a class in the table")).to_be_visible(timeout=PATIENCE)
    assert "class" not in query(page)


@needs_chromium
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


@needs_chromium
def test_the_download_holds_what_is_shown_and_no_formula(site: Site, page: Page, tmp_path: Path) -> None:
    for sought, expected in (("class 001", 10), ("=cmd", 1)):
        page.goto(site.address(find=sought))
        rows(page, expected)
        with page.expect_download(timeout=PATIENCE) as download:
            page.get_by_role("button", name="Download as shown").click()
        download.value.save_as(tmp_path / "classes.csv")
        with (tmp_path / "classes.csv").open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.DictReader(file))
        assert [line["class"] for line in lines] == cells(page, 1)
        assert [float(line["change"]) for line in lines] == pytest.approx(list(map(float, cells(page, 5))))
    assert [line["class"] for line in lines] == ["'" + HOSTILE[0]]


@needs_chromium
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


@needs_chromium
def test_a_hostile_title_is_text_on_every_page(site: Site, page: Page) -> None:
    for address, where in ((site.url, "p"), (site.address("review"), "h1"), (site.address(), "p")):
        page.goto(address)
        said = page.locator(where).filter(has_text="thousand").first
        expect(said).to_be_visible(timeout=PATIENCE)
        assert TITLE in said.inner_text().replace("\u2060", "")
        expect(said.locator("a:not([href^='#']), .katex, b, [role=img]")).to_have_count(0)


@needs_chromium
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


@needs_chromium
def test_five_thousand_classes_cost_the_browser_little(site: Site, page: Page) -> None:
    """Counted in what is sent, which is the same on a busy machine: the table once, and then only what changes."""
    sent: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sent.append(len(frame))))
    page.goto(site.address())
    expect(page.get_by_text("Select a class in the table")).to_be_visible(timeout=PATIENCE)
    ready(page)
    assert 200_000 < sum(sent) < 1_500_000
    sent.clear()
    page.get_by_label("Find a class").fill("class 0012")
    rows(page, 1)
    ready(page)
    assert sum(sent) < 60_000


@needs_chromium
def test_a_phone_shows_the_page_without_scrolling_sideways(site: Site) -> None:
    with chromium(width=390) as page:
        page.goto(site.address(**{"class": "class 0001"}))
        expect(page.locator(".st-key-portrait")).to_be_visible(timeout=PATIENCE)
        ready(page)
        for part in ("html", "[data-testid=stMain]"):
            assert page.locator(part).evaluate("part => part.scrollWidth") == 390


@needs_chromium
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
