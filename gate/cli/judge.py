"""The work of `gate check`: what to judge, the judgement, and where the report goes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from gate.cli.bounded import note
from gate.cli.output import write

if TYPE_CHECKING:
    from gate.review import Review
    from gate.workflow import Question, World


class Format(StrEnum):
    text = "text"
    json = "json"
    markdown = "markdown"


@dataclass(frozen=True)
class Wish:
    """What the caller wants judged, and how it wants to be told; ``output`` None is the terminal."""

    pr: int | None
    commit: str | None
    scope: str | None
    form: Format
    output: Path | None
    post: bool


def check(wish: Wish, timeout: float) -> int:
    """Judge, report, and answer the exit code of the verdict; what could not be posted is said, and changes nothing."""
    from gate.config import together
    from gate.connect import Budget, connect
    from gate.workflow import check, publish

    question, world = together(lambda: _question(wish), lambda: connect(timeout=Budget(timeout)))
    review = check(world, question, note)
    write(_rendered(review, wish.form, world), wish.output)
    _summarise(review, world)
    for trouble in publish(world, review) if wish.post else []:
        note(f"not posted: {trouble}")
    return review.verdict.exit_code


def _question(wish: Wish) -> Question:
    from gate.event import subject_from
    from gate.workflow import Question

    pr, commit = wish.pr, wish.commit
    if pr is None and commit is None:
        pr, commit = subject_from(os.environ)
    return Question(pr, commit, wish.scope)


def _rendered(review: Review, form: Format, world: World) -> str:
    from gate import report

    url = world.review_url(review.pull.number if review.pull else 0, review.name)
    known: dict[Format, Callable[[], str]] = {
        Format.text: lambda: report.text(review),
        Format.json: lambda: json.dumps(report.as_json(review), indent=2, ensure_ascii=False) + "\n",
        Format.markdown: lambda: report.markdown(review, url),
    }
    return known[form]()


def _summarise(review: Review, world: World) -> None:
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with open(summary, "a", encoding="utf-8") as file:
            file.write(_rendered(review, Format.markdown, world))
