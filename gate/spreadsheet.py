"""Columns as CSV that a spreadsheet opens as what it is: text stays text, and numbers keep all their digits."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping

from gate.markdown import visible

FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
MARK = "\ufeff"  # without it Excel takes UTF-8 for the local encoding


def defused(text: str) -> str:
    """An apostrophe before what a spreadsheet would run as a formula; a plain number like -1 is none."""
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def cell(text: str) -> str:
    """A name in a table on the screen, which the reader may copy into a spreadsheet or download as it is."""
    return defused(visible(text))


def as_csv(columns: Mapping[str, Iterable[object]]) -> bytes:
    """UTF-8 with a byte order mark; see `defused` for text."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow([defused(value) if isinstance(value, str) else value for value in row])
    return (MARK + written.getvalue()).encode("utf-8", errors="replace")
