"""Foreign text in Markdown: names that others chose must appear as text, whatever they contain."""

from __future__ import annotations

import re
import unicodedata

SPECIAL = re.compile(r"([\\`*_~|<>\[\]()#!@&])")
LONGEST = 300


def escape(text: str, longest: int = LONGEST) -> str:
    """One line of plain text: no markup, mention, link, HTML, invisible or bidirectional character survives.

    ``@`` and ``#`` cannot be escaped by a backslash in GitHub's Markdown, so all special characters become entities.
    """
    return SPECIAL.sub(lambda match: f"&#{ord(match[1])};", visible(text, longest))


def visible(text: str, longest: int = LONGEST) -> str:
    """One line in which nothing is hidden or reversed, for places that show text as it is."""
    line = text if text.isprintable() else "".join(_visible(character) for character in text)
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _visible(character: str) -> str:
    if character in "\r\n\t":
        return " "
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co") else character
