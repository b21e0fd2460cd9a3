"""The explorer of classes: of all rows or a slice of them, the scores, every class, and what became of one."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gate import slices
from gate.charts import change_histogram, top_changes
from gate.classes import ClassTable
from gate.figures import counted
from gate.markdown import visible
from gate.review import Review
from gate.summary import flip_rates, grown_confusions, headlines
from pages import _class_list, _class_panel, _drawing, _tables

EVERY_ROW = "all rows"
NAMED_AT_MOST = 20
FLIPS = (
    "NFR: what becomes wrong. PFR: what becomes right. BTC and BEC: what stays right, and wrong. Churn: what is "
    "predicted differently."
)


@st.fragment
def explore(everything: ClassTable, review: Review) -> None:
    """Runs by itself while the reader filters, on the counts that were read when the page was opened."""
    table = sliced(everything)
    cards(table)
    flips(table)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _class_list.show(table)
        histogram(table)
        grown(table)
    with right:
        _class_panel.show(table, review)
        extremes(table)
        special(table)


def sliced(everything: ClassTable) -> ClassTable:
    known = slices.named(everything.counts)
    if not known:
        return everything
    chosen = st.selectbox(
        "Rows", [EVERY_ROW, *known], key="slice", bind="query-params", width=320, help="Everything below follows."
    )
    return everything if chosen == EVERY_ROW else ClassTable(slices.within(everything.counts, known[chosen]))


def cards(table: ClassTable) -> None:
    st.subheader("Did the scores change?")
    with st.grid(4, min_column_width=160):
        for each in headlines(table.counts):
            st.metric(
                each.name,
                "not known" if each.candidate is None else f"{each.candidate:.4f}",
                None if each.change is None else f"{each.change:+.4f}",
                delta_description="best not known" if each.best is None else f"best {each.best:.4f}",
                border=True,
                help=each.meaning,
            )


def flips(table: ClassTable) -> None:
    rates = flip_rates(table.counts)
    st.subheader("How much would change, for better and for worse?")
    rows = counted(table.counts.rows, "row")
    st.caption(f"{FLIPS} n = {rows}." if rates else "No flip rates: they need rows that are paired.")
    with st.grid(6, min_column_width=120, key="flips"):
        for rate in rates:
            st.metric(rate.name, rate.text, help=rate.meaning)


def extremes(table: ClassTable) -> None:
    st.subheader("Which classes lost and gained most F1?")
    said = "Bars: the classes that lost and gained most F1; the table of classes has the same numbers"
    _drawing.show(top_changes(table, dark=_tables.dark()), key="changes", alt=said)


def histogram(table: ClassTable) -> None:
    st.subheader("How many classes changed by how much?")
    said = "Histogram: how many classes lost or gained how much F1"
    _drawing.show(change_histogram(table, _tables.dark()), key="histogram", alt=said)
    st.caption(f"{counted(table.tally()['unchanged'], 'unchanged class', 'unchanged classes')} not drawn.")


def grown(table: ClassTable) -> None:
    st.subheader("Which confusions grew most?")
    found = grown_confusions(table.counts)
    if found is None:
        st.caption("Confusions are counted over all rows only.")
    elif not found["truth"]:
        st.caption("No confusion became more frequent.")
    else:
        _tables.show(pd.DataFrame(found), "grown", "Confusions that the candidate makes more often than the best")


def special(table: ClassTable) -> None:
    """The classes that one model does not predict at all, and those nobody can score."""
    counts = table.counts
    found = {
        "New, predicted by the candidate only": counts.new_classes,
        "Gone, predicted by the best only": counts.gone_classes,
        "Never true, though predicted": counts.unseen_classes,
    }
    for title, names in found.items():
        st.markdown(f"**{title}: {len(names) or 'none'}**")
        if names:
            more = f" · and {len(names) - NAMED_AT_MOST:,} more" if len(names) > NAMED_AT_MOST else ""
            st.text(" · ".join(visible(name) for name in names[:NAMED_AT_MOST]) + more)
