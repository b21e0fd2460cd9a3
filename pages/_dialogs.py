"""Dialogs and clicks, which a whole run of a page that nobody asked for would close, or lose."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

OPEN = "dialog-open"  # in a session's state: whether the page's newest run opened one
ENDED = "ended"  # the same: when the newest run of a whole page ended; math.inf while it goes on, maybe for a click
MOMENT = 0.5  # seconds from then on: whatever asks before did not have the page, and would be sent its tables again
Given = ParamSpec("Given")


def begin() -> None:
    """At the beginning of a page's run."""
    st.session_state[OPEN], st.session_state[ENDED] = False, math.inf


def end() -> None:
    """At its end, however it ended."""
    st.session_state[ENDED] = time.monotonic()


def dialog(title: str, body: Callable[Given, None]) -> Callable[Given, None]:
    """What opens it. Who dismisses it has the page run again."""
    opened = st.dialog(title, width="medium", on_dismiss="rerun")(body)

    def opens(*given: Given.args, **named: Given.kwargs) -> None:
        st.session_state[OPEN] = True
        opened(*given, **named)

    return opens


def whole() -> bool:
    """Whether a whole page is running just now, not a fragment by itself."""
    return st.session_state.get(ENDED) == math.inf


def may_rerun() -> bool:
    """Whether nothing is lost: a fragment that runs by itself may ask again later."""
    return not st.session_state.get(OPEN) and time.monotonic() - st.session_state.get(ENDED, 0.0) >= MOMENT


def rerun() -> None:
    """Run the whole page again, if nothing is lost by it."""
    if may_rerun():
        st.rerun(scope="app")
