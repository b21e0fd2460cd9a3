"""Numbers as lines of evidence write them."""

from __future__ import annotations

import math

from gate.counts import Counts
from gate.stats.interval import Interval, quantile
from gate.stats.power import rows_needed

ZERO = (
    "exactly 0, which is how ClearML stores NaN and infinity (to accept 0 as a real value, set allow_zero in the rule)"
)


def answer(passes: bool, fails: bool) -> str:
    """One word for what an interval says of a limit."""
    if fails:
        return "fail"
    return "pass" if passes else "inconclusive"


def percent(share: float, digits: int = 1) -> str:
    """12.3 %, and 3 % where nothing follows the point."""
    text = f"{100 * share:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"


def signed(value: float, digits: int) -> str:
    return f"{value:+.{digits}f}"


def digits_for(width: float) -> int:
    """So many places that both ends of an interval can be told apart."""
    if not (0 < width < math.inf):
        return 3
    return min(8, max(3, -math.floor(math.log10(width))))


def no_less(value: float, digits: int) -> float:
    """Rounded up, so that what holds from the value on holds from the text on."""
    return math.ceil(value * 10.0**digits) / 10.0**digits


def no_more(value: float, digits: int) -> float:
    """Rounded down, for what holds up to the value."""
    return math.floor(value * 10.0**digits) / 10.0**digits


def interval_text(interval: Interval, digits: int) -> str:
    return f"[{signed(interval.low, digits)}, {signed(interval.high, digits)}]"


def confidence_text(confidence: float) -> str:
    return f"{percent(confidence)} CI"


def rows_text(counts: Counts) -> str:
    """How many rows, and how they were brought together."""
    best, candidate = counts.per_class.best.rows, counts.per_class.candidate.rows
    kind = "".join(f", {word}" for word, holds in (("weighted", counts.weighted), ("grouped", counts.grouped)) if holds)
    if counts.per_class.overlap is None:
        return f"not paired, N={best:,.0f} and {candidate:,.0f}{kind}"
    matched = counts.pairing.matched
    some = "" if matched >= 1 else f", {percent(matched)} of all rows matched"
    return f"paired, N={candidate:,.0f}{kind}{some}"


def needed_rows(n: float, interval: Interval, confidence: float, distance: float) -> str:
    """What would change an inconclusive answer."""
    error = interval.width / 2 / quantile(confidence)
    rows = rows_needed(n, error, abs(distance), confidence)
    if rows is None:
        return "no number of rows would decide: what was found is the limit itself"
    if rows <= n:
        return f"about as many rows again (now {n:,.0f}) would decide, if nothing else changes"
    return f"about {_rounded(rows):,} rows would decide (now {n:,.0f}), if nothing else changes"


def _rounded(rows: int) -> int:
    """Two digits are all that such a forecast is worth."""
    return round(rows, 2 - len(str(rows)))
