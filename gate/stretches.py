"""How time is cut: into stretches of equal length, of months, or of enough rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gate.counts import Codes
from gate.late import numpy as np
from gate.observed import NO_TIME, History, regrouped

HOUR, DAY = 3_600, 86_400
MONTH = 2_629_746  # seconds, on average
ORIGIN = 4 * DAY  # stretches are counted from a Monday, 5 January 1970
LENGTH = re.compile(r" *([1-9][0-9]{0,5}) *(h|d|w|rows) *| *([1-9][0-9]?)? *(months?) *")
UNITS = {"h": HOUR, "d": DAY, "w": 7 * DAY}
MOST = 300  # stretches that a timeline has


@dataclass(frozen=True)
class Every:
    """Stretches of ``seconds``, or of ``months``; with ``rows`` as many of them together as have so many rows."""

    seconds: int = 7 * DAY
    months: int = 0
    rows: int = 0

    @property
    def length(self) -> int:
        """In seconds, about."""
        return self.months * MONTH if self.months else self.seconds

    @property
    def said(self) -> str:
        if self.rows:
            return f"{self.rows:,} rows"
        if self.months:
            return "month" if self.months == 1 else f"{self.months} months"
        unit = next(unit for unit in ("d", "h") if self.seconds % UNITS[unit] == 0)
        return f"{self.seconds // UNITS[unit]}{unit}"

    @property
    def twice(self) -> Every:
        return replace(self, seconds=2 * self.seconds, months=2 * self.months)

    def fitting(self, span: float, most: int = MOST) -> Every:
        """The first of these stretches, or twice as long, or four times…, of which so few cover the span."""
        found = self
        while span > found.length * most:
            found = found.twice
        return found

    def begins(self, number: Codes) -> Codes:
        """The seconds at which the stretches with these numbers begin."""
        if not self.months:
            return number * self.seconds + ORIGIN
        months = (number * self.months - 12 * 1970).astype("datetime64[M]")
        return months.astype("datetime64[s]").astype(np.int64)

    def number(self, seconds: Codes) -> Codes:
        """Which stretch each of these moments is in."""
        if not self.months:
            return (seconds - ORIGIN) // self.seconds
        months = seconds.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
        return (months + 12 * 1970) // self.months


def parse_every(text: str) -> Every:
    """``7d``, ``12h``, ``2w``, ``month``, ``3 months`` or ``5000 rows``."""
    match = LENGTH.fullmatch(text)
    if match is None:
        raise ValueError(f'{text!r} is no stretch of time; write "7d", "12h", "month" or "5000 rows"')
    if match[4]:
        return Every(months=int(match[3] or 1))
    number, unit = int(match[1]), match[2]
    return Every(seconds=HOUR, rows=number) if unit == "rows" else Every(seconds=number * UNITS[unit])


def rechunked(history: History, every: Every, most: int = MOST) -> tuple[History, Every]:
    """The history in these stretches, twice as long as often as needed to have few of them; and how long they are.

    A stretch that was counted as one stays one. Slices are left as they are.
    """
    timed = history.timed
    if not timed.any():
        return history, every
    if every.rows:
        return _by_rows(history, every.rows, most), every
    found = every
    while len(np.unique(found.number(history.starts[timed]))) > most:
        found = found.twice
    number = found.number(history.starts[timed])
    return _with(history, found.begins(number), np.maximum(found.begins(number + 1), history.ends[timed])), found


def _by_rows(history: History, rows: int, most: int) -> History:
    """One after another until they have enough rows; the last may have fewer."""
    timed = history.timed
    counts = history.rows[timed]
    enough = max(rows, counts.sum() / most)
    group, held, groups = 0, 0.0, []
    for count in counts:
        groups.append(group)
        held += count
        if held >= enough:
            group, held = group + 1, 0.0
    first = np.searchsorted(groups, groups)
    return _with(history, history.starts[timed][first], history.ends[timed])


def _with(history: History, starts: Codes, ends: Codes) -> History:
    every_start = np.full(len(history.starts), NO_TIME)
    every_end = every_start.copy()
    every_start[history.timed], every_end[history.timed] = starts, ends
    return regrouped(history, every_start, every_end)
