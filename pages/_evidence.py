"""What a review rests on: how sure the results are, the classes, and where both models come from."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gate.charts import effect_bars, top_changes
from gate.charts.effects import MEANING
from gate.classes import ClassTable
from gate.effects import drawn
from gate.figures import counted
from gate.formulas import SAMPLING
from gate.review import Review
from gate.sides import sides
from pages import _desk, _drawing, _subject, _tables
from pages._text import plain

SHORT = ["class", "status", "best F1", "candidate F1", "change", "support"]


def limits(review: Review) -> None:
    """All rules in one picture."""
    found = review.verdict.findings
    if drawn(found):
        st.subheader("How sure is that, and how far from each limit?")
        _drawing.show(effect_bars(found, _tables.dark()), key="effects", alt=MEANING)
        st.caption("Points are results, bars their intervals; distances are in limits, and cut at 3. " + SAMPLING)


def classes(review: Review) -> None:
    st.subheader("Which classes change?")
    counts = review.evidence.counts
    if counts is None or not counts.labels:
        st.info(f"No comparison per class: {plain(review.evidence.counts_missing)}.", icon=":material/search_off:")
        _tables.grounds(review)
        _tables.reported(review)
        return
    table = ClassTable(counts)
    tally = {status: number for status, number in table.tally().items() if number}
    said = ", ".join(f"{number:,} {status}" for status, number in tally.items())
    st.caption(f"Of {counted(len(table.names), 'class', 'classes')}: {said}.{_tested(review)}", help=_tables.STATUSES)
    if not len(table.extremes()):
        st.info("No class changed: both models have the same F1 in each.", icon=":material/equal:")
        _subject.link("classes", f"All {len(table.names):,} classes", _subject.about(review), ":material/category:")
        return
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _tables.show(_extremes(review, table), "extremes", "The classes that lost and gained most F1", height=580)
        _subject.link("classes", f"All {len(table.names):,} classes", _subject.about(review), ":material/category:")
    with right:
        said = "Bars: the classes that lost and gained most F1; the table beside has the same numbers"
        _drawing.show(top_changes(table, dark=_tables.dark()), key="changes", alt=said)
    _tables.grounds(review)


def _extremes(review: Review, table: ClassTable) -> pd.DataFrame:
    """The largest changes; where the policy has classes tested, which of them are more than chance."""
    rows, found = table.extremes(), review.tested
    columns = pd.DataFrame(table.columns(rows))[SHORT]
    if found is not None:
        columns["beyond chance"] = ["yes" if beyond else None for beyond in (found.fell | found.rose)[rows].tolist()]
    return columns


def _tested(review: Review) -> str:
    """What the rule about classes says of the same falls: fewer, for it allows for chance."""
    found = [each.effect for each in review.verdict.findings if each.effect and each.effect.unit == "classes"]
    return f" Tested against chance, {counted(found[0].estimate, 'class', 'classes')} regressed." if found else ""


def further(review: Review) -> None:
    """To the whole comparison, and to where each of the two comes from."""
    runs = {"best": review.evidence.best, "candidate": review.evidence.candidate}
    known = {who: run.id for who, run in runs.items() if run}
    with st.container(horizontal=True):
        if len(known) == len(runs):
            query = {"a": known["best"], "b": known["candidate"], "scope": review.name}
            _subject.link("compare", "Everything that differs between the two", query, ":material/difference:")
        for who, run in known.items():
            query = {"run": run, "scope": review.name}
            _subject.link("history", f"Lineage of the {who}", query, ":material/history:")
        about = f"How the best drifted since its test{', and what this one repairs' if review.candidate else ''}"
        _subject.link("drift", about, _subject.about(review), ":material/waves:")


def lineage(review: Review) -> None:
    runs = {"best": review.evidence.best, "candidate": review.evidence.candidate}
    facts = sides(runs["best"], runs["candidate"])
    differ = [fact for fact in facts if fact.differs]
    with st.expander("Where do the two models come from?", icon=":material/account_tree:"):
        columns = {"best": [fact.best for fact in differ], "candidate": [fact.candidate for fact in differ]}
        changed = pd.DataFrame(columns, index=[fact.name for fact in differ])
        st.dataframe(changed, key="lineage", alt="Facts and parameters of both runs that differ")
        st.caption(f"{len(differ):,} of {counted(len(facts), 'fact')} and parameters differ; equal ones are left out.")
        link = _desk.world().tracker.link
        links = [f"[{who} in ClearML]({url})" for who, run in runs.items() if run and (url := link(run))]
        if review.pull:
            links.append(f"[pull request on GitHub]({review.pull.url})")
        st.markdown(" · ".join(links))
