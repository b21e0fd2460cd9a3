"""Tell the pull request: the commit status ``model-gate`` and one comment; and note that its test set was used.

None of it can hide or change a verdict. An older judgement that ends later says nothing over a newer one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta

from gate.ports import Absent, ServiceError
from gate.report import COMMENT, Links, headline, markdown
from gate.report.mark import overtaken, start
from gate.review import Review
from gate.verdict import Outcome
from gate.workflow.evaluations import remember
from gate.workflow.notices import waiting
from gate.workflow.patience import Pause, patiently
from gate.workflow.world import World

CHECK = "model-gate"
STATES = {Outcome.PASSED: "success", Outcome.REVIEW: "success", Outcome.UNKNOWN: "error", Outcome.FAILED: "failure"}
AHEAD = timedelta(minutes=5)  # how far a runner's clock may be before ours and is still believed
PATIENCE = 2.0  # seconds; a CI job does not wait for what it could post


def publish(world: World, review: Review, comment: bool = True, waits: bool = True) -> list[str]:
    """The answer lists, in sentences, what could not be posted, or was not for a newer judgement's sake.

    ``waits`` says that a person must decide: people are told so, once for each commit.

    The comment comes first: it tells of a newer judgement of the same commit, whose status then stays.
    """
    trouble: list[str] = []
    newer: list[str] = []

    def attempted(step: Callable[[], object]) -> None:
        try:
            step()
        except (ServiceError, Absent, ValueError) as error:
            trouble.append(str(error))

    if comment and review.pull is not None:
        attempted(lambda: newer.append(_comment(world, review)))
    if review.commit in newer:
        trouble.append("a newer judgement of this commit is already there")
    else:
        attempted(lambda: _status(world, review, waits))
        trouble += [f"the comment is about a newer commit, {commit[:12]}" for commit in newer if commit]
    attempted(lambda: remember(world, review))
    return trouble


def links_of(world: World, review: Review) -> Links:
    """Where a reader of this review can go on."""
    runs = {run.id: world.tracker.link(run) for run in (review.candidate, review.best) if run}
    return Links(world.review_url(review.pull.number if review.pull else 0, review.name), _job(world), runs)


def _job(world: World) -> str:
    known = [world.environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")]
    return "{}/{}/actions/runs/{}".format(*known) if all(known) else ""


def _status(world: World, review: Review, waits: bool) -> None:
    state = "error" if review.verdict.exit_code == 5 else STATES[review.verdict.outcome]
    context, said = review.scope.context(CHECK), headline(review)
    before = world.forge.statuses(review.commit, context)
    if before[:1] == [(state, said)]:
        return
    url = world.review_url(review.pull.number if review.pull else 0, review.name)
    world.forge.post_status(review.commit, context, state, said, url)
    if waits and STATES[Outcome.PASSED] not in [state for state, _ in before]:
        waiting(world, review)


def _comment(world: World, review: Review) -> str:
    """Post it, or answer the commit of a comment that is there and was judged later."""
    assert review.pull is not None
    number, newer = review.pull.number, ""
    latest = (world.now() + AHEAD).astimezone(UTC).isoformat(timespec="microseconds")
    body = markdown(review, links_of(world, review), COMMENT)

    def keep(there: str) -> bool:
        nonlocal newer
        newer = overtaken(there, review, latest) or newer
        return bool(newer)

    def post() -> str:
        """Looks for the comment each time: one whose answer was lost is there."""
        return world.forge.comment(number, start(review.name), body, keep)

    patiently(replace(world, patience=PATIENCE), _quiet, post)
    return newer


def _quiet(pause: Pause) -> None:
    """Nobody waits for these pauses."""
