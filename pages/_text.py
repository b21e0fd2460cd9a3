"""Foreign text on a page."""

from __future__ import annotations

import re

from gate.markdown import LONGEST, escape

JOINER = "\u2060"  # no width, no break: it only keeps apart what would be read as one thing
READ = re.compile(r"(?<=:)(?=[\w/])|(?<=&#64;)(?=\w)|(?<=www)(?=\.)|^(?=\s*([-+=]|\d+\.))", re.IGNORECASE)


def plain(text: str, longest: int = LONGEST) -> str:
    """Text that Streamlit shows as it is: beyond Markdown it reads formulas, icons, emoji, colours and bare links."""
    return READ.sub(JOINER, escape(text, longest)).replace("$", "&#36;")
