"""Ask for review: a pull request whose head is exactly the commit that was trained."""

from __future__ import annotations

from gate.config import ScopePolicy
from gate.markdown import escape, visible
from gate.retraining import Cycle
from gate.workflow.retraining_sight import terms_of
from gate.workflow.world import World

LONGEST_TITLE = 200


def ask(world: World, policy: ScopePolicy, cycle: Cycle, task: str) -> None:
    """Raises `Moved` where there is a pull request already."""
    terms = terms_of(policy)
    versions = {each.id: each.version for each in world.tracker.versions_of(terms.project, terms.dataset)}
    version = versions.get(cycle.start.dataset) or cycle.start.dataset
    title = visible(f"Retrain {policy.name} on version {version} of {terms.dataset}", LONGEST_TITLE)
    base = world.forge.repository().default_branch
    world.forge.ask(cycle.branch, base, title, _body(world, policy, cycle, task, version))


def _body(world: World, policy: ScopePolicy, cycle: Cycle, task: str, version: str) -> str:
    start, terms = cycle.start, terms_of(policy)
    (run,) = world.tracker.runs([task])
    asked = f", asked for by {escape(start.reviewer.login)}" if start.reviewer.login else ""
    return (
        f"The retraining loop asks for review: {escape(policy.task)} was trained on version {escape(version)} of "
        f"{escape(terms.dataset)}.\n\n"
        f"- Why: {escape(start.reason, 1_000)} ({start.cause}{asked})\n"
        f"- Dataset: {escape(start.dataset)}, named in {escape(terms.pin)} by the one commit here\n"
        f"- Run: [{run.id}]({world.tracker.link(run)}), a clone of {escape(start.base)}, of exactly this commit\n"
    )
