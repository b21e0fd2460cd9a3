"""The work of `gate check`: what to judge, the judgement, and where the report goes."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from gate.cli import reports
from gate.cli.asking import judged
from gate.cli.auto import Promote
from gate.cli.ending import Ending
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
    """What the caller wants judged, and how it wants to be told; ``output`` None is the terminal.

    ``wait`` is in seconds; ``reports`` is a folder for every form of the report, or None.
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
    from gate.cli.notices import told
    from gate.cli.restricted import unasked
    from gate.cli.telling import not_judged, post, settled
    from gate.config import together
    from gate.connect import Budget, connect
    from gate.workflow import links_of

    if why := unasked():
        not_judged(why)
        ending.outputs["verdict"] = "unknown"
        return 3
    budget = Budget(timeout + wish.wait)
    question, world = together(lambda: _question(wish), lambda: connect(_environment(wish), timeout=budget))
    review = judged(world, question, wish.wait, wish.promote)
    links = links_of(world, review)
    write(_rendered(review, wish.form, links), wish.output)
    reports.told_to_actions(review, links)
    ending.judged(review, _reported(review, wish.reports, links))
    promoted = False
    try:
        code = settled(world, review, wish.promote)
        promoted = wish.promote is Promote.auto and code == 0 and review.verdict.outcome.value == "passed"
        return code
    finally:
        if wish.post:
            post(world, review, wish.comment, waits=not promoted)
        told(world)


def _environment(wish: Wish) -> dict[str, str]:
    return {**os.environ, **({"GATE_POLICY": wish.policy} if wish.policy else {})}


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


def _reported(review: Review, folder: Path | None, links: Links) -> Path | None:
    """The reports for whoever keeps them; answers the one that people read."""
    return None if folder is None else reports.write_all(review, links, folder)
