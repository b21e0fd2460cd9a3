"""What is promised of the figures, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.evaluation.campaign import Row
from benchmarks.evaluation.methods import ON_STRINGS, OURS, Method

OVER_READING = {"wide": 4.0, "joined": 6.0}  # at most so many times as long as only reading, processes as a whole
PEAK = {"wide": 350.0, "joined": 1_500.0}  # MB at the smaller size
LARGE_PEAK = 4_000.0  # MB at the larger size
GROWTH = 1.1  # ten times the rows take at most eleven times as long
FASTER_THAN_STRINGS = 50.0
NEAR = 1e-12  # scores are the same if no further apart


@dataclass(frozen=True)
class Bar:
    text: str
    holds: bool

    def __str__(self) -> str:
        return f"{'holds' if self.holds else 'BROKEN'}: {self.text}"


def floor(rows: Sequence[Row], of: Row) -> Row:
    """The faster way of only reading what this method reads."""
    found = [row for row in rows if row.method.floor and (row.size, row.method.shape) == (of.size, of.method.shape)]
    return min(found, key=lambda row: row.seconds)


def find(rows: Sequence[Row], of: Row, method: Method) -> Row | None:
    return next((row for row in rows if (row.size, row.method) == (of.size, method)), None)


def bars(rows: Sequence[Row]) -> Iterator[Bar]:
    """Every promise that these figures can keep or break."""
    small, large = (bound(rows, key=lambda row: row.size.rows).size for bound in (min, max))
    for row in rows:
        if row.size == small and row.method in OURS.values():
            yield from _small(rows, row)
    if large != small:
        for row in rows:
            if row.size == large and row.method.ours:
                before = next(other for other in rows if (other.size, other.method) == (small, row.method))
                yield from _large(before, row)
    yield from _agreement(rows)


def _small(rows: Sequence[Row], row: Row) -> Iterator[Bar]:
    shape, reading = row.method.shape, floor(rows, row)
    times = row.seconds / reading.seconds
    text = f"{row.method.name}: {times:.1f} times as long as {reading.method.name}, at most {OVER_READING[shape]:g}"
    yield Bar(text, times <= OVER_READING[shape])
    yield Bar(f"{row.method.name}: {row.peak:,.0f} MB, below {PEAK[shape]:,.0f}", row.peak < PEAK[shape])
    strings = find(rows, row, ON_STRINGS)
    if strings and shape == ON_STRINGS.shape:
        faster = strings.seconds / row.seconds
        text = f"{row.method.name}: {faster:.0f} times as fast as {ON_STRINGS.name}, at least {FASTER_THAN_STRINGS:g}"
        yield Bar(text, faster >= FASTER_THAN_STRINGS)


def _large(before: Row, row: Row) -> Iterator[Bar]:
    rows, times = row.size.rows / before.size.rows, row.seconds / before.seconds
    text = f"{row.method.name}: {rows:g} times the rows take {times:.1f} times as long, at most {GROWTH * rows:g}"
    yield Bar(text, times <= GROWTH * rows)
    text = f"{row.method.name}, {row.size.rows:,} rows: {row.peak:,.0f} MB, below {LARGE_PEAK:,.0f}"
    yield Bar(text, row.peak < LARGE_PEAK)


def _agreement(rows: Sequence[Row]) -> Iterator[Bar]:
    scored = [row for row in rows if row.distance is not None]
    far = [f"{row.method.name} ({row.distance:.1e})" for row in scored if not row.distance <= NEAR]
    lacking = [row.method.name for row in rows if row.method.ours and row.distance is None]
    wrong = ", ".join([*far, *(f"{name} (no scores)" for name in lacking)])
    text = f"all {len(scored)} sets of scores per class are scikit-learn's to {NEAR:g}"
    yield Bar(text + (f", but for {wrong}" if wrong else ""), not wrong)
