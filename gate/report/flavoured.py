"""A document in GitHub's Markdown: for a comment, a step summary, or a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import singledispatch
from typing import Any

from gate.markdown import literal
from gate.report.document import (
    Badge,
    Bar,
    Block,
    Bullets,
    Cell,
    Code,
    Document,
    Heat,
    Limits,
    Line,
    Link,
    Section,
    Strong,
    Table,
    Text,
)
from gate.report.headline import SIGNS
from gate.report.room import Part, Room, Rows, fitted

SQUARES = 8  # of a full bar
LONGEST = 600  # characters of one cell
BLOCK = re.compile(r"[-+=]|\d+(?=[.)])")  # what begins a list, a rule or a heading at the start of a line
RULES: Mapping[str, str] = {"l": ":---", "r": "---:"}


def flavoured(document: Document, room: Room, mark: str = "") -> str:
    """``mark`` is a comment of our own, put first as it is."""
    title = f"## {SIGNS[document.outcome]} {literal(document.title)}"
    opening = f"{mark}\n{title}" if mark else title
    parts = [_part(section, room.rows) for section in document.sections if section.blocks]
    first = Part("", opening, (), "")
    return fitted([first, *parts], f"<sub>{_blocks(document.foot)}</sub>", room)


def _blocks(section: Section) -> str:
    return "\n\n".join(_line(block.line) for block in section.blocks if isinstance(block, Text))


def _part(section: Section, most: int) -> Part:
    pieces = [piece for block in section.blocks if (piece := _piece(block, most))]
    if section.folded:
        return Part(section.title, f"<details><summary>{section.title}</summary>", pieces, "</details>")
    return Part(section.title, f"### {section.title}" if section.title else "", pieces, "")


def _piece(block: Block, most: int) -> str | Rows:
    write: Callable[[Any, int], str | Rows] = PIECES[type(block)]
    return write(block, most)


def _text(block: Text, _: int) -> str:
    return f"> {_line(block.line)}" if block.loud else _line(block.line)


def _bullets(block: Bullets, most: int) -> Rows:
    return Rows("", [f"- {_line(line)}" for line in block.lines[:most]], block.noun, len(block.lines))


def _table(block: Table, most: int) -> Rows:
    head = f"{_row(block.head)}\n{_row(tuple(RULES[side] for side in block.align), raw=True)}"
    return Rows(head, [_row(row) for row in block.rows[:most]], block.noun, len(block.rows))


def _row(cells: Line, raw: bool = False) -> str:
    shown = cells if raw else [cell(each) for each in cells]
    return f"| {' | '.join(str(each) for each in shown)} |"


def _nothing(block: Limits, _: int) -> str:
    return ""


PIECES: Mapping[type, Callable[..., str | Rows]] = {
    Text: _text,
    Bullets: _bullets,
    Table: _table,
    Limits: _nothing,
}


def _line(line: Line) -> str:
    written = "".join(cell(each) for each in line).lstrip()
    return f"&#{ord(written[0])};{written[1:]}" if BLOCK.match(written) else written


@singledispatch
def cell(each: Cell) -> str:
    """One cell as Markdown that shows its text as it is."""
    return literal(str(each), LONGEST)


@cell.register
def _(each: Code) -> str:
    return f"<code>{literal(each.text, 80)}</code>" if each.text else ""


@cell.register
def _(each: Strong) -> str:
    return f"<b>{literal(each.text, 80)}</b>"


@cell.register
def _(each: Link) -> str:
    return f"[{literal(each.text)}](<{each.address}>)" if each.address else literal(each.text)


@cell.register
def _(each: Badge) -> str:
    return f"{SIGNS[each.outcome]} {each.outcome.value}"


@cell.register
def _(each: Bar) -> str:
    """Never none for a change, however small."""
    squares = max(each.change != 0, round(each.share * SQUARES))
    return f"{each.change:+.3f} {('🟥' if each.change < 0 else '🟩') * squares}".rstrip()


@cell.register
def _(each: Heat) -> str:
    return f"<b>{literal(each.text)}</b>" if each.right else literal(each.text)
