"""Any two runs side by side: what differs, and what came of it."""

from __future__ import annotations

import streamlit as st

from gate.compare import Comparison
from gate.origin import Origin
from gate.rules import MetricRule
from pages import _compare_choice, _compare_results, _compare_sections, _desk, _subject
from pages._text import plain


def page(found: Comparison) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        head("A", found.a)
    with right:
        head("B", found.b)
    if found.a.run.id == found.b.run.id:
        st.info("A and B are the same run: choose another one.", icon=":material/content_copy:")
        return
    everything = st.toggle("Show what is equal, too", key="all", bind="query-params")
    if found.same:
        st.success("Nothing that was recorded of the two runs differs.")
    _compare_sections.show(found, everything)
    _compare_results.curves(found, first_metric())
    _compare_results.classes(found)


def head(side: str, origin: Origin) -> None:
    run = origin.run
    with st.container(border=True, key=f"head-{side}"):
        ended = run.completed[:16].replace("T", " ")
        st.markdown(f"**{side}** · {plain(run.project)} / {plain(run.name)} · {plain(run.status)} {ended}")
        st.caption(f"`{run.id}` · commit `{plain(run.commit[:12] or 'not recorded')}`")
        with st.container(horizontal=True):
            st.markdown(f"[in ClearML]({_desk.world().tracker.link(run)})")
            query = {"run": run.id, "scope": st.query_params.get("scope", "")}
            _subject.link(
                "history", "Its lineage", {name: text for name, text in query.items() if text}, ":material/history:"
            )


def first_metric() -> str:
    rules = [rule for champion in _desk.champions() for rule in champion.policy.policy.rules]
    return next((rule.metric for rule in rules if isinstance(rule, MetricRule)), "")


st.title("Compare two runs")
try:
    if runs := _compare_choice.chosen():
        page(_desk.comparison(*runs))
    else:
        st.info("Choose two runs. Their address can be sent to others: it names both.", icon=":material/difference:")
except _desk.TROUBLE as error:
    _desk.explain(error)
