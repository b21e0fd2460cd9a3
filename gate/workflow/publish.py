"""Tell the pull request: the commit status ``model-gate`` and one comment; and note that its test set was used.

None of it can hide or change a verdict.
"""

from __future__ import annotations

from gate.ports import Absent, ServiceError
from gate.report import MARKER, headline, markdown
from gate.review import Review
from gate.verdict import Outcome
from gate.workflow.evaluations import remember
from gate.workflow.world import World

CHECK = "model-gate"
STATES = {Outcome.PASSED: "success", Outcome.REVIEW: "success", Outcome.UNKNOWN: "error", Outcome.FAILED: "failure"}


def publish(world: World, review: Review, comment: bool = True) -> list[str]:
    """The answer lists, in sentences, what could not be posted; without ``comment`` only the status is."""
    trouble = []
    for post in (_status, *((_comment,) if comment else ()), remember):
        try:
            post(world, review)
        except (ServiceError, Absent, ValueError) as error:
            trouble.append(str(error))
    return trouble


def _status(world: World, review: Review) -> None:
    state = "error" if review.verdict.exit_code == 5 else STATES[review.verdict.outcome]
    context = review.scope.context(CHECK)
    if world.forge.status(review.commit, context) != state:
        url = world.review_url(review.pull.number if review.pull else 0, review.name)
        world.forge.post_status(review.commit, context, state, headline(review), url)


def _comment(world: World, review: Review) -> None:
    if review.pull is not None:
        url = world.review_url(review.pull.number, review.name)
        world.forge.comment(review.pull.number, MARKER.format(scope=review.name), markdown(review, url))
