"""A new tab is shown the words and tables of a page first, and its charts right after them."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from pages._drawing import ASKED, DRAWING, LEFT, YES
from tests.reviewer import a_better_candidate
from tests.small_world import SmallWorld


def charts(at: AppTest) -> int:
    return len(at.get("plotly_chart"))


def test_a_new_tab_is_shown_all_but_the_charts_and_asked_to_draw_them_next(owls: SmallWorld, opened: Any) -> None:
    a_better_candidate(owls)
    known = opened(owls, "history")
    everything, tables = charts(known), len(known.dataframe)
    assert everything
    del known.session_state[DRAWING]
    first = known.run()
    assert (charts(first), len(first.get("skeleton")), len(first.dataframe)) == (0, everything, tables)
    assert first.session_state[DRAWING] == ASKED
    again = first.run()
    assert again.session_state[DRAWING] == YES
    assert (charts(again), len(again.get("skeleton")), len(again.dataframe)) == (everything, 0, tables)


def test_a_page_without_charts_is_not_asked_for_again(owls: SmallWorld, opened: Any) -> None:
    a_better_candidate(owls)
    at = opened(owls, "ledger")
    del at.session_state[DRAWING]
    at.run()
    assert DRAWING not in at.session_state


def test_a_chart_that_a_fragment_shows_later_is_drawn_at_once() -> None:
    """A training that had no curve yet when the page was opened: no whole run follows that could draw it."""

    def page() -> None:
        from gate.charts import Figure
        from pages import _drawing

        _drawing.show(Figure(), "curve", "a curve")

    at = AppTest.from_function(page).run()
    assert (charts(at), LEFT in at.session_state) == (1, False)
