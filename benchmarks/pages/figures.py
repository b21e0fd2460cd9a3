"""From looks to figures: the table, and whether the bars hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.figures import Promise
from benchmarks.pages.looks import SERVICES, Costs, Look

COLD, WARM, AGAIN, VISIBLE = 1.5, 0.3, 0.1, 2.0  # seconds: of the script at first, later and again; until it is seen
HISTORY_COLD, HISTORY_STALE, HISTORY_SCRIPT, HISTORY_VISIBLE = 25, 3, 0.5, 2.5
HEAD = (
    "page",
    "script cold",
    "warm",
    "again",
    "seen cold",
    "warm",
    "drawn",
    "MB cold",
    "warm",
    "requests cold",
    "stale",
    "CPU s",
)


def promises(costs: Sequence[Costs]) -> Iterator[Promise]:
    for each in costs:
        limits = (
            (each.cold.script, COLD, "the script, first in its process"),
            (each.warm_median("script"), WARM, "the script for a new visitor"),
            (each.rerun, AGAIN, "the script run again"),
            (each.warm_median("visible"), VISIBLE, "visible to a new visitor"),
        )
        for seconds, limit, what in limits:
            yield Promise(f"{each.subject.name}: {what}: {seconds:.2f} s, less than {limit:g} s", seconds < limit)


def of_history(costs: Sequence[Costs]) -> Iterator[Promise]:
    for each in costs:
        if each.subject.name == "history":
            yield from _of_history(each)


def _of_history(costs: Costs) -> Iterator[Promise]:
    cold, stale = (each.requests["ClearML"] for each in (costs.cold, costs.stale))
    said = "history, first look of a process, its start included"
    yield Promise(f"{said}: {cold} requests to ClearML, at most {HISTORY_COLD}", cold <= HISTORY_COLD)
    said = "history, a look at what is not fresh any more"
    yield Promise(f"{said}: {stale} requests to ClearML, at most {HISTORY_STALE}", stale <= HISTORY_STALE)
    script, seen = costs.warm_median("script"), costs.warm_median("visible")
    yield Promise(f"history: the script {script:.2f} s, less than {HISTORY_SCRIPT:g} s", script < HISTORY_SCRIPT)
    yield Promise(f"history: visible after {seen:.2f} s, less than {HISTORY_VISIBLE:g} s", seen < HISTORY_VISIBLE)


def table(costs: Sequence[Costs]) -> str:
    """Markdown, its columns aligned for a terminal too."""
    lines = [HEAD, *(_cells(each) for each in costs)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    rule = tuple("-" * (width - 1) + ":" for width in widths)
    return "\n".join(
        "| " + " | ".join(text.rjust(width) for text, width in zip(line, widths, strict=True)) + " |"
        for line in (lines[0], rule, *lines[1:])
    )


def _cells(costs: Costs) -> tuple[str, ...]:
    cold = costs.cold
    return (
        costs.subject.name,
        f"{cold.script:.2f} s",
        f"{costs.warm_median('script'):.3f} s",
        f"{costs.rerun:.3f} s",
        f"{cold.visible:.1f} s",
        f"{costs.warm_median('visible'):.2f} s",
        f"{costs.warm_median('drawn'):.2f} s",
        f"{cold.socket + cold.http:.1f}",
        f"{costs.warm_median('socket') + costs.warm_median('http'):.2f}",
        _asked(cold),
        _asked(costs.stale),
        f"{cold.processor:.1f}",
    )


def _asked(look: Look) -> str:
    """Of ClearML and of GitHub."""
    return " + ".join(str(look.requests[name]) for name in SERVICES)
