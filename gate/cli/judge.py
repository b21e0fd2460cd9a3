"""The work of `gate check`: what to judge, the judgement, and where the report goes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from gate.cli.asking import judged
from gate.cli.auto import Promote
from gate.cli.ending import Ending
from gate.cli.output import write

if TYPE_CHECKING:
    from gate.review import Review
    from gate.workflow import Question


class Format(StrEnum):
    text = "text"
    json = "json"
    markdown = "markdown"


@dataclass(frozen=True)
class Wish:
    """What the caller wants judged, and how it wants to be told; ``output`` None is the terminal.

    ``wait`` is in seconds; ``reports`` is a folder for the reports, or None.
    """

    pr: int | None
    commit: str | None
    scope: str | None
    form: Format
    output: Path | None
    post: bool
    comment: bool = True
    policy: str = ""
    wait: float = 0
    promote: Promote = Promote.manual
    reports: Path | None = None


def check(wish: Wish, timeout: float, ending: Ending) -> int:
    """Judge, report, and answer the exit code of the verdict; what could not be posted is said, and changes nothing."""
    from gate.cli.restricted import unasked
    from gate.cli.telling import not_judged, post, settled, summarise
    from gate.config import together
    from gate.connect import Budget, connect

    if why := unasked():
        not_judged(why)
        ending.outputs["verdict"] = "unknown"
        return 3
    budget = Budget(timeout + wish.wait)
    question, world = together(lambda: _question(wish), lambda: connect(_environment(wish), timeout=budget))
    review = judged(world, question, wish.wait, wish.promote)
    url = world.review_url(review.pull.number if review.pull else 0, review.name)
    write(_rendered(review, wish.form, url), wish.output)
    summarise(_rendered(review, Format.markdown, url))
    ending.judged(review, _reported(review, wish.reports, url))
    try:
        return settled(world, review, wish.promote)
    finally:
        if wish.post:
            post(world, review, wish.comment)


def _environment(wish: Wish) -> dict[str, str]:
    return {**os.environ, **({"GATE_POLICY": wish.policy} if wish.policy else {})}


def _question(wish: Wish) -> Question:
    from gate.event import subject_from
    from gate.workflow import Question

    pr, commit = wish.pr, wish.commit
    if pr is None and commit is None:
        pr, commit = subject_from(os.environ)
    return Question(pr, commit, wish.scope)


def _rendered(review: Review, form: Format, url: str) -> str:
    from gate import report

    known: dict[Format, Callable[[], str]] = {
        Format.text: lambda: report.text(review),
        Format.json: lambda: json.dumps(report.as_json(review), indent=2, ensure_ascii=False) + "\n",
        Format.markdown: lambda: report.markdown(review, url),
    }
    return known[form]()


def _reported(review: Review, folder: Path | None, url: str) -> Path | None:
    """The reports for whoever keeps them; answers the one that people read."""
    if folder is None:
        return None
    for name, form in (("report.json", Format.json), ("report.md", Format.markdown)):
        write(_rendered(review, form, url), folder / name)
    return folder / "report.md"
