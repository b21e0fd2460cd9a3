"""Charts, the last that a new tab is shown: to load what draws them keeps a browser from everything else for a second.

So the first run of a page leaves room for them, and the browser asks for the page once more when it shows all else.
"""

from __future__ import annotations

import math
import time
from typing import Any

import streamlit as st

from gate.charts import Figure
from pages import _reruns

DRAWING = "drawing"  # in a session's state: that its browser is asked to draw (ASKED), or has something to draw (YES)
ASKED, YES = "asked", "yes"
LEFT = "left-out"  # there too while a whole page runs: whether a chart was left out. Fragments that run later just draw
LOOKED = "looked"  # there too: when the browser last asked whether to draw, and how often it did
TICK = 0.4  # seconds between two times that it asks; a browser that is busy asks later
IN_STEP = 0.1  # seconds by which it may miss that and have nothing else to do
MOST = 8  # times that it asks on a machine that is always busy
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
        st.fragment(_ask, run_every=TICK)()


def _ask() -> None:
    """Draw once the browser asks in step: then it has shown the rest. A click may have come first."""
    now, (last, asked) = time.monotonic(), st.session_state.get(LOOKED, (-math.inf, 0))
    st.session_state[LOOKED] = (now, asked + 1)
    if st.session_state.get(DRAWING) == ASKED and (abs(now - last - TICK) < IN_STEP or asked >= MOST):
        _reruns.rerun()
