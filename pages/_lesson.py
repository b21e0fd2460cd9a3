"""In the sandbox only: what a candidate teaches, folded, so that a first visit has a guide and later ones have none."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import streamlit as st

from gate.review import Review
from pages import _visitor
from pages._text import plain

FILE = "GATE_LESSONS"  # set by the sandbox, which knows its candidates


@st.cache_resource(show_spinner=False)
def known() -> dict[str, Any]:
    """The file that the sandbox wrote: ``repository``, ``first`` (steps), and ``pulls`` by number."""
    path = os.environ.get(FILE, "")
    if _visitor.known().mode != "sandbox" or not path:
        return {}
    return dict(json.loads(Path(path).read_text(encoding="utf-8")))


def of_pull(review: Review) -> None:
    said = known().get("pulls", {}).get(str(review.pull.number if review.pull else ""))
    if said and known()["repository"] == review.repository:
        with st.expander("Sandbox: what this candidate teaches", icon=":material/school:"):
            st.markdown(plain(said, 1_000))


def first() -> None:
    """On the inbox: the way through, to be folded away."""
    if steps := known().get("first", []):
        with st.expander("Sandbox: your first review, in a minute", expanded=True, icon=":material/school:"):
            st.markdown("\n".join(f"{number}. {plain(step, 500)}" for number, step in enumerate(steps, 1)))
