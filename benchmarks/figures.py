"""From samples to figures: medians, requests, the table, and whether the promises hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.programs import OLD, Sample

LIMITS = {"ClearML": 12, "GitHub": 10}  # requests of one check
SERVICES = {"ClearML": ("api", "files"), "GitHub": ("github",)}
HEAD = (
    "tasks",
    "program",
    "whole process",
    "(range)",
    "processor",
    "without imports",
    "ClearML: api + files",
    "GitHub",
)


@dataclass(frozen=True)
class Row:
    """All samples of one program over a history of ``tasks`` runs."""

    tasks: int
    program: str
    samples: Sequence[Sample]

    @property
    def seconds(self) -> list[float]:
        """Of the whole processes that were not traced."""
        return [sample.seconds for sample in self.samples if sample.imports is None]

    @property
    def processor(self) -> list[float]:
        """Seconds of a processor, which a busy machine changes less."""
        return [sample.processor for sample in self.samples if sample.imports is None]

    @property
    def without_imports(self) -> list[float]:
        return [sample.seconds - sample.imports for sample in self.samples if sample.imports is not None]

    def requests(self, *servers: str) -> int:
        """The most that one process sent to these servers."""
        return max(sum(line.split()[0] in servers for line in sample.requests) for sample in self.samples)

    def cells(self) -> tuple[str, ...]:
        api, files, both = self.requests("api"), self.requests("files"), self.requests(*SERVICES["ClearML"])
        return (
            f"{self.tasks:,}",
            self.program,
            f"{median(self.seconds):.2f} s",
            f"{min(self.seconds):.2f}–{max(self.seconds):.2f}",
            f"{median(self.processor):.2f} s",
            f"{median(self.without_imports):.2f} s",
            f"{api} + {files} = {both}",
            str(self.requests("github")),
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "tasks": self.tasks,
            "program": self.program,
            "seconds": self.seconds,
            "median_seconds": median(self.seconds),
            "processor": self.processor,
            "without_imports": self.without_imports,
            "requests": {name: self.requests(*servers) for name, servers in SERVICES.items()},
            "requests_of_the_last_process": self.samples[-1].requests,
        }


@dataclass(frozen=True)
class Promise:
    text: str
    holds: bool

    def __str__(self) -> str:
        return f"{'holds' if self.holds else 'BROKEN'}: {self.text}"


def promises(rows: Sequence[Row]) -> Iterator[Promise]:
    """Requests below their limits and the same for every history, and never slower than the old action's way."""
    checks = [row for row in rows if row.program != OLD.name]
    for service, limit in LIMITS.items():
        most = max(row.requests(*SERVICES[service]) for row in checks)
        yield Promise(f"at most {limit} requests to {service}: {most}", most <= limit)
    for program in dict.fromkeys(row.program for row in checks):
        sent = [[row.requests(*servers) for servers in SERVICES.values()] for row in checks if row.program == program]
        yield Promise(f"{program}: as many requests whatever the history", all(one == sent[0] for one in sent))
    for row in checks:
        old = next(other for other in rows if (other.tasks, other.program) == (row.tasks, OLD.name))
        mine, theirs = median(row.seconds), median(old.seconds)
        text = f"{row.program}, {row.tasks:,} tasks: {mine:.2f} s, faster than {OLD.name} ({theirs:.2f} s)"
        yield Promise(text, mine < theirs)


def table(rows: Sequence[Row]) -> str:
    """Markdown, its columns aligned for a terminal too."""
    cells = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    left = {HEAD.index("program")}
    rule = [("-" * width if column in left else "-" * (width - 1) + ":") for column, width in enumerate(widths)]
    lines = [cells[0], rule, *cells[1:]]
    return "\n".join("| " + " | ".join(_padded(line, widths, left)) + " |" for line in lines)


def _padded(line: Sequence[str], widths: Sequence[int], left: set[int]) -> Iterator[str]:
    for column, (text, width) in enumerate(zip(line, widths, strict=True)):
        yield text.ljust(width) if column in left else text.rjust(width)
