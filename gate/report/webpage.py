"""A document as one page of HTML that asks for nothing: its style is within, its pictures are SVG, it has no script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from functools import cache, singledispatch
from importlib.resources import files
from typing import Any

from gate.markdown import visible
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
from gate.report.drawing import bar, limits, safe

ROWS = 5_000  # of one table: beyond that a browser has a hard time
LONGEST = 600
SHADES = (0.02, 0.15, 0.5)  # shares of a row from which a cell is the darker
POLICY = "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'"


@cache
def _style() -> tuple[str, str]:
    """The style, and its hash, by which alone the page lets a style in."""
    text = files("gate.report").joinpath("page.css").read_text(encoding="utf-8")
    return text, base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def webpage(document: Document) -> str:
    style, digest = _style()
    title = safe(visible(document.title))
    head = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY.format(digest)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n"
    )
    first = f'<h1 class="{document.outcome.value}">{title}</h1>'
    sections = [_section(each) for each in document.sections if each.blocks]
    foot = f"<footer>{_blocks(document.foot)}</footer>"
    return head + "\n".join([first, *sections, foot]) + "\n</body>\n</html>\n"


def _section(section: Section) -> str:
    title, body = safe(section.title), _blocks(section)
    if section.folded:
        return f"<details><summary>{title}</summary>\n{body}\n</details>"
    return f"<section>\n{f'<h2>{title}</h2>' if title else ''}\n{body}\n</section>"


def _blocks(section: Section) -> str:
    return "\n".join(_block(block) for block in section.blocks)


def _block(block: Block) -> str:
    write: Callable[[Any], str] = BLOCKS[type(block)]
    return write(block)


def _text(block: Text) -> str:
    return f'<p class="loud">{_line(block.line)}</p>' if block.loud else f"<p>{_line(block.line)}</p>"


def _bullets(block: Bullets) -> str:
    return f"<ul>{''.join(f'<li>{_line(line)}</li>' for line in block.lines)}</ul>"


def _table(block: Table) -> str:
    left = len(block.rows) - ROWS
    more = f'<p class="left">{left:,} more {safe(block.noun)} are left out.</p>' if left > 0 else ""
    head = "".join(
        f"<th{_side(side)}>{safe(visible(name, 80))}</th>" for name, side in zip(block.head, block.align, strict=True)
    )
    rows = "\n".join(f"<tr>{_cells(row, block.align)}</tr>" for row in block.rows[:ROWS])
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody></table></div>{more}'


def _cells(row: Line, align: str) -> str:
    return "".join(f"<td{_side(side, each)}>{cell(each)}</td>" for each, side in zip(row, align, strict=True))


def _side(side: str, each: Cell = "") -> str:
    named = ["r"] * (side == "r") + _shade(each)
    return f' class="{" ".join(named)}"' if named else ""


def _shade(each: Cell) -> list[str]:
    if not isinstance(each, Heat):
        return []
    level = sum(each.share >= shade for shade in SHADES)
    return [f"{'d' if each.right else 'h'}{level}"] * (level > 0)


def _limits(block: Limits) -> str:
    return limits(block.findings)


BLOCKS: Mapping[type, Callable[..., str]] = {Text: _text, Bullets: _bullets, Table: _table, Limits: _limits}


def _line(line: Line) -> str:
    return "".join(cell(each) for each in line)


@singledispatch
def cell(each: Cell) -> str:
    """One cell as HTML that shows its text as it is."""
    return safe(visible(str(each), LONGEST))


@cell.register
def _(each: Code) -> str:
    return f"<code>{safe(visible(each.text, 80))}</code>" if each.text else ""


@cell.register
def _(each: Strong) -> str:
    return f"<b>{safe(visible(each.text, 80))}</b>"


@cell.register
def _(each: Link) -> str:
    text = safe(visible(each.text))
    return f'<a href="{safe(each.address)}" rel="noopener noreferrer">{text}</a>' if each.address else text


@cell.register
def _(each: Badge) -> str:
    return f'<span class="badge {each.outcome.value}">{each.outcome.value}</span>'


@cell.register
def _(each: Bar) -> str:
    return bar(each)


@cell.register
def _(each: Heat) -> str:
    return safe(each.text)
