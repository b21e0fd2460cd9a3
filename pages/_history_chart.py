"""The picture of a model's runs over time; a click opens a run or looks closer, a box looks closer."""

from __future__ import annotations

from typing import Any

import streamlit as st

from gate.charts import history_chart
from gate.charts.history import RUN
from gate.figures import counted, short
from gate.history import STATES, History, Picture
from gate.history.moments import moment
from pages import _drawing, _history_filters, _tables
from pages._text import plain

BUTTONS = {"displayModeBar": True, "displaylogo": False, "modeBarButtons": [["select2d", "pan2d"]]}
SAID = "Each run's metric by the date of its end, the best so far, the best model, and what was decided"


def show(history: History, picture: Picture) -> None:
    if not len(picture.runs) and not picture.events:
        nothing(history, picture)
        return
    key = f"chart-{st.session_state.get('zoomed', 0)}"
    _drawing.show(
        history_chart(history, picture, _tables.dark(), st.query_params.get("run", "")),
        key=key,
        on_select=lambda: select(key),
        selection_mode=("points", "box"),
        config=BUTTONS,
        alt=f"{SAID}; the table beside it has the same runs",
    )
    st.caption(_sentence(history, picture))


def nothing(history: History, picture: Picture) -> None:
    """Why there is no picture."""
    if not len(history.runs):
        st.info("No run of this name is in the project yet.", icon=":material/history_toggle_off:")
    elif not history.metric:
        st.info("The policy compares no metric: choose one above.", icon=":material/query_stats:")
    else:
        st.info(f"No run can be shown here. {_hidden(picture)}", icon=":material/search_off:")


def _sentence(history: History, picture: Picture) -> str:
    shown = f"{len(picture.runs):,} of {counted(len(history.runs), 'run')}"
    bins = 0 if picture.bins is None else len(picture.bins)
    how = (
        "each by itself; click one to open it"
        if picture.bins is None
        else f"in {counted(bins, 'stretch', 'stretches')} of time; click one to look closer, or mark several by a box"
    )
    note = "The values are ClearML's summaries; a verdict reads the whole curve."
    return " ".join(filter(None, [f"{shown}, {how}.", _hidden(picture), _lost(picture), note]))


def _hidden(picture: Picture) -> str:
    if not picture.hidden:
        return ""
    said = "; ".join(f"{count:,} {name} ({STATES[name]})" for name, count in picture.hidden.items())
    return f"Without a place in the picture: {plain(said, 600)}."


def _lost(picture: Picture) -> str:
    lost = [f"{short(event.run)} ({event.gone})" for event in picture.events if event.gone and event.run]
    found = list(dict.fromkeys(lost))
    return f"Decided about, but no longer in the tracker as they were: {plain(', '.join(found[:6]))}." if found else ""


def select(key: str) -> None:
    """A box is a stretch of time; a point is a run, or a stretch that holds many."""
    selection: dict[str, Any] = st.session_state[key]["selection"]
    if boxes := selection.get("box"):
        ends = sorted(_moment(each) for each in boxes[0]["x"])
        _history_filters.zoom(ends[0], ends[-1])
    elif points := [point["customdata"] for point in selection.get("points", ()) if point.get("customdata")]:
        kind, *facts = points[0]
        if kind == RUN:
            open_run(str(facts[0]))
        else:
            _history_filters.zoom(int(facts[0]), int(facts[1]))


def open_run(run: str) -> None:
    st.query_params["run"] = run
    st.session_state["zoomed"] = st.session_state.get("zoomed", 0) + 1


def _moment(value: object) -> int:
    """Plotly answers dates as text, or as numbers where the axis was given numbers."""
    return int(value) if isinstance(value, int | float) else moment(str(value))
