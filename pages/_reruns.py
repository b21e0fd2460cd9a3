"""Whole runs of a page that nobody asked for: not where one closes a dialog, loses a click, or sends tables again."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ParamSpec
from urllib.parse import parse_qsl

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

RUN = "page-run"  # in a session's state: the newest run of a whole page
MOMENT = 0.5  # seconds after its end: whatever asks before did not have the page, and would be sent its tables again
LATE = 5.0  # the same: by then a browser has the address that the run gave it
Given = ParamSpec("Given")
Address = tuple[tuple[str, str], ...]


@dataclass
class Run:
    """Kept as a thing, since nothing can be written to a session's state once a script was told to stop."""

    opened: bool = False  # a dialog
    ended: float = math.inf  # by the clock that never goes back; until then a click may be what it runs for
    address: Address = ()  # at its end, with what a click has put into it

    @property
    def age(self) -> float:
        """Seconds since its end."""
        return time.monotonic() - self.ended


@contextmanager
def whole_run() -> Iterator[None]:
    """Around all that a page does, however it ends."""
    run = st.session_state[RUN] = Run()
    try:
        yield
    finally:
        run.ended, run.address = time.monotonic(), _address()


def _address() -> Address:
    """What comes after the question mark, as the browser said when it asked, or as it was changed since."""
    context = get_script_run_ctx()
    return tuple(sorted(parse_qsl(context.query_string, keep_blank_values=True))) if context else ()


def newest() -> Run:
    run: Run = st.session_state.get(RUN) or Run(ended=-math.inf)
    return run


def dialog(title: str, body: Callable[Given, None]) -> Callable[Given, None]:
    """What opens it. Who dismisses it has the page run again."""
    opened = st.dialog(title, width="medium", on_dismiss="rerun")(body)

    def opens(*given: Given.args, **named: Given.kwargs) -> None:
        newest().opened = True
        opened(*given, **named)

    return opens


def may_rerun() -> bool:
    """Whether nothing is lost: a fragment that runs by itself may ask again later. A page is run for the address that
    came with the question; a browser that asked before it heard of a newer one would have a choice undone.
    """
    run = newest()
    return not run.opened and run.age >= MOMENT and (run.age >= LATE or _address() == run.address)


def rerun() -> None:
    """Run the whole page again, if nothing is lost by it."""
    if may_rerun():
        st.rerun(scope="app")
