"""`gate check --promote auto`: what became of it, in a sentence and an exit code."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from gate.cli.bounded import note

if TYPE_CHECKING:
    from gate.review import Review
    from gate.workflow import World

CONFLICT, REFUSED = 5, 1


class Promote(StrEnum):
    """Who promotes what passed: a person, or this command where the policy allows it."""

    manual = "manual"
    auto = "auto"


def promote(world: World, review: Review) -> tuple[int, str]:
    """The exit code, and a sentence. A verdict that did not pass keeps its own code: it is a person's business."""
    from gate.identity import Automatic
    from gate.verdict import Outcome
    from gate.workflow import Refused
    from gate.workflow.automatic import promote

    outcome = review.verdict.outcome
    if outcome is not Outcome.PASSED:
        return review.verdict.exit_code, f"not promoted: the verdict is {outcome.value}"
    try:
        record = promote(world, review, Automatic(_how(os.environ)), note)
    except Refused as refused:
        return REFUSED, f"not promoted: {'; '.join(refused.reasons)}"
    if record is None:
        return 0, "promoted already: nothing to do"
    if record.kind == "conflict":
        return CONFLICT, f"not promoted: {record.comment}"
    model = record.candidate.task if record.candidate else "the run"
    said = "becomes the best when the pull request is merged" if record.kind == "grant" else "is the best now"
    return 0, f"promoted without a person: {model} {said} (record {record.seq} of the ledger)"


def _how(environment: Mapping[str, str]) -> str:
    run = environment.get("GITHUB_RUN_ID")
    if not run:
        return "gate check --promote auto, outside GitHub Actions"
    server = environment.get("GITHUB_SERVER_URL", "https://github.com")
    place = f"{server}/{environment.get('GITHUB_REPOSITORY', '')}/actions/runs/{run}"
    return f"workflow run {place}, started by {environment.get('GITHUB_ACTOR', 'nobody known')}"
