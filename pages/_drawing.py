"""Charts, the last that a new tab is shown: to load what draws them keeps a browser from everything else for a second.

So the first run of a page leaves room for them, and the browser asks for the page once more when it shows all else.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from gate.charts import Figure

DRAWING = "drawing"  # in a session's state: that its browser is asked to draw (ASKED), or has something to draw (YES)
ASKED, YES = "asked", "yes"
LEFT = "left-out"  # the same, while a whole page runs: whether a chart was left out. Fragments that run later just draw
TICK = 0.2  # seconds that the browser gets for all else
HEIGHT = 450  # pixels, of a chart that does not say
STILL = {"displayModeBar": False}


def begin() -> None:
    """At the beginning of a page's run."""
    st.session_state[LEFT] = False


def show(figure: Figure, key: str, alt: str, config: dict[str, Any] = STILL, **more: Any) -> None:
    """``alt`` is read aloud instead of it, ``more`` is Streamlit's."""
    if DRAWING in st.session_state or LEFT not in st.session_state:
        st.plotly_chart(figure, key=key, alt=alt, config=config, **more)
    else:
        st.session_state[LEFT] = True
        st.skeleton(int(figure.layout.height or HEIGHT))


def afterwards() -> None:
    """At the end of a page's run: the next one draws, and follows at once if a chart was left out."""
    left = st.session_state.pop(LEFT)
    if DRAWING in st.session_state:
        st.session_state[DRAWING] = YES
    elif left:
        st.session_state[DRAWING] = ASKED
        st.fragment(_ask, run_every=TICK)(list[bool]())


def _ask(shown: list[bool]) -> None:
    """Run once within the page, and then by the browser; a click may have had the page drawn meanwhile, and a dialog
    opened, which another run would close.
    """
    if shown and st.session_state.get(DRAWING) == ASKED:
        st.rerun(scope="app")
    shown.append(True)
