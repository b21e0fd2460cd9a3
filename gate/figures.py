"""Numbers, times and identifiers as every page writes them."""

from __future__ import annotations

SHORT = 12  # characters of a commit or a run: enough to tell two apart, the whole is in a help text or a link


def counted(number: float, noun: str, nouns: str = "") -> str:
    """A count with its noun: ``1 row``, ``12,345 rows``; ``nouns`` where more than an s is added."""
    return f"{number:,.0f} {noun if number == 1 else nouns or f'{noun}s'}"


def signed(change: float, digits: int = 4, unit: str = "") -> str:
    """A change with an arrow and a sign, so that no colour is needed to read it."""
    text = f"{change:+.{digits}f}"
    arrow = "" if not float(text) else "▼ " if change < 0 else "▲ "
    return f"{arrow}{text}{f' {unit}' if unit else ''}"


def percent(share: float, digits: int = 1) -> str:
    """A share of 1 in percent."""
    return f"{100 * share:,.{digits}f} %"


def points(change: float, digits: int = 2) -> str:
    """A change of a share of 1 in percentage points."""
    return signed(100 * change, digits, "pp")


def short(identifier: str) -> str:
    """The beginning of a sha or of a run's id."""
    return identifier[:SHORT]


def moment(stamp: str) -> str:
    """An RFC 3339 time in UTC to the minute; what is none stays as it is."""
    return f"{stamp[:10]} {stamp[11:16]} UTC" if len(stamp) >= SHORT + 4 and stamp[10] in "T " else stamp
