"""What a page shows while something is read: never a blank page, and no waiting inside a page's script.

The script takes what is there. Where nothing is, it ends with the steps of the reading, and runs again when it is done.
Where something older is, that is shown at once, and the script runs again if the new one says something else.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar
from weakref import ref

import streamlit as st

from gate.config import ConfigError
from gate.ledger import LedgerDamaged
from gate.ports import Absent, ServiceError
from gate.shelf import Reading, Seen, Shelf
from pages import _reruns
from pages._text import plain

AT_ONCE = 0.25  # seconds that a script waits where nothing can be shown yet
OFTEN, SELDOM = 0.3, 1.0  # seconds between two looks: at what nobody can see yet, and at what is shown already
JUST = 5.0  # seconds; a tab that nobody looks at comes later, and would read again and again
AWAITED = "awaited"  # in a session's state: what a page was left for
TROUBLE = (ConfigError, ServiceError, Absent, LedgerDamaged)
Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")


def itself(answer: object) -> object:
    return answer


def shown(
    shelf: Shelf[Key, Answer],
    key: Key,
    label: str,
    essence: Callable[[Answer], object] = itself,
    calm: bool = False,
) -> Answer:
    """The newest answer there is. ``essence`` is what has to differ in a newer one for the page to be shown again; who
    decides by the page is told so instead (``calm``).

    Raises:
        Exception: what the reading raised, where there is no answer from before.
    """
    seen = shelf.see(key)
    with st.container():  # also where it stays empty: a field below that moves is made anew, with nothing typed in it
        if seen.older is None:
            return _first(seen.reading, label)
        if seen.stale:
            _older(seen, essence, calm)
        return seen.older.answer()


def _first(reading: Reading[Answer], label: str) -> Answer:
    if not reading.within(AT_ONCE):
        left_for(reading)
        st.fragment(_steps, run_every=OFTEN)(reading, label)
        st.stop()
    return reading.answer()


def _steps(reading: Reading[Answer], label: str) -> None:
    if reading.future.done():
        st.rerun(scope="app")
    with st.status(f"{label} {reading.seconds:.0f} s", expanded=True):
        for step in list(reading.steps):
            st.markdown(f"- {plain(step)}")


def _older(seen: Seen[Answer], essence: Callable[[Answer], object], calm: bool) -> None:
    """A reader may be in the middle of a sentence: nothing moves unless there is something new."""
    assert seen.older is not None
    if seen.reading.failed:
        _trouble(seen.older, seen.reading)
    else:
        left_for(seen.reading)
        st.fragment(_newer, run_every=SELDOM)(seen, essence, calm)


def _trouble(older: Reading[Answer], reading: Reading[Answer]) -> None:
    """Of a service it is told beside the older answer; any other reason is the new answer."""
    try:
        reading.answer()
    except TROUBLE as error:
        said = f"As of {_when(older)}; what changed since cannot be read: {plain(str(error), 600)}"
        st.warning(said, icon=":material/warning:")


def _when(reading: Reading[Answer]) -> str:
    return f"{datetime.now(UTC) - timedelta(seconds=reading.age):%Y-%m-%d %H:%M} UTC"


def _newer(seen: Seen[Answer], essence: Callable[[Answer], object], calm: bool) -> None:
    assert seen.older is not None
    if not seen.reading.future.done():
        st.caption(f"As of {_when(seen.older)}. Reading what changed…")
    elif seen.reading.failed or essence(seen.older.answer()) != essence(seen.reading.answer()):
        if calm and not seen.reading.failed:
            st.info("Something changed since this was read.", icon=":material/update:")
        if not calm:
            _reruns.rerun()
        elif st.button("Show it as it is now", key="show-newer"):
            st.rerun(scope="app")
    elif seen.reading.age < JUST:
        _reruns.rerun()  # shows the same, and asks no more


class Awaited(Protocol):
    """Something that ends by itself."""

    def within(self, seconds: float) -> bool: ...


def left_for(what: Awaited) -> None:
    """A session does not keep it: it may be large."""
    st.session_state[AWAITED] = ref(what)
