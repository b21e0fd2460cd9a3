"""How much fits where a report is shown, counted as that place counts, and what is cut where it does not fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

LEAST = 5  # rows that every table gets before any gets more


@dataclass(frozen=True)
class Room:
    """``limit`` in what ``measure`` counts; ``rows`` is the most that one table shows however much room there is."""

    limit: int
    measure: Callable[[str], int]
    rows: int

    def less(self, used: int) -> Room:
        return replace(self, limit=self.limit - used)


def utf16(text: str) -> int:
    """Never less than what GitHub counts of a comment, which was characters once and is a quarter of its bytes now."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


COMMENT = Room(65_000, utf16, 200)
SUMMARY = Room(1024 * 1024 - 1024, utf8, 2_000)  # a step's whole file may have 1 MiB


@dataclass(frozen=True)
class Rows:
    """Lines that may be cut from the tail: what comes before them, what they are, and how many there are in all."""

    head: str
    lines: Sequence[str]
    noun: str
    total: int

    def text(self, kept: int) -> str:
        left = self.total - kept
        shown = "\n".join(part for part in (self.head, *self.lines[:kept]) if part)
        return f"{shown}\n\n{left:,} more {self.noun} are left out." if left else shown


@dataclass(frozen=True)
class Part:
    """A section: pieces between an ``opening`` and a ``closing`` that stay together, whatever is cut inside."""

    title: str
    opening: str
    pieces: Sequence[str | Rows]
    closing: str

    def text(self, kept: Sequence[int]) -> str:
        counts = iter(kept)
        said = [piece.text(next(counts)) if isinstance(piece, Rows) else piece for piece in self.pieces]
        return "\n\n".join(each for each in (self.opening, *said, self.closing) if each)


def fitted(parts: Sequence[Part], foot: str, room: Room) -> str:
    """As many rows as there is room for, the first parts first; a part that does not fit even empty is named instead.

    Nothing is ever cut within a row, a list's line, or what a part opens and closes.
    """
    kept = len(parts)
    while kept > 1 and room.measure(_whole(parts[:kept], [], parts[kept:], foot)) > room.limit:
        kept -= 1
    filled = _filled(parts[:kept], room, room.measure(_whole(parts[:kept], [], parts[kept:], foot)))
    return _whole(parts[:kept], filled, parts[kept:], foot)


def _filled(parts: Sequence[Part], room: Room, used: int) -> list[int]:
    """How many lines of each `Rows`; every one is counted before it is added."""
    every = [piece for part in parts for piece in part.pieces if isinstance(piece, Rows)]
    counts, left = [0] * len(every), room.limit - used
    for most in (LEAST, room.rows):
        for place, rows in enumerate(every):
            for line in rows.lines[counts[place] : most]:
                cost = room.measure(line) + 1
                if cost > left:
                    break
                counts[place] += 1
                left -= cost
    return counts


def _whole(parts: Sequence[Part], filled: Sequence[int], dropped: Sequence[Part], foot: str) -> str:
    counts, said = iter(filled), []
    for part in parts:
        said.append(part.text([next(counts, 0) for piece in part.pieces if isinstance(piece, Rows)]))
    if dropped:
        said.append(f"Left out for want of room: {', '.join(part.title for part in dropped)}.")
    return "\n\n".join([*said, foot]) + "\n"
