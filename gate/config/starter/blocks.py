"""Pieces of a policy's text."""

from __future__ import annotations

import json
import re

from gate.config.values import TITLE
from gate.markdown import visible


def block(said: str, *lines_: str, on: bool) -> str:
    """A comment, and what it is about; switched off by a # before every line."""
    return lines(said, *(line if on else f"#{line.removeprefix('#')}" for line in lines_))


def lines(*given: str) -> str:
    """With the comments behind settings below each other."""
    parts = [re.fullmatch(r"(?P<code>#?\S.*?)  # (?P<said>.*)", line) for line in given]
    width = max((len(part["code"]) for part in parts if part), default=0)
    return "\n".join(
        f"{part['code']:{width}}  # {part['said']}" if part else line for line, part in zip(given, parts, strict=True)
    )


def toml(text: str) -> str:
    """Text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def nameable(metric: str) -> bool:
    """Whether a policy can name it: ClearML takes any text for a title."""
    return re.fullmatch(TITLE, metric) is not None and len(metric) <= 255 and visible(metric) == metric
