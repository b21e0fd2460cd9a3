"""One class by itself, named in the address."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gate.charts import class_trend
from gate.classes import ClassTable
from gate.figures import moment
from gate.markdown import visible
from gate.portrait import Line, portrait
from gate.review import Review
from gate.trend import trend
from pages import _desk, _drawing, _tables
from pages._text import plain

NAME = "class"


def chosen() -> str | None:
    return st.query_params.get(NAME)


def choose(name: str | None) -> None:
    if name is None:
        st.query_params.pop(NAME, None)
    else:
        st.query_params[NAME] = name


def show(table: ClassTable, review: Review) -> None:
    name = chosen()
    if name is None:
        st.caption("Select a class in the table to see where its rows went.")
        return
    with st.container(border=True, key="portrait"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Class**")
            st.text(visible(name))
            st.space("stretch")
            st.button("Close", icon=":material/close:", type="tertiary", on_click=choose, args=(None,))
        found = portrait(table.counts, name)
        if found is None:
            st.caption("No row here has this class, and no model predicts it.")
            return
        lines("How many are there?", "rows", found.totals)
        lines("Where did its rows go?", "predicted as", found.went)
        lines("Where did its false claims come from?", "truth", found.came)
        history(review, name)


def history(review: Review, name: str) -> None:
    """The class in earlier runs, on the same rows: worked out once somebody asks, for each run may be a download."""
    st.markdown("**How did it do in earlier runs?**")
    counts, best, candidate = review.evidence.counts, review.best, review.candidate
    if counts is None or best is None or candidate is None or not st.toggle("Compare with earlier runs", key="earlier"):
        return
    found = trend(_desk.past(review), counts, best, candidate, name)
    said = f"F1 and recall of this class in {len(found.points)} runs, in the order in which they ended"
    _drawing.show(class_trend(found, _tables.dark()), key="trend", alt=said)
    columns = ["role", "F1", "recall", "support", "completed", "run"]
    rows = [(p.role, p.f1, p.recall, p.support, moment(p.completed), p.run) for p in found.points]
    _tables.show(pd.DataFrame(rows, columns=columns), "trend-table", said)
    for sentence in found.left_out:
        st.caption(f"Left out: {plain(sentence)}.")


def lines(title: str, what: str, found: list[Line] | None) -> None:
    st.markdown(f"**{title}**")
    if found is None:
        st.caption("Confusions are counted over all rows only.")
    elif not found:
        st.caption("None, by either model.")
    else:
        _tables.show(pd.DataFrame(found, columns=[what, "best", "candidate"]), f"lines-{what}", title)
