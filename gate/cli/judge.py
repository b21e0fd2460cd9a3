"""The work of `gate check`: what to judge, the judgement, and where the report goes."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from gate.cli import reports
from gate.cli.bounded import note
from gate.cli.output import write

if TYPE_CHECKING:
    from gate.report import Links
    from gate.review import Review
    from gate.workflow import Question


class Format(StrEnum):
    text = "text"
    json = "json"
    markdown = "markdown"


@dataclass(frozen=True)
class Wish:
    """What the caller wants judged, and how it wants to be told.

    ``output`` None is the terminal; ``reports`` is a folder for every form of the report, or None.
    """

    pr: int | None
    commit: str | None
    scope: str | None
    form: Format
    output: Path | None
    post: bool
    comment: bool = True
    reports: Path | None = None


def check(wish: Wish, timeout: float) -> int:
    """Judge, report, and answer the exit code of the verdict; what could not be posted is said, and changes nothing."""
    from gate.config import together
    from gate.connect import Budget, connect
    from gate.workflow import check, links_of, publish

    question, world = together(lambda: _question(wish), lambda: connect(timeout=Budget(timeout)))
    review = check(world, question, note)
    links = links_of(world, review)
    write(_rendered(review, wish.form, links), wish.output)
    reports.told_to_actions(review, links)
    if wish.reports is not None:
        reports.write_all(review, links, wish.reports)
    for trouble in publish(world, review, wish.comment) if wish.post else []:
        note(f"not posted: {trouble}")
    return review.verdict.exit_code


def _question(wish: Wish) -> Question:
    from gate.event import subject_from
    from gate.workflow import Question

    pr, commit = wish.pr, wish.commit
    if pr is None and commit is None:
        pr, commit = subject_from(os.environ)
    return Question(pr, commit, wish.scope)


def _rendered(review: Review, form: Format, links: Links) -> str:
    from gate import report

    known: dict[Format, Callable[[], str]] = {
        Format.text: lambda: report.text(review),
        Format.json: lambda: reports.json_of(review),
        Format.markdown: lambda: report.markdown(review, links),
    }
    return known[form]()
