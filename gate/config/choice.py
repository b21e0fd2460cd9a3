"""Which scope is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gate.config.inputs import DEFAULTS, from_inputs, named_by_inputs
from gate.config.mistakes import ConfigError, SeveralScopes
from gate.config.scope import ScopePolicy

MODEL = ("CLEARML_PROJECT", "CLEARML_TASK_NAME", "CLEARML_BEST_TAGNAME")


def choose_scope(scopes: Sequence[ScopePolicy], name: str | None, environment: Mapping[str, str]) -> ScopePolicy:
    """The scope to judge: by ``name``, else the one the CLEARML_* inputs are about, else the only one."""
    known = {scope.name: scope for scope in scopes}
    if name is not None:
        if name not in known:
            raise ConfigError(f"there is no scope '{name}'; the policy has: {', '.join(known)}")
        return known[name]
    if named_by_inputs(environment):
        same = [scope for scope in scopes if _is_about(scope, environment)]
        return same[0] if len(same) == 1 else from_inputs(environment, alone=False)
    if len(scopes) != 1:
        raise SeveralScopes(*known)
    return scopes[0]


def _is_about(scope: ScopePolicy, environment: Mapping[str, str]) -> bool:
    """Whether the inputs name this scope's runs; a tag they leave out, or leave at its default, may be any."""
    project, task, tag = (environment.get(name, "").strip() for name in MODEL)
    return (project, task) == (scope.project, scope.task) and tag in ("", DEFAULTS[MODEL[2]], scope.tag)
