"""Confidence before and now, and what became of it and of accuracy over time."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gate.charts import confidence_overlay, over_time
from gate.drift import Drift
from gate.drift.timeline import Point
from pages import _drawing, _drift_window, _tables
from pages._text import plain

KEY = "stretches"
SURE = (
    "Of each row, the confidence in the class that the model said (p@1), 0 to 1: test rows filled, current ones a line."
)
WHEN = (
    "Each point is a stretch of time: mean confidence, accuracy and macro F1 where the truth is known, and the range "
    "in which accuracy lies as estimated without labels. What the model was trained on is shaded."
)
MOVED = (
    "How far the shares of the classes moved since the test beyond about what chance does: "
    "0 is not at all, 1 is no class in common (total variation distance)."
)
SHARE, COUNT = "%.3f", "localized"
FORMATS = {
    "from": st.column_config.TextColumn(pinned=True, help="The day, or the minute, at which the stretch begins, UTC."),
    **_tables.numbers(
        {
            "rows": (COUNT, "Predictions in the stretch."),
            "with truth": (COUNT, "Those of them whose true class is known by now."),
            "mean p@1": (SHARE, "Mean confidence in the class that was said, 0 to 1, of all rows."),
            "estimated from": (SHARE, "Accuracy guessed without labels: the lowest of the estimates."),
            "to": (SHARE, "Accuracy guessed without labels: the highest of the estimates."),
            "accuracy": (SHARE, "Share of right rows among those with a truth. Empty: no truth is known."),
            "macro F1": (SHARE, "Mean F1 of the classes with a truth. Empty: no truth is known."),
            "moved": (SHARE, MOVED),
        }
    ),
    "note": st.column_config.TextColumn(help="Stretches with fewer rows than min_rows of [drift] tell nothing."),
}


def show(drift: Drift) -> None:
    cards(drift)
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.subheader("Is the model as sure as it was?", help=SURE)
        if drift.confidence is None:
            st.info("One of the windows has no usable confidence.", icon=":material/search_off:")
        else:
            said = "Shares of rows by confidence, on the test rows and now; the remarks have the distances"
            _drawing.show(confidence_overlay(drift, _tables.dark()), key="overlay", alt=said)
    with right:
        st.subheader("When did it change?", help=WHEN)
        if not drift.points:
            st.info("No row has a time, so that nothing can be said over time.", icon=":material/search_off:")
        elif all(point.thin for point in drift.points):
            few = f"Every stretch has fewer than {drift.watch.min_rows:,} rows, which tell nothing"
            st.info(
                f"{few}: make chunk longer, or min_rows smaller, in [drift] of gate.toml.", icon=":material/zoom_out:"
            )
        else:
            said = "Mean confidence, estimates and accuracy over time; the table of stretches has the same numbers"
            _drawing.show(over_time(drift, _tables.dark()), key="time", alt=said)
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
        _count("Rows now", now.rows, f"{before.rows:,.0f} at test", "Predictions since the test, in the chosen days.")
        sure = None if drift.confidence is None else (drift.confidence.before, drift.confidence.after)
        _share("Mean p@1", sure, f"Mean confidence in the class that was said, 0 to 1, of {now.rows:,.0f} rows.")
        right = None if drift.accuracy is None else drift.accuracy[:2]
        _share("Accuracy", right, f"Share of right rows among the {now.labelled:,.0f} whose truth is known.")
        _count(
            "New classes", len(drift.new), f"{len(drift.gone):,} gone", "Classes that no test row had, and now some do."
        )


def _count(name: str, value: float, beside: str, meaning: str) -> None:
    st.metric(name, f"{value:,.0f}", beside, delta_color="off", delta_arrow="off", border=True, help=meaning)


def _share(name: str, ends: tuple[float, float] | None, meaning: str) -> None:
    if ends is None:
        why = "nothing to compare"
        st.metric(name, "not known", why, delta_color="off", delta_arrow="off", border=True, help=meaning)
    else:
        change, test = f"{ends[1] - ends[0]:+.3f}", f"test {ends[0]:.3f}"
        st.metric(name, f"{ends[1]:.3f}", change, border=True, delta_description=test, help=meaning)


def stretches(drift: Drift) -> None:
    """One row for each; a chosen one becomes the current window."""
    st.caption("Choose a stretch to see its rows' summary: everything on this page is then of these days.")
    st.dataframe(
        pd.DataFrame([_row(point) for point in drift.points]),
        hide_index=True,
        key=KEY,
        height=_tables.height(len(drift.points), 300),
        column_config=FORMATS,
        placeholder=_tables.NONE,
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
