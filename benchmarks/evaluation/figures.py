"""The table of all figures, and the same for a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from benchmarks.evaluation.bars import find, floor
from benchmarks.evaluation.campaign import Row
from benchmarks.evaluation.methods import OURS
from benchmarks.evaluation.processes import LIMIT

HEAD = ("rows", "method", "runs", "wall s", "(range)", "CPU s", "peak MB", "× reading", "× ours", "from scikit-learn")
LEFT = {HEAD.index("method")}


def table(rows: Sequence[Row]) -> str:
    """Markdown, its columns aligned for a terminal too."""
    cells = [HEAD, *(tuple(_cells(rows, row)) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    rule = [("-" * width if column in LEFT else "-" * (width - 1) + ":") for column, width in enumerate(widths)]
    lines = [cells[0], rule, *cells[1:]]
    return "\n".join("| " + " | ".join(_padded(line, widths)) + " |" for line in lines)


def as_json(rows: Sequence[Row], row: Row) -> dict[str, Any]:
    return {
        "rows": row.size.rows,
        "method": row.method.name,
        "runs": [asdict(cost) for cost in row.costs],
        "seconds": row.seconds,
        "processor_seconds": row.processor,
        "peak_mb": row.peak,
        "finished": row.finished,
        "times_reading": row.seconds / floor(rows, row).seconds,
        "distance_from_scikit_learn": row.distance,
    }


def _cells(rows: Sequence[Row], row: Row) -> Iterator[str]:
    seconds = [cost.seconds for cost in row.costs]
    ours = find(rows, row, OURS[row.method.shape])
    yield f"{row.size.rows:,}"
    yield row.method.name
    yield str(len(row.costs))
    yield f"{row.seconds:.2f}" if row.finished else f"not in {LIMIT:g}"
    yield f"{min(seconds):.2f}–{max(seconds):.2f}" if len(seconds) > 1 else ""
    yield f"{row.processor:.2f}"
    yield f"{row.peak:,.0f}"
    yield _times(row, floor(rows, row))
    yield _times(row, ours) if ours else ""
    yield "" if row.distance is None else f"{row.distance:.1g}"


def _times(row: Row, other: Row) -> str:
    return f"{'' if row.finished else '> '}{row.seconds / other.seconds:.1f}"


def _padded(line: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for column, (text, width) in enumerate(zip(line, widths, strict=True)):
        yield text.ljust(width) if column in LEFT else text.rjust(width)
