"""Any two runs side by side: what differs, and what came of it."""

from __future__ import annotations

import streamlit as st

from gate.compare import Comparison, headline
from gate.figures import short
from gate.origin import Origin
from gate.rules import MetricRule
from pages import _compare_choice, _compare_results, _compare_sections, _desk, _subject
from pages._text import plain


def page(found: Comparison) -> None:
    itself = found.a.run.id == found.b.run.id
    if itself:
        st.info("A and B are the same run: choose another one.", icon=":material/content_copy:")
    elif found.same:
        st.success("Nothing that was recorded of the two runs differs.")
    else:
        st.markdown(f"{plain(headline(found), 600)}.")
    left, right = st.columns(2, gap="medium")
    with left:
        head("A", found.a)
    with right:
        head("B", found.b)
    if itself:
        return
    everything = st.toggle("Show what is equal, too", key="all", bind="query-params")
    _compare_sections.show(found, everything)
    _compare_results.curves(found, first_metric())
    _compare_results.classes(found)


def head(side: str, origin: Origin) -> None:
    run = origin.run
    with st.container(border=True, key=f"head-{side}"):
        ended = f"{run.completed[:16].replace('T', ' ')} UTC" if run.completed else "not ended"
        st.markdown(f"**{side}** · {plain(run.project)} / {plain(run.name)} · {plain(run.status)}, {ended}")
        whole = (
            f"Run `{run.id}`, commit `{plain(run.commit or 'not recorded')}`, ended {plain(run.completed or 'never')}."
        )
        st.caption(f"run `{short(run.id)}` · commit `{plain(short(run.commit) or 'not recorded')}`", help=whole)
        with st.container(horizontal=True):
            st.markdown(f"[in ClearML]({_desk.world().tracker.link(run)})")
            query = {"run": run.id, "scope": st.query_params.get("scope", "")}
            _subject.link(
                "history", "Its lineage", {name: text for name, text in query.items() if text}, ":material/history:"
            )


def first_metric() -> str:
    rules = [rule for champion in _desk.champions() for rule in champion.policy.policy.rules]
    return next((rule.metric for rule in rules if isinstance(rule, MetricRule)), "")


st.title("Compare two runs", help="What differs between any two runs, and what came of it?")
try:
    if runs := _compare_choice.chosen():
        page(_desk.comparison(*runs))
    else:
        st.info("Choose two runs. Their address can be sent to others: it names both.", icon=":material/difference:")
        _compare_choice.suggested()
except _desk.TROUBLE as error:
    _desk.explain(error)
