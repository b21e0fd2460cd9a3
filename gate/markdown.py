"""Foreign text in Markdown: names that others chose must appear as text, whatever they contain."""

from __future__ import annotations

import re
import unicodedata

SPECIAL = re.compile(r"([\\`*_~|<>\[\]()#!@&])")
LIVE = re.compile(  # what GitHub makes mentions, references, links, emoji and formulas of, in text that is no markup
    r"(?<!\w)@[\w/-]*|@(?=[\w-]+\.)|#(?=\d)|\bGH-(?=\d)"
    r"|\b[a-z][a-z\d+.-]*://|\bwww\.|\b(?:mailto|xmpp):"
    r"|:(?:100|1234|[\w+-]*[a-z+-][\w+-]*):|\$",
    re.IGNORECASE,
)
LONGEST = 300


def escape(text: str, longest: int = LONGEST) -> str:
    """One line of plain text: no markup, mention, link, HTML, invisible or bidirectional character survives.

    ``@`` and ``#`` cannot be escaped by a backslash in GitHub's Markdown, so all special characters become entities.
    """
    return _entities(visible(text, longest))


def literal(text: str, longest: int = LONGEST) -> str:
    """One line of plain text in a comment on GitHub, where more is live than Markdown.

    Its parser reads entities before it looks for addresses, and its filters look for mentions in the finished page: so
    what begins either is set as code, which both leave alone.
    """
    line, written, end = visible(text, longest), [], 0
    for found in LIVE.finditer(line):
        written += [_entities(line[end : found.start()]), f"<code>{_entities(found[0])}</code>"]
        end = found.end()
    return "".join([*written, _entities(line[end:])])


def _entities(text: str) -> str:
    return SPECIAL.sub(lambda match: f"&#{ord(match[1])};", text)


def visible(text: str, longest: int = LONGEST) -> str:
    """One line in which nothing is hidden or reversed, for places that show text as it is."""
    line = text if text.isprintable() else "".join(_visible(character) for character in text)
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character in "\r\n\t" or unicodedata.category(character) == "Zs" else "\N{REPLACEMENT CHARACTER}"
