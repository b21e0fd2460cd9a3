"""The scopes of the default branch, for what concerns no single pull request."""

from __future__ import annotations

from gate.config import ConfigError, ScopePolicy, from_inputs, named_by_inputs
from gate.ledger import Scope
from gate.workflow.check import Subject, policies
from gate.workflow.world import World


def scopes_of_default_branch(world: World, name: str | None = None) -> list[ScopePolicy]:
    """All scopes, or the one called ``name``.

    Raises:
        ConfigError: there is no policy, or no such scope.
    """
    home = world.forge.repository()
    scopes = policies(world, Subject("", home.default_branch, home.default_branch, home.clone_urls))
    if not scopes and named_by_inputs(world.environment):
        scopes = [from_inputs(world.environment)]
    if not scopes:
        raise ConfigError(f"{world.repository} has no {world.policy} on {home.default_branch}")
    chosen = [scope for scope in scopes if name in (None, scope.name)]
    if not chosen:
        raise ConfigError(f"there is no scope '{name}'; the policy has: {', '.join(scope.name for scope in scopes)}")
    return chosen


def places(world: World, name: str | None = None) -> list[Scope]:
    """Where the ledger keeps the scopes of the default branch."""
    return [found.place(world.tracker.server) for found in scopes_of_default_branch(world, name)]
