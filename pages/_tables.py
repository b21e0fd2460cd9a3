"""How tables and charts of classes look on every page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd
import streamlit as st

from gate import sources
from gate.classes import CAVEAT, MEANING
from gate.review import Review
from gate.spreadsheet import cell
from pages._text import plain

SHARE = st.column_config.NumberColumn(format="%.3f")
ROWS = st.column_config.NumberColumn(format="localized")
FORMATS: Mapping[str, Any] = {
    "class": st.column_config.TextColumn(pinned=True),
    "change": st.column_config.NumberColumn(format="%+.3f"),
    "growth": st.column_config.NumberColumn(format="%+d"),
    "beyond chance": st.column_config.TextColumn(
        help="Whether an exact test finds more than chance in the change, as the policy's rule about classes asks for."
    ),
    **{f"{model} {score}": SHARE for model in ("best", "candidate") for score in ("F1", "recall", "precision")},
    **dict.fromkeys(("F1", "recall"), SHARE),
    **dict.fromkeys(("support", "changed rows", "best", "candidate"), ROWS),
}
RULES = "\n".join(f"- **{name}**: {meaning}" for name, meaning in MEANING.items())
STATUSES = f"The first that applies:\n{RULES}\n\n{CAVEAT}"
NONE = "–"  # a cell without a value; its column's help says why there may be none
FEW = 9  # rows of a table that are shown without scrolling


def show(data: pd.DataFrame, key: str, alt: str, height: int | Literal["auto"] = "auto") -> None:
    """A table that only shows."""
    st.dataframe(data, height=height, hide_index=True, column_config=FORMATS, key=key, placeholder=NONE, alt=alt)


def numbers(known: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """Columns by name, each with its format and what it means."""
    return {name: st.column_config.NumberColumn(format=form, help=meaning) for name, (form, meaning) in known.items()}


def texts(known: Mapping[str, str], width: Literal["small", "medium", "large"] | None = None) -> dict[str, Any]:
    """Columns by name, each with what it means."""
    return {name: st.column_config.TextColumn(width=width, help=meaning) for name, meaning in known.items()}


def height(rows: int, most: int) -> int | Literal["auto"]:
    """As high as a few rows need; more of them scroll."""
    return "auto" if rows <= FEW else most


def grounds(review: Review) -> None:
    """What the numbers per class were made from, and what they cannot say."""
    for said in sources.sentences(review):
        st.caption(plain(f"{said[:1].upper()}{said[1:]}."))


def reported(review: Review) -> None:
    """F1 as the runs reported it, where nothing could be counted."""
    found = review.reported
    if found is None:
        return
    columns = {"best F1": found.best, "candidate F1": found.candidate, "change": found.change}
    data = pd.DataFrame({"class": [cell(name) for name in found.labels], **columns}).sort_values(
        "change", kind="stable"
    )
    show(data, "reported", "F1 per class as the training scripts reported it")


def dark() -> bool:
    return st.context.theme.type == "dark"
