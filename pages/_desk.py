"""The reviewer's desk: the one place with the connection, the caches, the identity and the background worker."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeVar

import streamlit as st

from gate.compare import Comparison
from gate.config import ConfigError
from gate.connect import connect
from gate.desk import Worker
from gate.drift import Drift
from gate.evidence import Curve, Run
from gate.figures import counted
from gate.identity import Person
from gate.ledger import LedgerDamaged
from gate.lineage import Lineage
from gate.ports import Absent, Passing, ServiceError
from gate.review import Review
from gate.shelf import Reading, Shelf
from gate.trend import Past
from gate.verdict import Outcome
from gate.workflow import Question, World, check
from gate.workflow.authority import Leave
from gate.workflow.authority import leave as ask_leave
from gate.workflow.champions import Champion
from gate.workflow.champions import champions as read_champions
from gate.workflow.compare import Paired, compare, counts
from gate.workflow.compare import curves as both_curves
from gate.workflow.drift import Watched, drift
from gate.workflow.history import Asked, Historian, Told
from gate.workflow.inbox import Waiting, waiting
from gate.workflow.lineage import trace
from gate.workflow.retrainings import Live, Outlook, live
from gate.workflow.retrainings import outlooks as read_outlooks
from gate.workflow.trend import earlier
from pages import _visitor
from pages._text import plain

FRESH = timedelta(seconds=30)
LASTING = timedelta(hours=1)  # of what was said of runs that have ended
WATCHED = timedelta(minutes=5)  # of what models say in production
RECENT = 20  # runs to choose from
MOMENT = timedelta(seconds=2)  # of a run that goes on
HISTORIES = 8  # that are kept in memory
AT_ONCE = 0.25  # seconds that a page waits for something newer than what it can show already
Answer = TypeVar("Answer")
Color = Literal["green", "blue", "orange", "red"]
BADGES: Mapping[Outcome, tuple[str, str, Color]] = {
    Outcome.PASSED: ("Passed", ":material/check_circle:", "green"),
    Outcome.REVIEW: ("Review", ":material/visibility:", "blue"),
    Outcome.UNKNOWN: ("Unknown", ":material/help:", "orange"),
    Outcome.FAILED: ("Failed", ":material/cancel:", "red"),
}
TROUBLE = (ConfigError, ServiceError, Absent, LedgerDamaged)


def begin(pages: Mapping[str, object]) -> None:
    """Start the worker with the first visitor, and show in the header who is looking."""
    st.session_state["pages"] = pages
    worker()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Promotion Gate**")
        st.space("stretch")
        _visitor.header()
    _visitor.guard()


@st.cache_resource(show_spinner=False)
def world() -> World:
    return connect(rate_wait=60, notice_seconds=60)


@st.cache_resource(show_spinner=False, on_release=Worker.dismiss)
def worker() -> Worker:
    """One per process. Starting it finishes whatever an earlier process left in flight."""
    started = Worker(world)
    started.start()
    return started


@st.cache_resource(ttl=FRESH, show_spinner="Reading the open pull requests…", max_entries=4)
def inbox() -> list[Waiting]:
    return waiting(world())


@st.cache_resource(ttl=FRESH, show_spinner="Reading the ledger…", max_entries=1)
def champions() -> list[Champion]:
    return read_champions(world())


@st.cache_resource(show_spinner=False)
def reviews() -> Shelf[tuple[int, str | None], Review]:
    return Shelf(lambda key, note: check(world(), Question(pull=key[0], scope=key[1]), note), FRESH.total_seconds())


def review(pull: int, scope: str | None) -> Review:
    """Judged by one of all visitors who ask. While it takes long, its steps are shown as they are begun."""
    return shown(reviews().ask((pull, scope)), "Judging the candidate…")


@st.cache_resource(show_spinner=False)
def pasts() -> Shelf[tuple[int, str | None, str], tuple[Past, ...]]:
    return Shelf(lambda key, note: earlier(world(), reviews().ask(key[:2]).answer(), note), LASTING.total_seconds())


def past(review: Review) -> tuple[Past, ...]:
    """How earlier runs did on the rows of this candidate."""
    assert review.pull is not None
    assert review.candidate is not None
    key = (review.pull.number, review.name, review.candidate.id)
    return shown(pasts().ask(key), "Comparing with earlier runs…")


@st.cache_resource(ttl=FRESH, show_spinner=False, max_entries=256)
def leave(person: Person, packet: str, _review: Review) -> Leave:
    """What would be refused of a person who looks at this packet; the click asks again."""
    return ask_leave(world(), _review, person)


@st.cache_resource(show_spinner=False)
def drifts() -> Shelf[Watched, Drift]:
    return Shelf(lambda key, note: drift(world(), key, note), WATCHED.total_seconds(), most=4)


def watch(watched: Watched) -> Drift:
    """What a model said since its test, counted by one of all visitors who ask."""
    return shown(drifts().ask(watched), "Reading what the model said…")


@st.cache_resource(ttl=LASTING, show_spinner=False, max_entries=1)
def repository() -> str:
    """The repository's address on the forge, for links."""
    return world().forge.repository().url


