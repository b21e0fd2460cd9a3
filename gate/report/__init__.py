"""One verdict for every reader: Markdown for GitHub, a page of HTML, JSON, JUnit XML, annotations, and a terminal."""

from __future__ import annotations

from gate.report.flavoured import flavoured
from gate.report.headline import SIGNS, STATUS_LIMIT, WORDS, headline
from gate.report.junit import junit
from gate.report.machine import as_json
from gate.report.mark import mark
from gate.report.notices import notices
from gate.report.room import COMMENT, SUMMARY, Room
from gate.report.terminal import text
from gate.report.told import NOWHERE, Links, document
from gate.report.webpage import webpage
from gate.review import Review

__all__ = [
    "COMMENT",
    "NOWHERE",
    "SIGNS",
    "STATUS_LIMIT",
    "SUMMARY",
    "WORDS",
    "Links",
    "Room",
    "as_json",
    "headline",
    "html",
    "junit",
    "markdown",
    "notices",
    "text",
]


def markdown(review: Review, links: Links = NOWHERE, room: Room = COMMENT) -> str:
    """For a comment or a step summary, never more than there is ``room`` for."""
    return flavoured(document(review, links), room, mark(review))


def html(review: Review, links: Links = NOWHERE) -> str:
    """A page that stands alone: no script, no request, light or dark as its reader likes."""
    return webpage(document(review, links))
