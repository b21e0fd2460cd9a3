"""axe-core on every page of the dashboard, light and dark: no serious or critical violation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page

from tests.accessibility import KNOWN, Fault, faults, ready
from tests.browser import PATIENCE, chromium, dashboard, needs_chromium
from tests.flights_world import FlightsWorld

pytestmark = needs_chromium
pytest_plugins = ("tests.sandbox_world",)
SCHEMES = ("light", "dark")
# A page's address; {best} and {run} are two runs of the world, and pull requests 1, 3 and 5 pass, fail and have no run.
PAGES = {
    "inbox": "",
    "review of a pass": "review?pr=1",
    "review of a failure": "review?pr=3",
    "review without a run": "review?pr=5",
    "classes": "classes?pr=1&class=ORD",
    "drift": "drift",
    "history": "history?run={run}",
    "compare": "compare?a={best}&b={run}",
    "retraining": "retraining",
    "ledger": "ledger",
}


@dataclass
class Desk:
    """A dashboard before the flights world, one tab, and what was found so far: each page is looked at once."""

    url: str
    page: Page
    runs: dict[str, str]
    seen: dict[tuple[str, str], list[Fault]] = field(default_factory=dict)

    def faults(self, name: str, scheme: str) -> list[Fault]:
        if (name, scheme) not in self.seen:
            self.open(PAGES[name], scheme)
            self.seen[name, scheme] = faults(self.page)
        return self.seen[name, scheme]

    def open(self, address: str, scheme: str = "light") -> None:
        self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        self.page.goto(f"{self.url}/{address.format(**self.runs)}")
        self.page.get_by_role("heading", level=1).wait_for(timeout=PATIENCE)
        ready(self.page)


@pytest.fixture(scope="module")
def desk(world: FlightsWorld) -> Iterator[Desk]:
    runs = {"best": world.best()["id"], "run": world.run("smaller-leaves")["id"]}
    with dashboard(world) as url, chromium() as page:
        yield Desk(url, page, runs)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_a_serious_violation(desk: Desk, name: str, scheme: str) -> None:
    assert [str(fault) for fault in desk.faults(name, scheme) if not fault.known] == []


def test_every_exception_is_needed(desk: Desk) -> None:
    """One that no page needs any more would hide a new fault."""
    used = {fault.known for name in PAGES for scheme in SCHEMES for fault in desk.faults(name, scheme)}
    assert [known for known in KNOWN if known not in used] == []


def test_a_fault_that_is_put_into_a_page_is_found(desk: Desk) -> None:
    desk.open("")
    desk.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<button></button>')")
    assert [fault.rule for fault in faults(desk.page) if not fault.known] == ["button-name"]