@st.cache_resource(show_spinner=False)
def historian() -> Historian:
    return Historian(world())


@st.cache_resource(show_spinner=False)
def histories() -> Shelf[Asked, Told]:
    return Shelf(lambda key, note: historian().tell(key, note), FRESH.total_seconds())


@st.cache_resource(show_spinner=False)
def told() -> dict[Asked, Told]:
    """What was shown last, which is better than nothing while it is read anew, or cannot be."""
    return {}


@dataclass(frozen=True)
class Shown:
    """A history, and of an older one why it is shown: a newer one is being read, or could not be."""

    told: Told
    reading: bool = False
    trouble: str = ""


def history(asked: Asked) -> Shown:
    reading, older = histories().ask(asked), told().get(asked)
    if older is None:
        return Shown(_remember(asked, shown(reading, "Reading the history…")))
    if not reading.within(AT_ONCE):
        return Shown(older, reading=True)
    try:
        return Shown(_remember(asked, reading.answer()))
    except TROUBLE as error:
        return Shown(older, trouble=str(error))


def _remember(asked: Asked, found: Told) -> Told:
    kept = told()
    kept.pop(asked, None)
    kept[asked] = found
    for oldest in list(kept)[:-HISTORIES]:
        del kept[oldest]
    return found


def read_history_anew() -> None:
    historian().doubt()
    histories().clear()
    told().clear()


@st.cache_resource(ttl=FRESH, show_spinner="Reading the run…", max_entries=64)
def lineage(run: str) -> Lineage:
    """Without the ledger, which the page has at hand."""
    return trace(world(), run)


@st.cache_resource(ttl=FRESH, show_spinner="Reading both runs…", max_entries=32)
def comparison(a: str, b: str) -> Comparison:
    return compare(world(), a, b)


@st.cache_resource(ttl=FRESH, show_spinner="Reading the curves of both…", max_entries=16)
def curves(a: str, b: str) -> tuple[Mapping[str, Curve], Mapping[str, Curve]]:
    return both_curves(world(), a, b)


@st.cache_resource(show_spinner=False)
def paired() -> Shelf[tuple[str, str], Paired]:
    return Shelf(lambda key, note: counts(world(), *runs_of(key), note), LASTING.total_seconds(), most=4)


def runs_of(key: tuple[str, str]) -> tuple[Run, Run]:
    found = comparison(*key)
    return found.a.run, found.b.run


def predictions(a: str, b: str) -> Paired:
    """The predictions of two runs counted together, by one of all visitors who ask."""
    return shown(paired().ask((a, b)), "Comparing the predictions…")


@st.cache_resource(ttl=FRESH, show_spinner=False, max_entries=16)
def recent(project: str, task: str) -> list[Run]:
    """The newest runs of a model, to be compared."""
    return world().tracker.recent(project, task, RECENT)


@st.cache_resource(ttl=FRESH, show_spinner="Reading datasets and trainings…", max_entries=1)
def outlooks() -> list[Outlook]:
    return read_outlooks(world())


@st.cache_resource(ttl=MOMENT, show_spinner=False, max_entries=16)
def running(task: str, _base: Run | None) -> Live | None:
    """One training as it is now, read by one of all visitors who watch it."""
    return live(world(), task, _base)


def shown(reading: Reading[Answer], label: str) -> Answer:
    """The answer; while it takes long, its steps are shown as they are begun."""
    place, told, box = st.empty(), 0, None
    for _ in reading.turns():
        box = box or place.status(label, expanded=True)
        for step in reading.steps[told:]:
            box.markdown(f"- {plain(step)}")
            told += 1
        box.update(label=f"{label} {reading.seconds:.0f} s", expanded=True)
    place.empty()
    return reading.answer()


def forget() -> None:
    """After a decision, or on request: read everything anew."""
    inbox.clear()
    champions.clear()
    outlooks.clear()
    reviews().clear()
    drifts().clear()
    histories().clear()
    lineage.clear()
    comparison.clear()


def explain(error: Exception) -> None:
    """An error as a reviewer needs it: what was found, and what to do."""
    remedies = {
        ConfigError: "Mend the configuration and reload this page. To try without any service, run "
        "`python -m gate sandbox`.",
        ServiceError: "Nothing was changed. Try again when the service answers.",
        LedgerDamaged: "Nothing can be promoted until a person has repaired the ledger's branch.",
        Absent: "Look at the address of this page, or go back to the inbox.",
    }
    st.error(plain(str(error), longest=2_000), icon=":material/error:")
    wait = error.wait if isinstance(error, Passing) else 0.0
    later = f"Nothing was changed. Try again in {counted(math.ceil(wait), 'second')}: a limit of requests is reached."
    st.caption(later if wait else next(said for kind, said in remedies.items() if isinstance(error, kind)))
    if st.button("Try again", icon=":material/refresh:"):
        forget()
        world.clear()
        st.rerun()
