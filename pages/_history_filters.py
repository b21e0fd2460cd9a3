"""Which runs the History page is about: all of it in the address."""

from __future__ import annotations

import re

import numpy as np
import streamlit as st

from gate.history import Filters, History
from gate.history.moments import NEVER, moment
from gate.rules.demand import Direction
from gate.workflow.history import Asked, Told
from pages import _desk
from pages._text import plain

OTHER = "another metric…"
ANY = "any dataset"
BEGIN, END = "from", "until"
FORMAT = "2026-01-31 or 2026-01-31 12:00"
SCOPE = re.compile(r"[A-Za-z0-9._-]{1,64}")
METRIC = re.compile(r"[^/]+/.+", re.DOTALL)
BETTER: dict[str, Direction] = {"higher": "max", "lower": "min"}


def asked() -> Asked:
    """What has to be read for it; anything in the address that is no name is left out."""
    scope, metric = st.query_params.get("scope", ""), st.query_params.get("metric", "")
    direction = BETTER.get(st.query_params.get("better", ""), "max")
    known = metric if METRIC.fullmatch(metric) and metric != OTHER else ""
    return Asked(scope if SCOPE.fullmatch(scope) else None, known, direction)


def chosen(told: Told) -> Filters:
    history = told.history
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        _metric(told)
        find = st.text_input(
            "Find", key="find", type="search", bind="query-params", placeholder="id, commit, tag, owner", width=200
        )
        dataset = _dataset(history)
        begin = _time("From (UTC)", BEGIN)
        end = _time("Until", END)
        if begin is not None or end is not None:
            st.button("All time", icon=":material/zoom_out_map:", on_click=zoom, args=(None, None))
    with st.container(horizontal=True, key="flags"):
        decided = st.toggle("Only decided ones", key="decided", bind="query-params")
        archived = st.toggle("Archived ones too", key="archived", bind="query-params")
    return Filters(begin, end, find or "", dataset, archived, decided)


def _metric(told: Told) -> None:
    """In the address as what was read; a metric that the policy does not name may be any that a run reported."""
    names = list(dict.fromkeys([*told.metrics, *([told.history.metric] if told.history.metric else [])]))
    if st.session_state.get("metric-choice") == OTHER:
        policy = told.champion.policy
        names = sorted({*names, *(name for run in _desk.recent(policy.project, policy.task) for name in run.scalars)})
    options = [*names, OTHER]
    now = options.index(told.history.metric) if told.history.metric in options else 0
    st.selectbox("Metric", options, index=now, key="metric-choice", on_change=_read_metric, width=210)
    if told.history.metric and told.history.metric not in told.metrics:
        index = list(BETTER.values()).index(told.history.direction)
        st.selectbox("Better is", list(BETTER), index=index, key="better-choice", on_change=_read_direction, width=110)


def _read_metric() -> None:
    if (picked := st.session_state["metric-choice"]) != OTHER:
        st.query_params["metric"] = picked


def _read_direction() -> None:
    st.query_params["better"] = st.session_state["better-choice"]


def _dataset(history: History) -> str:
    if not history.versions:
        return ""
    names = {"": ANY, **{ident: history.name_of(ident) for ident in history.versions}}
    picked = st.selectbox(
        "Dataset", list(names), format_func=lambda ident: names[ident], key="dataset", bind="query-params", width=210
    )
    return str(picked or "")


def _time(label: str, name: str) -> int | None:
    text = st.text_input(label, key=name, bind="query-params", placeholder=FORMAT, width=190) or ""
    found = moment(text.strip())
    if text.strip() and found == NEVER:
        st.error(f"{plain(text)} is no time such as {FORMAT}")
    return None if found == NEVER else found


def zoom(begin: int | None, end: int | None) -> None:
    """From a picture or a button: into the address, by way of the two fields."""
    for name, when in ((BEGIN, begin), (END, end)):
        seconds = "" if when is None else str(np.datetime64(when, "ms").astype("datetime64[s]")).replace("T", " ")
        st.session_state[name] = seconds
    st.session_state["zoomed"] = st.session_state.get("zoomed", 0) + 1
