"""Look at what decides about a training: the dataset's versions, the run to clone, the code, and drift."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gate.config import ConfigError, ScopePolicy
from gate.evidence import Run
from gate.ports import Absent
from gate.retraining import Retraining, Sight
from gate.retraining.terms import BEST
from gate.workflow.drift import Unwatched, Watched, drift
from gate.workflow.world import World

Told = Callable[[str], None]
LONGEST = 400  # characters of what the watch says


def terms_of(policy: ScopePolicy) -> Retraining:
    """Raises `ConfigError` where the policy has no [retrain]."""
    if policy.retraining is None:
        raise ConfigError(f"the policy has no [retrain] for {policy.name}: nothing says which data to train again on")
    return policy.retraining


def sighted(world: World, policy: ScopePolicy) -> Sight:
    """All but drift, which may have to read a large table."""
    terms = terms_of(policy)
    versions = tuple(each for each in world.tracker.versions_of(terms.project, terms.dataset) if each.finished)
    base, trouble = base_run(world, policy, terms)
    return Sight(
        versions=versions,
        base=base.id if base else "",
        used=frozenset(base.datasets.values()) if base else frozenset(),
        code=world.forge.head(world.forge.repository().default_branch),
        now=int(world.now().timestamp()),
        trouble=trouble,
    )


def base_run(world: World, policy: ScopePolicy, terms: Retraining) -> tuple[Run | None, str]:
    """The run to clone, or why there is none."""
    if terms.base != BEST:
        found = world.tracker.runs([terms.base])
        return (found[0], "") if found else (None, f"there is no run {terms.base} to clone (base of [retrain])")
    holders = world.tracker.holders(policy.tag, policy.project, policy.task)
    if len(holders) == 1:
        return holders[0], ""
    listed = ", ".join(run.id for run in holders) or "none"
    return None, f"exactly one run must hold the tag '{policy.tag}' to be trained again; found: {listed}"


def watched(world: World, policy: ScopePolicy, sight: Sight, told: Told) -> Sight:
    """With what the watch says of the best; one that cannot be asked is unknown, and stops nothing else."""
    try:
        found = drift(world, Watched(policy.name), told)
    except (Unwatched, Absent) as why:
        return replace(sight, drift="unknown", said=str(why))
    signs = [sign.said for sign in found.signs if sign.state is found.state]
    return replace(sight, drift=found.state.value, said="; ".join(signs)[:LONGEST])
