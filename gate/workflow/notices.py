"""Which events people are told of, and by whom: by the process that caused it, and by nobody else.

A decision is told by whoever appended its record: the ledger's compare-and-swap has one winner among all processes. A
waiting candidate is told by whoever first posted its green status. Drift is told by the command that saw it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from gate.config import ScopePolicy
from gate.drift import Drift, State
from gate.ledger import Kind, Record, Scope
from gate.notice import Event, Notice
from gate.review import Review
from gate.verdict import Outcome
from gate.workflow.world import World

OF_RECORDS: Mapping[Kind, tuple[Event, str]] = {
    "promoted": ("approved", "{task} is the best now, approved by {who}"),
    "grant": ("approved", "{task} becomes the best when its pull request is merged, approved by {who}"),
    "vote": ("approved", "{who} approved {task}; others must too"),
    "reject": ("rejected", "{who} rejected {task}"),
    "changes": ("rejected", "{who} asked for changes before {task} can be approved"),
    "rolled_back": ("rolled_back", "{task} is the best again, by decision of {who}"),
    "adopted": ("settled", "{task} was given the tag by hand, and {who} adopted it as the best"),
    "restored": ("settled", "{who} gave the tag back to {task}"),
    "conflict": ("conflict", "what {who} decided about {task} met a conflict"),
}
GOOD = (Outcome.PASSED, Outcome.REVIEW)
REMINDED = 7 * 86_400  # seconds after which the same drift is told again


def appended(world: World, scope: Scope, record: Record) -> None:
    """To be called once by the process whose append won."""
    event, words = OF_RECORDS.get(record.kind, (None, ""))
    if event is None:
        return
    model = record.candidate or record.best
    task = model.task if model else "nobody"
    if event == "approved" and model and model.override:
        event = "overridden"
    pull = model.pull if model else 0
    facts = {"Reason": record.comment, "Pull request": str(pull or ""), "Record": str(record.seq)}
    said = words.format(task=task, who=record.reviewer.login)
    _post(world, scope, event, record.hash, said, facts, world.review_url(pull, scope.name))


def waiting(world: World, review: Review) -> None:
    """To be called once by the process that first said in public that this commit may be approved."""
    if review.verdict.outcome not in GOOD or review.already or review.pull is None or not review.pull.open:
        return
    pull, candidate = review.pull, review.candidate
    said = f"#{pull.number} {pull.title}, by {pull.author}"
    facts = {"Verdict": review.verdict.outcome.value, "Run": candidate.id if candidate else ""}
    _post(
        world,
        review.scope,
        "waiting",
        review.commit,
        said,
        facts,
        world.review_url(pull.number, review.name) or pull.url,
    )


def drifted(world: World, policy: ScopePolicy, found: Drift, seconds: float) -> list[str]:
    """Tell it and wait at most so long; answers what was not told. The same is told again after a week."""
    if found.state is not State.DRIFTED or found.run is None:
        return []
    broken = [sign for sign in found.signs if sign.state is State.DRIFTED]
    key = f"{found.run.id} {' '.join(sorted({sign.rule for sign in broken}))}"
    said = f"{found.run.id}: {'; '.join(sign.said for sign in broken)}"
    notice = _notice(world, policy.place(""), "drifted", key, said, {}, _drift_page(world, policy))
    mark = world.cache / "notices" / notice.id
    if notice.event not in policy.told or (mark.exists() and time.time() - mark.stat().st_mtime < REMINDED):
        return []
    world.notifier.post(notice)
    troubles = world.notifier.drain(seconds)
    if not troubles:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    return troubles


def _drift_page(world: World, policy: ScopePolicy) -> str:
    return f"{world.dashboard.rstrip('/')}/drift?scope={policy.name}" if world.dashboard else ""


def _post(world: World, scope: Scope, event: Event, key: str, said: str, facts: Mapping[str, str], url: str) -> None:
    if event in scope.told:
        world.notifier.post(_notice(world, scope, event, key, said, facts, url))


def _notice(
    world: World, scope: Scope, event: Event, key: str, said: str, facts: Mapping[str, str], url: str
) -> Notice:
    at = world.now().isoformat(timespec="seconds")
    return Notice(event, world.repository, scope.name or scope.task, said, at, key, facts, url)
