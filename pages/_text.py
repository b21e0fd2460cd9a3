"""Foreign text on a page."""

from __future__ import annotations

import re

from gate.markdown import escape, visible

SPECIAL = re.compile(r"[$:]")
TICKS = re.compile(r"`+")


def plain(text: str) -> str:
    """Streamlit's Markdown also reads formulas between dollars, and icons, colours and emoji between colons."""
    return SPECIAL.sub(lambda match: f"&#{ord(match[0])};", escape(text))


def verbatim(text: str) -> str:
    """A code span, where nothing is read as anything; it is fenced by more ticks than the text has in a row."""
    line = visible(text)
    fence = "`" * (1 + max((len(run) for run in TICKS.findall(line)), default=0))
    return f"{fence} {line} {fence}"
