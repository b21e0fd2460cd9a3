"""Whom the doctor examines: this machine's settings, and the two services that they name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gate.config import ConfigError, ScopePolicy, from_inputs, named_by_inputs, parse
from gate.evidence import Run
from gate.ledger import Scope
from gate.ports import Forge, Tracker
from gate.vitals import ForgeVitals, Required, TrackerVitals
from gate.workflow.world import NO_POLICY, POLICY_FILE


@dataclass
class Patient:
    """What several checks need is asked for once; a question that failed is asked again by nobody but its check.

    ``forge`` and ``tracker`` make the services from the settings, which may be wrong; ``folder`` is where a gate.toml
    would lie. ``left`` raises `Passing` when the time is up.
    """

    environment: Mapping[str, str]
    folder: Path
    make_forge: Callable[[], Forge]
    make_tracker: Callable[[], Tracker]
    left: Callable[[], float] = lambda: 60.0

    @cached_property
    def forge(self) -> Forge:
        return self.make_forge()

    @cached_property
    def tracker(self) -> Tracker:
        return self.make_tracker()

    @cached_property
    def home(self) -> ForgeVitals:
        return self.forge.vitals()

    @cached_property
    def required(self) -> Required:
        return self.forge.required(self.home.default_branch)

    @cached_property
    def clearml(self) -> TrackerVitals:
        return self.tracker.vitals()

    @property
    def judged_by_inputs(self) -> bool:
        return self.environment.get("GATE_POLICY") == NO_POLICY

    @property
    def policy_file(self) -> str:
        """Where the policy lies in the repository, if one is read."""
        return POLICY_FILE if self.judged_by_inputs else self.environment.get("GATE_POLICY") or POLICY_FILE

    @cached_property
    def scopes(self) -> list[ScopePolicy]:
        """Of the default branch, or of the inputs of ClearML's own action. Raises `ConfigError`."""
        branch, path = self.home.default_branch, self.policy_file
        found = self.forge.read(path, branch)
        if self.judged_by_inputs:
            return [from_inputs(self.environment, alone=found is None)]
        if found:
            return parse(found.content, f"{path} on {branch}")
        if path == POLICY_FILE and named_by_inputs(self.environment):
            return [from_inputs(self.environment)]
        raise ConfigError(f"{self.home.name} has no {path} on {branch}: `gate init` writes one")

    @cached_property
    def holders(self) -> Mapping[str, list[Run]]:
        """Who holds the tag of each scope, by the scope's name."""
        return {scope.name: self.tracker.holders(scope.tag, scope.project, scope.task) for scope in self.scopes}

    def place(self, scope: ScopePolicy) -> Scope:
        return scope.place(self.tracker.server)
