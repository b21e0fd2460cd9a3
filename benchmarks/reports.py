"""How large reports of thousands of classes are, and how long they take: python -m benchmarks.reports."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

import typer

from gate import report
from gate.review import Review
from tests.drawn_reviews import LINKS, large

SECONDS, COMMENT, SUMMARY = 2.0, 65_000, 1024 * 1024


@dataclass(frozen=True)
class Written:
    """One form of a report: its size, and the processor's seconds for it."""

    name: str
    characters: int
    size: int
    seconds: float


def main(
    classes: Annotated[int, typer.Option(help="Classes, all in the truth and in both predictions.", min=10)] = 5_000,
    rules: Annotated[int, typer.Option(help="Rules of the policy.", min=10)] = 40,
) -> None:
    """Write every form of one large report. Exit code 1: a bar is missed."""
    review = large(classes, rules)
    found = [_written(name, write) for name, write in _forms(review).items()]
    broken = [*missed(found)]
    head = "| form | characters | bytes | seconds |\n|---|--:|--:|--:|"
    rows = [f"| {each.name} | {each.characters:,} | {each.size:,} | {each.seconds:.2f} |" for each in found]
    said = broken or ["every bar holds"]
    typer.echo("\n".join([f"{classes:,} classes, {rules} rules", "", head, *rows, "", *said]))
    raise typer.Exit(1 if broken else 0)


def _forms(review: Review) -> dict[str, Callable[[], str]]:
    return {
        "comment": lambda: report.markdown(review, LINKS),
        "summary": lambda: report.markdown(review, LINKS, report.SUMMARY),
        "page": lambda: report.html(review, LINKS),
        "JUnit": lambda: report.junit(review),
    }


def _written(name: str, write: Callable[[], str]) -> Written:
    begun = time.process_time()
    text = write()
    return Written(name, len(text), len(text.encode()), time.process_time() - begun)


def missed(found: list[Written]) -> Iterator[str]:
    comment, summary = found[:2]
    if comment.characters >= COMMENT:
        yield f"missed: a comment under {COMMENT:,} characters"
    if summary.size >= SUMMARY:
        yield f"missed: a summary under {SUMMARY:,} bytes"
    yield from (f"missed: the {each.name} under {SECONDS} s" for each in found[:2] if each.seconds >= SECONDS)


if __name__ == "__main__":
    typer.run(main)
