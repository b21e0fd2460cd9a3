"""Confidence before and now, and what became of it and of accuracy over time."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gate.charts import confidence_overlay, over_time
from gate.drift import Drift
from gate.drift.timeline import Point
from pages import _drift_window, _tables
from pages._text import plain

KEY = "stretches"
FORMATS = {
    name: st.column_config.NumberColumn(format="%.3f")
    for name in ("mean p@1", "estimated from", "to", "accuracy", "macro F1", "moved")
}


def show(drift: Drift) -> None:
    cards(drift)
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.subheader("How sure the model is")
        if drift.confidence is None:
            st.info("One of the windows has no usable confidence.", icon=":material/search_off:")
        else:
            said = "Shares of rows by confidence, on the test rows and now; the remarks have the distances"
            st.plotly_chart(confidence_overlay(drift, _tables.dark()), key="overlay", config=_tables.STILL, alt=said)
    with right:
        st.subheader("Over time")
        if not drift.points:
            st.info("No row has a time, so that nothing can be said over time.", icon=":material/search_off:")
        elif all(point.thin for point in drift.points):
            few = f"Every stretch has fewer than {drift.watch.min_rows:,} rows, which tell nothing"
            st.info(
                f"{few}: make chunk longer, or min_rows smaller, in [drift] of gate.toml.", icon=":material/zoom_out:"
            )
        else:
            said = "Mean confidence, estimates and accuracy over time; the table of stretches has the same numbers"
            st.plotly_chart(over_time(drift, _tables.dark()), key="time", config=_tables.STILL, alt=said)
            doubts(drift)
    if drift.points:
        stretches(drift)


def doubts(drift: Drift) -> None:
    """Why the estimates without labels are not to be believed."""
    if drift.estimates and drift.validity.reasons:
        st.warning(
            plain(f"The estimates without labels are not valid here: {'; '.join(drift.validity.reasons)}.", 900),
            icon=":material/warning:",
        )


def cards(drift: Drift) -> None:
    before, now = drift.before, drift.now
    with st.grid(4, min_column_width=160):
        st.metric(
            "Rows now",
            f"{now.rows:,.0f}",
            f"{before.rows:,.0f} at test",
            delta_color="off",
            delta_arrow="off",
            border=True,
        )
        _card("Mean p@1", None if drift.confidence is None else (drift.confidence.before, drift.confidence.after))
        _card("Accuracy", None if drift.accuracy is None else drift.accuracy[:2])
        st.metric(
            "New classes",
            f"{len(drift.new):,}",
            f"{len(drift.gone):,} gone",
            delta_color="off",
            delta_arrow="off",
            border=True,
        )


def _card(name: str, ends: tuple[float, float] | None) -> None:
    if ends is None:
        st.metric(name, "not known", "nothing to compare", delta_color="off", delta_arrow="off", border=True)
    else:
        st.metric(
            name, f"{ends[1]:.3f}", f"{ends[1] - ends[0]:+.3f}", border=True, delta_description=f"test {ends[0]:.3f}"
        )


def stretches(drift: Drift) -> None:
    """One row for each; a chosen one becomes the current window."""
    st.caption("Choose a stretch to see its rows' summary: everything on this page is then of these days.")
    st.dataframe(
        pd.DataFrame([_row(point) for point in drift.points]),
        hide_index=True,
        key=KEY,
        height=min(38 + 35 * len(drift.points), 300),
        column_config=FORMATS,
        on_select=lambda: select(drift),
        selection_mode="single-row",
        alt="Stretches of time: rows, confidence, estimates, accuracy and how far the classes moved",
    )


def _row(point: Point) -> dict[str, object]:
    known = point.estimates.values()
    return {
        "from": _drift_window.day(point),
        "rows": point.rows,
        "with truth": point.labelled,
        "mean p@1": point.confidence,
        "estimated from": min(known, default=None),
        "to": max(known, default=None),
        "accuracy": point.accuracy,
        "macro F1": point.macro_f1,
        "moved": point.moved,
        "note": "too few rows" if point.thin else "",
    }


def select(drift: Drift) -> None:
    rows = st.session_state[KEY]["selection"]["rows"]
    if rows and rows[0] < len(drift.points):
        name = _drift_window.day(drift.points[rows[0]])
        st.session_state["from"] = st.session_state["until"] = name
