"""What a report consists of, before it is Markdown or HTML. All text in it is foreign until a renderer made it safe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from gate.verdict import Finding, Outcome


@dataclass(frozen=True)
class Code:
    """Text that is an identifier."""

    text: str


@dataclass(frozen=True)
class Strong:
    text: str


@dataclass(frozen=True)
class Link:
    """``url`` is our own or a service's; where it is empty, or no web address, only the text remains."""

    text: str
    url: str

    @property
    def address(self) -> str:
        """Without any character that could end it, in Markdown or in HTML."""
        return (
            quote(self.url, safe=":/?#=&%+,;~", errors="replace")
            if self.url.startswith(("https://", "http://"))
            else ""
        )


@dataclass(frozen=True)
class Badge:
    outcome: Outcome


@dataclass(frozen=True)
class Bar:
    """A signed change; ``full`` is the size of change that a full bar stands for, more than 0."""

    change: float
    full: float

    @property
    def share(self) -> float:
        return min(1.0, abs(self.change) / self.full)


@dataclass(frozen=True)
class Heat:
    """A number of a matrix; ``share`` in [0, 1] is how much of its row it is, ``right`` if on the diagonal."""

    text: str
    share: float
    right: bool = False


Cell = str | Code | Strong | Link | Badge | Bar | Heat
Line = tuple[Cell, ...]


@dataclass(frozen=True)
class Text:
    """A paragraph; a ``loud`` one must not be overlooked."""

    line: Line
    loud: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list, the most important first: where room is short its tail is cut. ``noun`` is what its lines are."""

    lines: Sequence[Line]
    noun: str


@dataclass(frozen=True)
class Table:
    """Rows, the most important first, likewise. ``align`` has an l or r for each column."""

    head: tuple[str, ...]
    align: str
    rows: Sequence[Line]
    noun: str


@dataclass(frozen=True)
class Limits:
    """The findings with a limit, as one picture; Markdown has no honest one and leaves it out."""

    findings: Sequence[Finding]


Block = Text | Bullets | Table | Limits


@dataclass(frozen=True)
class Section:
    """``folded`` sections are opened by the reader. One without blocks is left out."""

    title: str
    blocks: tuple[Block, ...]
    folded: bool = False


@dataclass(frozen=True)
class Document:
    """A whole report: the sections in the order of their importance, and the ``foot``, which is never left out."""

    title: str
    outcome: Outcome
    sections: tuple[Section, ...]
    foot: Section
