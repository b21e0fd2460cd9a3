"""What a simulation found: shares and means with their standard errors, as rows of a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import mean, stdev
from typing import Any

HEAD = ("question", "world", "rule", "found", "standard error", "samples")
ERRORS = 2  # standard errors of simulation that a bar allows for


@dataclass(frozen=True)
class Found:
    """A mean over samples: of shares in [0, 1], or of yes and no as 1 and 0."""

    question: str
    world: str
    rule: str
    value: float
    error: float
    samples: int

    @classmethod
    def of(cls, question: str, world: str, rule: str, values: Sequence[float]) -> Found:
        spread = stdev(values) if len(values) > 1 else math.nan
        return cls(question, world, rule, mean(values), spread / math.sqrt(len(values)), len(values))

    def cells(self) -> tuple[str, ...]:
        figures = (f"{100 * self.value:.1f} %", f"{100 * self.error:.1f}", f"{self.samples:,}")
        return (self.question, self.world, self.rule, *figures)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Bar:
    """A promise about what the gate's own rule shows."""

    text: str
    holds: bool

    def __str__(self) -> str:
        return f"{'holds' if self.holds else 'BROKEN'}: {self.text}"


def at_most(found: Found, limit: float) -> Bar:
    """Within the limit, but for the error of the simulation."""
    holds = found.value <= limit + ERRORS * found.error
    return Bar(f"{found.question}, {found.world}: {100 * found.value:.1f} %, at most {100 * limit:g} %", holds)


def at_least(found: Found, limit: float) -> Bar:
    holds = found.value >= limit - ERRORS * found.error
    return Bar(f"{found.question}, {found.world}: {100 * found.value:.1f} %, at least {100 * limit:g} %", holds)


def table(rows: Sequence[Found]) -> str:
    """Markdown, in columns."""
    cells = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(HEAD))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in cells]
    return "\n".join(f"| {line} |" for line in [lines[0], " | ".join("-" * width for width in widths), *lines[1:]])
