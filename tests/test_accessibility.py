"""axe-core on every page of the dashboard, light and dark: no serious or critical violation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from tests.accessibility import SCHEMES, faults, ready, shaded
from tests.browser import PATIENCE, chromium, dashboard, needs_chromium
from tests.flights_world import FlightsWorld

pytestmark = needs_chromium
pytest_plugins = ("tests.sandbox_world",)
# A page's address; {best} and {run} are two runs of the world; pull request 1 passes, 4 fails, 5 has no run.
PAGES = {
    "inbox": "",
    "review of a pass": "review?pr=1",
    "review of a failure": "review?pr=4",
    "review without a run": "review?pr=5",
    "classes": "classes?pr=1&class=ORD",
    "drift": "drift",
    "history": "history?run={run}",
    "compare": "compare?a={best}&b={run}",
    "retraining": "retraining",
    "ledger": "ledger",
}


@dataclass(frozen=True)
class Desk:
    """A dashboard before the flights world, and one tab."""

    url: str
    page: Page
    runs: dict[str, str]

    def open(self, address: str) -> None:
        self.page.goto(f"{self.url}/{address.format(**self.runs)}")
        self.page.get_by_role("heading", level=1).wait_for(timeout=PATIENCE)
        ready(self.page)


@pytest.fixture(scope="module")
def desk(world: FlightsWorld) -> Iterator[Desk]:
    runs = {"best": world.best()["id"], "run": world.run("smaller-leaves")["id"]}
    with dashboard(world) as url, chromium() as page:
        yield Desk(url, page, runs)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_a_serious_violation_by_day_or_by_night(desk: Desk, name: str) -> None:
    desk.open(PAGES[name])
    for scheme in SCHEMES:
        shaded(desk.page, scheme)
        assert faults(desk.page) == [], scheme


def test_a_fault_that_is_put_into_a_page_is_found(desk: Desk) -> None:
    desk.open("")
    desk.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<button></button>')")
    assert [fault.split(":")[0] for fault in faults(desk.page)] == ["button-name"]
