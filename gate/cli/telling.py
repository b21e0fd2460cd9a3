"""What comes after the judgement of `gate check`: the promotion, if asked for, and what is posted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gate.cli.auto import Promote, promote
from gate.cli.bounded import note
from gate.cli.restricted import untold

if TYPE_CHECKING:
    from gate.review import Review
    from gate.workflow import World


def summarise(text: str) -> None:
    """Append to the step's summary, where there is one."""
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with open(summary, "a", encoding="utf-8") as file:
            file.write(text)


def not_judged(why: str) -> None:
    note(why)
    summarise(f"## ⚠️ Not judged\n\n{why}.\n")


def settled(world: World, review: Review, wish: Promote) -> int:
    """Promote if that is the wish, and answer the exit code."""
    from gate.markdown import escape

    if wish is Promote.manual:
        return review.verdict.exit_code
    code, said = promote(world, review)
    note(said)
    summarise(f"\n{escape(said, len(said))}\n")
    return code


def post(world: World, review: Review, comment: bool, waits: bool) -> None:
    """Status, comment and what a merge queue needs; what could not be posted is said."""
    from gate.workflow import publish

    troubles = [*publish(world, review, comment, waits), *_queued(world, review)]
    if troubles and (why := untold()):
        summarise(f"\n{why}.\n")
        troubles = [why]
    for trouble in troubles:
        note(f"not posted: {trouble}")


def _queued(world: World, review: Review) -> list[str]:
    from gate.event import event_from
    from gate.ports import Absent, ServiceError
    from gate.workflow.queue import mirror

    queued = event_from(os.environ).queued
    try:
        if queued:
            mirror(world, review, queued)
    except (ServiceError, Absent, ValueError) as error:
        return [str(error)]
    return []
