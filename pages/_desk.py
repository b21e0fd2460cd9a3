"""The reviewer's desk: the one place with the connection, what was read, the identity and the background worker."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Literal

import streamlit as st

from gate.compare import Comparison
from gate.config import ConfigError
from gate.desk import Worker
from gate.drift import Drift
from gate.evidence import Curve, Run
from gate.figures import counted
from gate.identity import Person
from gate.ledger import LedgerDamaged
from gate.lineage import Lineage
from gate.ports import Absent, Passing, ServiceError
from gate.review import Review
from gate.trend import Past
from gate.verdict import Outcome
from gate.workflow import World
from gate.workflow.authority import Leave
from gate.workflow.authority import leave as ask_leave
from gate.workflow.champions import Champion
from gate.workflow.compare import Paired
from gate.workflow.drift import Watched
from gate.workflow.history import Asked, Told
from gate.workflow.inbox import Waiting
from gate.workflow.judging import Bench
from gate.workflow.retrainings import Live, Outlook, live
from pages import _visitor
from pages._reading import TROUBLE as TROUBLE
from pages._reading import shown
from pages._shelves import FRESH, Shelves, shelves_of_environment
from pages._text import plain

MOMENT = timedelta(seconds=2)  # of a run that goes on
Color = Literal["green", "blue", "orange", "red"]
BADGES: Mapping[Outcome, tuple[str, str, Color]] = {
    Outcome.PASSED: ("Passed", ":material/check_circle:", "green"),
    Outcome.REVIEW: ("Review", ":material/visibility:", "blue"),
    Outcome.UNKNOWN: ("Unknown", ":material/help:", "orange"),
    Outcome.FAILED: ("Failed", ":material/cancel:", "red"),
}


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
def shelves() -> Shelves:
    return shelves_of_environment()


def world() -> World:
    return shelves().world


@st.cache_resource(show_spinner=False, on_release=Worker.dismiss)
def worker() -> Worker:
    """One per process. Starting it finishes whatever an earlier process left in flight."""
    started = Worker(world)
    started.start()
    return started


def inbox() -> list[Waiting]:
    """Everybody who waits, with the verdicts that are known by now; the others are being judged."""
    shelves().champions.ask(())  # what the page asks for next, at the same time
    found = shown(shelves().queue, (), "Reading the open pull requests…")
    return shelves().bench.list(found)


def judging() -> Bench:
    """Who judges them, in the background."""
    return shelves().bench


def champions() -> list[Champion]:
    return shown(shelves().champions, (), "Reading the ledger…")


def review(pull: int, scope: str | None) -> Review:
    """Judged by one of all visitors who ask. While it takes long, its steps are shown as they are begun."""
    label = "Judging the candidate…"
    return shown(shelves().reviews, (pull, scope), label, lambda found: found.packet_digest, calm=True)


def past(review: Review) -> tuple[Past, ...]:
    """How earlier runs did on the rows of this candidate."""
    assert review.pull is not None
    assert review.candidate is not None
    key = (review.pull.number, review.name, review.candidate.id)
    return shown(shelves().pasts, key, "Comparing with earlier runs…")


@st.cache_resource(ttl=FRESH, show_spinner=False, max_entries=256)
def leave(person: Person, packet: str, _review: Review) -> Leave:
    """What would be refused of a person who looks at this packet; the click asks again."""
    return ask_leave(world(), _review, person)


def watch(watched: Watched) -> Drift:
    """What a model said since its test, counted by one of all visitors who ask."""
    return shown(shelves().drifts, watched, "Reading what the model said…", id)


def repository() -> str:
    """The repository's address on the forge, for links."""
    return shown(shelves().repository, (), "Asking for the repository…")


def history(asked: Asked) -> Told:
    return shown(shelves().histories, asked, "Reading the history…", _told)


def _told(told: Told) -> object:
    """All but when it was read."""
    return told.champion, told.history.runs.briefs, told.history.testsets, told.history.remarks


def read_history_anew() -> None:
    shelves().doubt_histories()


def lineage(run: str) -> Lineage:
    """Without the ledger, which the page has at hand."""
    return shown(shelves().lineages, run, "Reading the run…")


def comparison(a: str, b: str) -> Comparison:
    shelves().curves.ask((a, b))  # what the page asks for next, at the same time
    return shown(shelves().comparisons, (a, b), "Reading both runs…")


def curves(a: str, b: str) -> tuple[Mapping[str, Curve], Mapping[str, Curve]]:
    return shown(shelves().curves, (a, b), "Reading the curves of both…")


def predictions(a: str, b: str) -> Paired:
    """The predictions of two runs counted together, by one of all visitors who ask."""
    return shown(shelves().paired, (a, b), "Comparing the predictions…", id)


def recent(project: str, task: str) -> list[Run]:
    """The newest runs of a model, to be compared."""
    return shown(shelves().recent, (project, task), "Reading the newest runs…")


def outlooks() -> list[Outlook]:
    return shown(shelves().outlooks, (), "Reading datasets and trainings…")


@st.cache_resource(ttl=MOMENT, show_spinner=False, max_entries=16)
def running(task: str, _base: Run | None) -> Live | None:
    """One training as it is now, read by one of all visitors who watch it."""
    return live(world(), task, _base)


def forget() -> None:
    """After a decision, or on request: read everything anew."""
    with suppress(ConfigError):  # without a configuration nothing was read
        shelves().expire()


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
        st.rerun()
