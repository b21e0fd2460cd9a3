"""What comes with the judgement of `gate check`: the wait, what a crash left behind, and which rules hold."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

from gate.cli.auto import Promote
from gate.cli.bounded import note

if TYPE_CHECKING:
    from gate.review import Review
    from gate.workflow import Question, World


def judged(world: World, question: Question, wait: float, promote: Promote) -> Review:
    """The review, after a wait of at most ``wait`` seconds for the run."""
    from gate.workflow import check
    from gate.workflow.automatic import prepare
    from gate.workflow.wait import wait_for_run

    if wait:
        wait_for_run(world, question, timedelta(seconds=wait), note)
    if promote is Promote.auto:
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
