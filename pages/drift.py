"""How far the world moved away from a model since its test, and what that costs."""

from __future__ import annotations

import re

import streamlit as st

from gate.config import SeveralScopes
from gate.drift import Drift
from gate.figures import short
from gate.workflow.drift import Unwatched, Watched
from pages import _desk, _drift_classes, _drift_time, _drift_window, _subject
from pages._text import plain

FORMS = {"scope": r"[A-Za-z0-9._-]{1,64}", "run": r"[0-9a-f]{32}", "candidate": r"[0-9a-f]{32}", "pr": r"[0-9]{1,9}"}


def watched() -> Watched:
    """What the address names; anything that is no name is left out."""
    given = {name: st.query_params.get(name, "") for name in FORMS}
    known = {name: text if re.fullmatch(FORMS[name], text) else None for name, text in given.items()}
    pull = None if known["pr"] is None else int(known["pr"])
    return Watched(known["scope"], known["run"], known["candidate"], pull)


def page(whole: Drift) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        run = whole.run
        about = f"{plain(whole.scope)} · run `{short(run.id) if run else ''}` · a stretch is: {plain(whole.every)}"
        st.caption(about, help=f"The run's id is `{run.id}`." if run else None)
        st.space("stretch")
        if pull := st.query_params.get("pr"):
            query = {"pr": pull, "scope": whole.scope}
            _subject.link("review", "Back to the review", query, ":material/arrow_back:")
        elif run:
            st.markdown(f"[the run in ClearML]({_desk.world().tracker.link(run)})")
    body(whole)


@st.fragment
def body(whole: Drift) -> None:
    """Runs by itself while the reader chooses, on the counts that were read when the page was opened."""
    place = st.container()
    drift = _drift_window.chosen(whole)
    with place:
        _drift_window.verdict(drift)
    _drift_time.show(drift)
    _drift_classes.show(drift)
    _drift_window.remarks(drift)


st.title("Drift", help="How far has the world moved away from the model since its test, and what does it cost?")
try:
    found = _desk.watch(watched())
except Unwatched as why:
    st.info(f"Nothing to watch: {plain(str(why))}.", icon=":material/search_off:")
    _subject.link("inbox", "Go to the inbox")
except SeveralScopes as several:
    st.info("This repository decides about several models. Which do you watch?", icon=":material/category:")
    for name in several.names:
        _subject.link("drift", plain(name), {"scope": name})
except _desk.TROUBLE as error:
    _desk.explain(error)
else:
    page(found)
