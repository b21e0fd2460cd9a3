"""The table of all classes: search, status, order, and what is shown as CSV."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from gate.classes import ALL, MEANING, ORDERS, ClassTable
from gate.spreadsheet import as_csv
from pages import _tables
from pages._class_panel import choose, chosen

KEY = "table"
DETAILS = ("changed rows", "best recall", "candidate recall", "best precision", "candidate precision")


def show(table: ClassTable) -> None:
    st.subheader("All classes", help="Recall, precision and changed rows are in the table's column menu (the eye).")
    rows = table.pick(*filters())
    columns, names = table.columns(rows), [table.names[row] for row in rows]
    mark(names)
    st.dataframe(
        pd.DataFrame(columns),
        hide_index=True,
        key=KEY,
        height=460,
        column_order=[name for name in columns if name not in DETAILS],
        column_config=_tables.FORMATS,
        on_select=partial(select, names),
        selection_mode="single-row",
        alt="Classes: name, status, F1 of both models, its change, and support",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        tally = ", ".join(f"{count:,} {name}" for name, count in table.tally().items() if count)
        st.caption(f"{len(rows):,} of {len(table.names):,} classes are shown. Of all, {tally}.")
        st.download_button(
            "Download as shown",
            lambda: as_csv(table.columns(rows, shown=False)),
            "classes.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
        )


def filters() -> tuple[str, str, str]:
    """What the reader seeks, the status, and the order; all of it in the address."""
    left, right = st.columns([3, 2])
    sought = left.text_input(
        "Find a class", key="find", type="search", live=True, bind="query-params", placeholder="Part of its name"
    )
    order = right.selectbox("Order", list(ORDERS), key="order", bind="query-params")
    status = st.radio(
        "Status", [ALL, *MEANING], key="status", horizontal=True, bind="query-params", help=_tables.STATUSES
    )
    return sought or "", status, order


def mark(names: list[str]) -> None:
    """The table keeps the place of the chosen row; another filter puts the chosen class elsewhere, or nowhere."""
    rows = [names.index(name)] if (name := chosen()) in names else []
    st.session_state[KEY] = {"selection": {"rows": rows, "columns": [], "cells": []}}


def select(names: list[str]) -> None:
    """The table knows rows by their place among those shown."""
    rows = st.session_state[KEY]["selection"]["rows"]
    choose(names[rows[0]] if rows and rows[0] < len(names) else None)
