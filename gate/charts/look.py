"""Colours, lengths and texts that all charts share."""

from __future__ import annotations

import html

from gate.markdown import visible

LOSS = "#D55E00"  # vermillion and blue: told apart by every reader, and by sign, arrow and side of zero
GAIN = {False: "#0072B2", True: "#56B4E9"}  # the lighter one on a dark page
DOUBT = {False: "#767676", True: "#A6A6A6"}
LONGEST = 28


def plain(name: str, longest: int) -> str:
    """Plotly reads tags in its texts."""
    return html.escape(visible(name, longest), quote=False)
