"""Which pages are looked at, and what it costs: at first in a new process, later, and run again."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.history import Founded
from benchmarks.pages.tab import Dashboard, Tab

CHART = ".js-plotly-plot .plot-container"
TABLE = "[data-testid=stDataFrameResizable]"
VERDICT = "[data-testid=stMetric]"
APPROVE = "[class*=st-key-open-approve] button"
JUDGING = "[data-testid=stProgress]"
CANDIDATES = "[class*=st-key-card-] a"
SERVICES = {"ClearML": ("api", "files"), "GitHub": ("github",)}
LONGEST = 1_200.0  # seconds in which all candidates have to be judged
STALE = 31.0  # seconds after which a page reads anew what it has
TRIES = 4
AGAIN = "r"  # the key that runs a page's script again


@dataclass(frozen=True)
class Subject:
    """A page by its name, its address, what has to be there for a reader to begin, and whether charts follow."""

    name: str
    path: str
    marks: Sequence[str] = (TABLE,)
    charts: bool = True
    busy: str = ""  # what is there while more is being worked out


def subjects(founded: Founded) -> Iterator[Subject]:
    chosen = founded.candidates[0]
    about = f"?pr={chosen.pull}&scope=owls"
    yield Subject("inbox", "/", (CANDIDATES,), False, JUDGING)
    yield Subject("review", f"/review{about}", (VERDICT, APPROVE))
    yield Subject("classes", f"/classes{about}")
    yield Subject("drift", "/drift?scope=owls")
    yield Subject("history", "/history?scope=owls")
    yield Subject("compare", f"/compare?a={founded.best}&b={chosen.run}&scope=owls")
    yield Subject("retraining", "/retraining?scope=owls", charts=False)
    yield Subject("ledger", "/ledger", charts=False)


@dataclass(frozen=True)
class Look:
    """One opening of a page in a tab of its own. Times in seconds, sizes in MB.

    ``visible`` is until words and tables can be read, ``drawn`` until the first chart is there too.
    ``script`` is how long the server ran the page's script, all runs together; ``heard`` the longest one as the browser
    heard of it, which has to listen for that while it draws. ``processor`` is what the process of the dashboard used
    until it came to rest.
    """

    visible: float
    drawn: float
    rested: float
    script: float
    heard: float
    processor: float
    socket: float
    http: float
    requests: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in vars(self).items()}


@dataclass(frozen=True)
class Costs:
    """All that was measured of one page; ``stale`` is a look at what is known but not fresh.

    ``reruns`` are seconds of its script, ``memory`` are MB of the process. ``settled`` is how long the rest was
    worked out after the first look, in seconds.
    """

    subject: Subject
    cold: Look
    warm: Sequence[Look]
    stale: Look
    reruns: Sequence[float]
    memory: float
    settled: float

    def warm_median(self, what: str) -> float:
        return statistics.median(getattr(look, what) for look in self.warm)

    @property
    def rerun(self) -> float:
        return statistics.median(self.reruns)

    def as_json(self) -> dict[str, Any]:
        looks = {"cold": self.cold.as_json(), "stale": self.stale.as_json()}
        return {
            **looks,
            "warm": [each.as_json() for each in self.warm],
            "reruns": self.reruns,
            "memory": self.memory,
            "settled": self.settled,
        }


def look(tab: Tab, dashboard: Dashboard, subject: Subject, journal: Path) -> Look:
    tab.forget()
    seen, used, ran, start = journal.stat().st_size, dashboard.processor, dashboard.scripts, time.perf_counter()
    tab.page.goto(dashboard.url + subject.path)
    tab.see(*subject.marks)
    visible = time.perf_counter() - start
    tab.see(*[CHART] * subject.charts)
    drawn = time.perf_counter() - start
    rested = tab.rest() - start
    lines = journal.read_bytes()[seen:].decode().splitlines()
    asked = {name: sum(line.split()[0] in kinds for line in lines) for name, kinds in SERVICES.items()}
    spent = dashboard.processor - used
    sizes = (tab.socket_bytes / 1e6, tab.http_bytes / 1e6)
    return Look(visible, drawn, rested, dashboard.scripts - ran, max(tab.scripts), spent, *sizes, asked)


def rerun(tab: Tab, dashboard: Dashboard) -> float:
    """A reader's next click, after which nothing changes: how long the page's script runs."""
    ran = dashboard.scripts
    tab.page.keyboard.press(AGAIN)
    tab.rest()
    return dashboard.scripts - ran


def costs(
    open_tab: Callable[[], Tab],
    dashboard: Dashboard,
    subject: Subject,
    journal: Path,
    rounds: int,
) -> Costs:
    """Of a page in a process that nobody has asked anything yet."""

    def fresh_tab() -> tuple[Look, float]:
        tab = open_tab()
        found = look(tab, dashboard, subject, journal), rerun(tab, dashboard)
        tab.page.close()
        return found

    cold, _ = fresh_tab()
    start = time.perf_counter()
    if subject.busy:
        _until_done(open_tab(), dashboard, subject)
    settled = time.perf_counter() - start
    later = [fresh_tab() for _ in range(rounds)]
    stale = _by_itself(dashboard, lambda: fresh_tab()[0])
    warm, again = [found for found, _ in later], [seconds for _, seconds in later]
    return Costs(subject, cold, warm, stale, again, dashboard.memory, settled)


def _by_itself(dashboard: Dashboard, look: Callable[[], Look]) -> Look:
    """One during which the worker did not happen to look for unfinished decisions, which it does once a minute."""
    for _ in range(TRIES):
        looks = dashboard.told("gate_reconciles_total")
        time.sleep(STALE)
        found = look()
        if dashboard.told("gate_reconciles_total") == looks:
            break
    return found


def _until_done(tab: Tab, dashboard: Dashboard, subject: Subject) -> None:
    tab.page.goto(dashboard.url + subject.path)
    tab.see(*subject.marks)
    tab.rest()
    tab.page.wait_for_function(f"!document.querySelector('{subject.busy}')", timeout=1_000 * LONGEST)
    tab.page.close()
