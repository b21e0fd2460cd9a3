"""The candidates of all open pull requests, with their verdicts; runs are read in one query per project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gate.config import ConfigError, ScopePolicy
from gate.evidence import Run
from gate.ports import Pull
from gate.review import Review
from gate.selection import Wanted, choose_candidate
from gate.workflow.check import Subject, assess, policies, subject_of
from gate.workflow.incumbent import Incumbent, incumbent
from gate.workflow.world import World


@dataclass(frozen=True)
class Waiting:
    """One pull request in one scope: its review, or in ``trouble`` why there is none."""

    pull: Pull
    scope: str
    review: Review | None
    trouble: str = ""


def waiting(world: World) -> list[Waiting]:
    """Open pull requests, newest first, each judged for every scope of its base branch's policy."""
    pulls = world.forge.pulls()
    by_base: dict[str, list[Pull]] = {}
    for pull in pulls:
        by_base.setdefault(pull.base, []).append(pull)
    found = [entry for group in by_base.values() for entry in _of_base(world, group)]
    return sorted(found, key=lambda entry: entry.pull.number, reverse=True)


def _of_base(world: World, pulls: list[Pull]) -> list[Waiting]:
    try:
        scopes = policies(world, subject_of(pulls[0]))
    except ConfigError as error:
        return [Waiting(pull, "", None, str(error)) for pull in pulls]
    return [entry for scope in scopes for entry in _of_scope(world, pulls, scope)]


def _of_scope(world: World, pulls: list[Pull], scope: ScopePolicy) -> list[Waiting]:
    runs = world.tracker.runs_of(sorted({pull.head for pull in pulls}), scope.project)
    against = incumbent(world, pulls[0].base_ref, scope)
    return [Waiting(pull, scope.name, _judged(world, subject_of(pull), scope, runs, against)) for pull in pulls]


def _judged(world: World, subject: Subject, scope: ScopePolicy, runs: Sequence[Run], against: Incumbent) -> Review:
    wanted = Wanted(subject.commit, scope.project, scope.task, subject.repositories)
    return assess(world, subject, scope, choose_candidate(runs, wanted), against)
