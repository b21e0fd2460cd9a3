"""The first line of a comment, which nobody sees: whose comment it is, and of when."""

from __future__ import annotations

import re
from urllib.parse import quote

from gate.review import Review

START = "<!-- promotion-gate:{scope} "
STAMP = re.compile(r"judged=(?P<at>\S+) commit=(?P<commit>[0-9a-f]+)")


def start(scope: str) -> str:
    """What every comment of this scope begins with, of whatever version of the gate."""
    return START.format(scope=quote(scope, safe=""))


def mark(review: Review) -> str:
    stamp = f"judged={review.at} commit={review.commit} packet={review.packet_digest} " if review.at else ""
    return f"{start(review.name)}{stamp}-->"


def overtaken(body: str, review: Review, latest: str) -> str:
    """The commit of a comment that was judged later than this review; empty if it was not.

    ``latest`` is the last moment that is believed (RFC 3339 in UTC, as all of them are): a clock that ran ahead must
    not silence everybody after it.
    """
    found = STAMP.search(body.partition("\n")[0])
    if found is None or not review.at or not review.at < found["at"] <= latest:
        return ""
    return found["commit"]
