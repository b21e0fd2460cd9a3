"""The work of `gate check`: what to judge, the judgement, and where the report goes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from gate.cli.auto import Promote
from gate.cli.bounded import note
from gate.cli.ending import Ending
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

    if why := unasked():
        note(why)
        _summarise(f"## ⚠️ Not judged\n\n{why}.\n")
        ending.outputs["verdict"] = "unknown"
        return 3
    question, world = _asked(wish, timeout)
    review = _judged(world, question, wish)
    url = world.review_url(review.pull.number if review.pull else 0, review.name)
    write(_rendered(review, wish.form, url), wish.output)
    _summarise(_rendered(review, Format.markdown, url))
    ending.judged(review, _reported(review, wish.reports, url))
    try:
        return _promoted(world, review) if wish.promote is Promote.auto else review.verdict.exit_code
    finally:
        if wish.post:
            _post(world, review, wish.comment)


def _asked(wish: Wish, timeout: float) -> tuple[Question, World]:
    from gate.config import together
    from gate.connect import Budget, connect

    environment = {**os.environ, **({"GATE_POLICY": wish.policy} if wish.policy else {})}
    question, world = together(lambda: _question(wish), lambda: connect(environment, Budget(timeout + wish.wait)))
    return question, world


def _question(wish: Wish) -> Question:
    from gate.event import subject_from
    from gate.workflow import Question

    pr, commit = wish.pr, wish.commit
    if pr is None and commit is None:
        pr, commit = subject_from(os.environ)
    return Question(pr, commit, wish.scope)


def _judged(world: World, question: Question, wish: Wish) -> Review:
    from gate.workflow import check
    from gate.workflow.automatic import prepare
    from gate.workflow.wait import wait_for_run

    if wish.wait:
        wait_for_run(world, question, timedelta(seconds=wish.wait), note)
    if wish.promote is Promote.auto:
        prepare(world, question, note)
    review = check(world, question, note)
    if said := _about_inputs(review):
        note(said)
    return review


def _about_inputs(review: Review) -> str:
    """Which rules held, where there were two sets of them."""
    from gate.config import BY_INPUTS, named_by_inputs

    if not named_by_inputs(os.environ):
        return ""
    if review.scope.name == BY_INPUTS:
        return "judged by the CLEARML_* inputs, which the policy of the repository is not about"
    if review.name != BY_INPUTS:
        return f"judged by the scope {review.name} of {review.policy.source}: the CLEARML_SCALAR_* inputs are not used"
    return ""


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


def _summarise(text: str) -> None:
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with open(summary, "a", encoding="utf-8") as file:
            file.write(text)


def _promoted(world: World, review: Review) -> int:
    from gate.cli.auto import promote
    from gate.markdown import escape

    code, said = promote(world, review)
    note(said)
    _summarise(f"\n{escape(said, len(said))}\n")
    return code


def _post(world: World, review: Review, comment: bool) -> None:
    from gate.cli.restricted import untold
    from gate.event import event_from
    from gate.ports import Absent, ServiceError
    from gate.workflow import publish
    from gate.workflow.queue import mirror

    troubles = publish(world, review, comment)
    if queued := event_from(os.environ).queued:
        try:
            mirror(world, review, queued)
        except (ServiceError, Absent, ValueError) as error:
            troubles.append(str(error))
    if troubles and (why := untold()):
        _summarise(f"\n{why}.\n")
        troubles = [why]
    for trouble in troubles:
        note(f"not posted: {trouble}")
