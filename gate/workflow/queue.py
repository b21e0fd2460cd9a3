"""Tell a merge queue what is known of its pull request: a required status must stand on the queue's own commit too."""

from __future__ import annotations

from gate.approval import APPROVAL
from gate.review import Review
from gate.workflow.publish import CHECK
from gate.workflow.world import World


def mirror(world: World, review: Review, queued: str) -> None:
    """Repeat both statuses of the reviewed commit on the queued one. Raises `ServiceError` if they cannot be posted.

    The approval is repeated as it stands now, whatever it is: one that was withdrawn does not come back.
    """
    for status in (CHECK, APPROVAL):
        context = review.scope.context(status)
        found = world.forge.statuses(review.commit, context)
        if found and world.forge.status(queued, context) != found[0][0]:
            state, description = found[0]
            url = world.review_url(review.pull.number if review.pull else 0, review.name)
            world.forge.post_status(queued, context, state, description, url)
