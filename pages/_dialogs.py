"""Dialogs and clicks, which a whole run of a page that nobody asked for would close, or lose."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

OPEN = "dialog-open"  # in a session's state: whether the page's newest run opened one
WHOLE = "whole-run"  # the same, while a whole page runs, which may be for a click
Given = ParamSpec("Given")


def begin() -> None:
    """At the beginning of a page's run."""
    st.session_state[OPEN], st.session_state[WHOLE] = False, True


def end() -> None:
    """At its end, however it ended."""
    st.session_state[WHOLE] = False


def dialog(title: str, body: Callable[Given, None]) -> Callable[Given, None]:
    """What opens it. Who dismisses it has the page run again."""
    opened = st.dialog(title, width="medium", on_dismiss="rerun")(body)

    def opens(*given: Given.args, **named: Given.kwargs) -> None:
        st.session_state[OPEN] = True
        opened(*given, **named)

    return opens


def may_rerun() -> bool:
    """Whether nothing is lost: a fragment that runs by itself may ask again later."""
    return not st.session_state.get(OPEN) and not st.session_state.get(WHOLE)


def rerun() -> None:
    """Run the whole page again, if nothing is lost by it."""
    if may_rerun():
        st.rerun(scope="app")
