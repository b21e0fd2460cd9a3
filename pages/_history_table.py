"""The runs of the picture as a table; a chosen one is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from gate.figures import counted, short
from gate.history import STATES, USABLE, Filters, History, Row
from gate.spreadsheet import as_csv, cell
from pages import _history_chart, _tables
from pages._text import plain

KEY = "runs"
NEWEST = 500
HIDDEN = "\n".join(f"- **{state}**: {meaning}" for state, meaning in STATES.items() if state != USABLE)
FORMATS = _tables.texts(
    {
        "ended": "To the minute, UTC. Empty: it has not ended, or nobody knows when.",
        "role": "What the ledger says was decided about it last.",
        "state": f"Why it has no place in the picture:\n{HIDDEN}",
        "dataset": "The dataset versions that it used.",
        "commit": "The first 12 digits; the CSV has all 40.",
        "owner": "Who ran it, as ClearML says.",
    }
) | _tables.texts(
    {"run": "ClearML's id, 32 digits: widen the column for all.", "tags": "As they are in ClearML now."}, "small"
)


def show(history: History, filters: Filters) -> None:
    newest, number = history.rows(filters, NEWEST), history.number(filters)
    st.session_state[KEY] = {"selection": {"rows": _marked(newest), "columns": [], "cells": []}}
    st.dataframe(
        pd.DataFrame([_cells(row) for row in newest], columns=list(COLUMNS)),
        hide_index=True,
        key=KEY,
        height=440,
        column_config=FORMATS | {"value": _value(history)},
        placeholder=_tables.NONE,
        on_select=partial(select, [row.run for row in newest]),
        selection_mode="single-row",
        alt="The runs, newest first: end, value, what was decided, state, dataset, commit and tags",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{len(newest):,} of {counted(number, 'run')}, newest first; choose one to open it.")
        file, icon = f"runs-{history.name}.csv", ":material/download:"
        st.download_button(
            "All as CSV", lambda: csv_of(history.rows(filters)), file, "text/csv", on_click="ignore", icon=icon
        )


def _value(history: History) -> Any:
    better = "higher" if history.direction == "max" else "lower"
    said = f"{plain(history.metric)}, as ClearML summarises it; {better} is better. Empty: see its state."
    return st.column_config.NumberColumn(format="%.4f", help=said)


COLUMNS: Mapping[str, Callable[[Row], object]] = {
    "ended": lambda row: row.ended,
    "value": lambda row: row.value,
    "role": lambda row: row.role,
    "state": lambda row: "" if row.state == USABLE and not row.archived else _state(row),
    "run": lambda row: row.run,
    "dataset": lambda row: cell(row.dataset),
    "commit": lambda row: cell(short(row.commit)),
    "tags": lambda row: cell(", ".join(row.tags)),
    "owner": lambda row: cell(row.owner),
}


def _state(row: Row) -> str:
    return ", ".join(filter(None, [row.state if row.state != USABLE else "", "archived" if row.archived else ""]))


def _cells(row: Row) -> list[object]:
    return [find(row) for find in COLUMNS.values()]


def _marked(rows: Sequence[Row]) -> list[int]:
    return [place for place, row in enumerate(rows) if row.run == st.query_params.get("run")]


def select(runs: list[str]) -> None:
    chosen = st.session_state[KEY]["selection"]["rows"]
    if chosen and chosen[0] < len(runs):
        _history_chart.open_run(runs[chosen[0]])
    else:
        st.query_params.pop("run", None)


def csv_of(rows: Sequence[Row]) -> bytes:
    """With whole ids and commits."""
    return as_csv(
        {
            "run": [row.run for row in rows],
            "ended": [row.ended for row in rows],
            "value": [row.value for row in rows],
            "state": [row.state for row in rows],
            "role": [row.role for row in rows],
            "archived": [row.archived for row in rows],
            "commit": [row.commit for row in rows],
            "owner": [row.owner for row in rows],
            "tags": [", ".join(row.tags) for row in rows],
            "dataset": [row.dataset for row in rows],
        }
    )
