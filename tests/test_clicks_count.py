"""A click counts also in the very run of a page in which something newer has just been read."""

from __future__ import annotations

from itertools import count

from streamlit.testing.v1 import AppTest

from gate.shelf import Seen, Shelf


class Prompt(Shelf[str, int]):
    """Every look finds something newer, which is there at once."""

    def __init__(self) -> None:
        numbers = count()
        super().__init__(lambda key, note: next(numbers), fresh=0.0)

    def see(self, key: str) -> Seen[int]:
        seen = super().see(key)
        assert seen.reading.within(10)
        return seen


def page() -> None:
    """As the frame runs one."""
    import streamlit as st

    from pages import _dialogs, _reading

    _dialogs.begin()
    _reading.shown(st.session_state["shelf"], "it", "Reading…")
    if st.button("Adopt…"):
        st.success("asked")
    _dialogs.end()


def test_a_click_is_not_lost_to_what_was_read_meanwhile() -> None:
    at = AppTest.from_function(page, default_timeout=30)
    at.session_state["shelf"] = Prompt()
    at.run()
    at.run()
    at.button[0].click().run()
    assert [each.value for each in at.success] == ["asked"]
