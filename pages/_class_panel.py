"""One class by itself, named in the address."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gate.classes import ClassTable
from gate.markdown import visible
from gate.portrait import Line, portrait
from pages import _tables

NAME = "class"


def chosen() -> str | None:
    return st.query_params.get(NAME)


def choose(name: str | None) -> None:
    if name is None:
        st.query_params.pop(NAME, None)
    else:
        st.query_params[NAME] = name


def show(table: ClassTable) -> None:
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
        lines("How many", "rows", found.totals)
        lines("Where its rows went", "predicted as", found.went)
        lines("Where its false claims came from", "truth", found.came)


def lines(title: str, what: str, found: list[Line] | None) -> None:
    st.markdown(f"**{title}**")
    if found is None:
        st.caption("Confusions are counted over all rows only.")
    elif not found:
        st.caption("None, by either model.")
    else:
        _tables.show(pd.DataFrame(found, columns=[what, "best", "candidate"]), f"lines-{what}", title)
