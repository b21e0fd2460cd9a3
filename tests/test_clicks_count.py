"""What a reader does counts while something newer is read: a click is not lost, and what is being typed stays."""

from __future__ import annotations

import math
import threading
from itertools import count

from streamlit.testing.v1 import AppTest

from gate.shelf import Seen, Shelf
from pages._reruns import RUN


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

    from pages import _reading, _reruns

    with _reruns.whole_run():
        _reading.shown(st.session_state["shelf"], "it", "Reading…")
        if st.button("Adopt…"):
            st.success("asked")


def test_a_click_is_not_lost_to_what_was_read_meanwhile() -> None:
    at = AppTest.from_function(page, default_timeout=30)
    at.session_state["shelf"] = Prompt()
    at.run()
    at.run()
    at.button[0].click().run()
    assert [each.value for each in at.success] == ["asked"]


def moments() -> None:
    import time

    import streamlit as st

    from pages import _reruns

    with _reruns.whole_run():
        st.text(str(_reruns.may_rerun()))
    st.text(str(_reruns.may_rerun()))
    time.sleep(_reruns.MOMENT)
    st.text(str(_reruns.may_rerun()))


def test_a_page_is_not_run_again_before_its_browser_has_it() -> None:
    """What was asked for while it ran says nothing of the tables that were sent since."""
    at = AppTest.from_function(moments, default_timeout=30)
    assert [each.value for each in at.run().text] == ["False", "False", "True"]


def choosing() -> None:
    """A run that puts a choice into the address, and then what asks, without having heard of it, and having heard."""
    import time

    import streamlit as st

    from pages import _reruns

    with _reruns.whole_run():
        st.query_params["run"] = "chosen"
    time.sleep(_reruns.MOMENT)
    for heard in ("", "chosen"):
        st.query_params["run"] = heard
        st.text(str(_reruns.may_rerun()))


def test_a_choice_is_not_undone_by_a_browser_that_has_not_heard_of_it() -> None:
    at = AppTest.from_function(choosing, default_timeout=30)
    assert [each.value for each in at.run().text] == ["False", "True"]


def form() -> None:
    import streamlit as st

    from pages import _reading, _reruns

    with _reruns.whole_run():
        _reading.shown(st.session_state["shelf"], "it", "Reading…")
        st.text_input("Find")


def places(at: AppTest) -> list[int]:
    """A browser makes anew what is not where it was, and forgets what was being typed."""
    return [index for index, each in at.main.children.items() if each.type == "text_input"]


def test_a_field_stays_where_it_is_while_something_newer_is_read() -> None:
    go, numbers = threading.Event(), count()
    shelf = Shelf[str, bool](lambda key, note: not next(numbers) or go.wait(10), fresh=60.0)
    at = AppTest.from_function(form, default_timeout=30)
    at.session_state["shelf"] = shelf
    before = places(at.run())
    shelf.expire()
    assert places(at.run()) == before
    assert "Reading what changed" in at.caption[0].value
    go.set()
    assert shelf.ask("it").answer()
    assert places(at.run()) == before


def test_a_page_that_stops_where_it_reads_has_ended() -> None:
    """What is read is shown by a fragment of it, which waits for that."""
    go = threading.Event()
    at = AppTest.from_function(form, default_timeout=30)
    at.session_state["shelf"] = Shelf[str, bool](lambda key, note: go.wait(10), fresh=60.0)
    at.run()
    go.set()
    assert [each.label for each in at.status] == ["Reading… 0 s"]
    assert at.session_state[RUN].ended < math.inf
