"""Quantities and their units. A bare number has none, and is refused: a 3 could mean three of many things."""

from __future__ import annotations

import re

from gate.config.shown import found
from gate.rules import Margin

DIGITS = r"[0-9]{1,15}(?:\.[0-9]{1,15})?"
POINTS = rf"^ *({DIGITS}) *(%|pp)? *$"
RATIO = rf"^ *({DIGITS}) *(%)? *$"
SIZE = rf"^ *({DIGITS}) *([kKMGT]i?)?B? *$"

MANY = 10**15
LOOSE = re.compile(r"([+-]?)\s*([0-9]{1,15}(?:[.,][0-9]{1,15})?)\s*(\D*)")
UNITS = {POINTS: ("%", "pp", ""), RATIO: ("%", "")}
WHOLE = {"%": 100, "pp": 100, "": 1}  # what a number is divided by
SPELLED = {"percent": "%", "per cent": "%", "pct": "%", "points": "pp", "percentage points": "pp", "p.p.": "pp"}

MARGINS = '"3%" of the best, "0.5pp" of a share, or "0.02" in metric units'
SHARES = '"2%" or "0.02"'
RATIOS = '"80%" or "0.8"'
CONFIDENCES = "0.95"


def parse_margin(text: object) -> Margin:
    """``3%`` of |best|, ``0.5pp`` of a share, ``0.02`` metric units as a string; a bare number has no unit."""
    number, unit = _quantity(text, POINTS, MARGINS)
    if unit == "pp" and number > 1:
        raise ValueError(f"found {found(text)}; a share has 100 percentage points in all")
    return Margin(str(text), relative=number) if unit == "%" else Margin(str(text), absolute=number)


def parse_share(text: object) -> float:
    """A share of a whole, in [0, 1]: ``2%``, ``2pp`` (the same) or ``0.02`` as a string."""
    number, _ = _quantity(text, POINTS, SHARES)
    if number > 1:
        raise ValueError(f"found {found(text)}; allowed: at most 100%")
    return number


def parse_ratio(text: object) -> float:
    """A ratio, which may be more than 1: ``80%`` or ``0.8`` as a string."""
    return _quantity(text, RATIO, RATIOS)[0]


def parse_confidence(value: object) -> float:
    """``0.95`` or ``"95%"``, more than one half and less than certainty."""
    number = _quantity(value, RATIO, CONFIDENCES)[0] if isinstance(value, str) else value
    if isinstance(number, int | float) and 0.5 < number < 1:
        return float(number)
    near = f"; did you mean {number / 100:g}?" if isinstance(number, int | float) and 50 < number < 100 else ""
    raise ValueError(f"found {found(value)}; allowed: more than 0.5 and less than 1, such as {CONFIDENCES}{near}")


def parse_size(text: object) -> int:
    """``2GB``, ``1.5 GiB`` or a number of bytes."""
    if not (match := re.fullmatch(SIZE, str(text))):
        raise ValueError(f'{found(text)} is no size; write "2GB", "500MB" or a number of bytes')
    number, prefix = float(match[1]), match[2] or ""
    thousands = "kMGT".index(prefix[0].replace("K", "k")) + 1 if prefix else 0
    return int(number * (1024 if prefix.endswith("i") else 1000) ** thousands)


def _quantity(text: object, form: str, allowed: str) -> tuple[float, str]:
    """The number that a text of this form stands for, and its unit."""
    if isinstance(text, int | float) and not isinstance(text, bool):
        raise ValueError(f"{found(text)} has no unit; write {allowed}{_with_units(text, form)}")
    match = re.fullmatch(form, text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"{found(text)} is no quantity; write {allowed}{_meant(text, form)}")
    unit = match[2] or ""
    return float(match[1]) / WHOLE[unit], unit


def _with_units(number: float, form: str) -> str:
    choices = [f'"{found(number)}{unit}"' for unit in UNITS[form]]
    return f"; did you mean {' or '.join(choices)}?" if 0 <= number < MANY else ""


def _meant(text: object, form: str) -> str:
    """A guess at a quantity that somebody wrote in words, with a sign, or with a decimal comma."""
    match = LOOSE.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        return ""
    if match[1] == "-":
        return "; quantities are 0 or more"
    unit = SPELLED.get(match[3].lower(), match[3].lower())
    return f'; did you mean "{match[2].replace(",", ".")}{unit}"?' if unit in UNITS[form] else ""
