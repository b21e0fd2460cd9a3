"""Promote what passed without a person, where the policy allows it: by the same steps, into the same ledger."""

from __future__ import annotations

from collections.abc import Callable

from gate.config import ConfigError
from gate.identity import Automatic
from gate.ledger import Record
from gate.review import Review
from gate.workflow.authority import not_allowed
from gate.workflow.check import Question, find_subject, scope_policy
from gate.workflow.decide import Decision, decide
from gate.workflow.reconcile import describe, reconcile
from gate.workflow.refusal import Refused
from gate.workflow.world import World

COMMENT = "passed every rule; promoted without a person"


def prepare(world: World, question: Question, told: Callable[[str], None] = lambda _: None) -> None:
    """Finish what a crash cut short, as nobody else may do it here.

    Raises:
        ConfigError: the policy of the base branch leaves approvals to people.
    """
    scope = scope_policy(world, find_subject(world, question), question.scope)
    if not scope.approval.allow_automatic:
        raise ConfigError(f"promote is auto, but {not_allowed(scope.policy.source)}")
    reconcile(world, scope.place(world.tracker.server), lambda step: told(describe(step)))


def promote(
    world: World, review: Review, workflow: Automatic, told: Callable[[str], None] = lambda _: None
) -> Record | None:
    """Approve what was judged, once for each packet; None where it is the best already, or waits for its merge.

    Raises:
        Refused: it is left to people; nothing moved.
        ServiceError: a service failed on the way. If the decision was recorded, `prepare` finishes it.
    """
    if review.pull is None:
        raise Refused(f"no pull request has {review.commit} as its head: there is nothing to approve")
    settled = [model.task for model in (review.ledger.best, review.ledger.waiting) if model]
    if review.candidate is not None and review.candidate.id in settled:
        return None
    packet = review.packet_digest
    decision = Decision(
        "approve", review.pull.number, review.name, packet, workflow, COMMENT, f"automatic {packet}", review.packet
    )
    return decide(world, decision, told)
