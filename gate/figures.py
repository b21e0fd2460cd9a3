"""Numbers, times and identifiers as every page writes them."""

from __future__ import annotations

import re

SHORT = 12  # characters of a commit or a run: enough to tell two apart, the whole is in a help text or a link


def counted(number: float, noun: str, nouns: str = "") -> str:
    """A count with its noun: ``1 row``, ``12,345 rows``; ``nouns`` where more than an s is added."""
    return f"{number:,.0f} {noun if number == 1 else nouns or f'{noun}s'}"


def signed(change: float, digits: int = 3) -> str:
    """A change with an arrow and a sign, so that no colour is needed to read it."""
    text = f"{change:+.{digits}f}"
    return text if not float(text) else f"{'▼' if change < 0 else '▲'} {text}"


def percent(share: float, digits: int = 1) -> str:
    """A share of 1 in percent."""
    return f"{100 * share:,.{digits}f} %"


def short(identifier: str) -> str:
    """The beginning of a sha or of a run's id."""
    return identifier[:SHORT]


LONG = re.compile(r"\b[0-9a-f]{32,64}\b")
STAMP = re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|\+00:00)")


def brief(text: str) -> str:
    """A sentence with its identifiers and times made short; whoever needs them whole finds them in a help text."""
    return STAMP.sub(lambda found: moment(found[0]), LONG.sub(lambda found: short(found[0]), text))


def moment(stamp: str) -> str:
    """An RFC 3339 time in UTC to the minute; what is none stays as it is."""
    return f"{stamp[:10]} {stamp[11:16]} UTC" if len(stamp) >= SHORT + 4 and stamp[10] in "T " else stamp
