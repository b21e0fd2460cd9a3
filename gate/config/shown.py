"""How a value of a policy is shown in a sentence: shortly, and with nothing hidden in it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime, time
from difflib import get_close_matches

from gate.markdown import visible

LONGEST = 60
LARGEST = 2**63  # of the whole numbers that TOML has


def found(value: object) -> str:
    """A value as its author would recognise it. Tables and lists are only named: they may hold anything."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, str):
        return f"'{visible(value, LONGEST)}'"
    named = {list: "a list", dict: "a table", datetime: "a date and time", date: "a date", time: "a time"}
    return named.get(type(value), "something else")


def meant(word: object, known: Iterable[str]) -> str:
    """``; did you mean ...?`` where one of the known words is near, else nothing."""
    if not isinstance(word, str) or not 1 < len(word) <= LONGEST:
        return ""
    words = sorted(known)
    near = [each for each in words if each.startswith(word.lower()) or word.lower().startswith(each)]
    near += get_close_matches(word.lower(), words, n=1)
    return f"; did you mean '{near[0]}'?" if near else ""


def _number(value: float) -> str:
    if isinstance(value, int):
        return str(value) if abs(value) < LARGEST else "a number beyond all that TOML has"
    return f"{value:.10g}" if math.isfinite(value) else str(value)
