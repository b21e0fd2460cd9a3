"""A model over the months: every candidate and every best, what was decided, and on which evidence."""

from __future__ import annotations

import re

import streamlit as st

from gate.config import SeveralScopes
from gate.history import headline
from gate.workflow.history import Told
from pages import (
    _decisions,
    _desk,
    _history_chart,
    _history_filters,
    _history_sets,
    _history_table,
    _lineage,
    _settling,
    _subject,
)
from pages._text import plain

RUN = re.compile(r"[0-9a-f]{32}")


def page(told: Told) -> None:
    history, champion = told.history, told.champion
    head(told)
    _settling.alarms([champion])
    filters = _history_filters.chosen(told)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.subheader("How did each run do, and who was best when?", help=_history_chart.SAID)
        _history_chart.show(history, history.picture(filters))
    with right:
        st.subheader("Which runs are these?")
        _history_table.show(history, filters)
    run = st.query_params.get("run", "")
    if RUN.fullmatch(run):
        with st.container(border=True, key="run"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.subheader("Where does this run come from?")
                st.space("stretch")
                st.button("Close", icon=":material/close:", type="tertiary", on_click=close)
            _lineage.show(run, champion.records, champion.best, history.name)
    st.subheader("Who decided what, when, and on which evidence?")
    _decisions.show(champion)
    _subject.link("ledger", "The ledgers of all scopes", icon=":material/list_alt:")
    _history_sets.show(history)


def close() -> None:
    st.query_params.pop("run", None)


def head(told: Told) -> None:
    policy = told.champion.policy
    st.markdown(f"{plain(headline(told.history), 600)}.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{plain(policy.name)}: runs of {plain(policy.task)} in {plain(policy.project)}")
        st.space("stretch")
        st.button("Read everything anew", icon=":material/refresh:", on_click=_desk.read_history_anew)


st.title("History", help="How did every run do, who was best when, and who decided so on which evidence?")
try:
    page(_desk.history(_history_filters.asked()))
except SeveralScopes as several:
    st.info("This repository decides about several models. Whose history?", icon=":material/category:")
    for name in several.names:
        _subject.link("history", plain(name), {"scope": name})
except _desk.TROUBLE as error:
    _desk.explain(error)
