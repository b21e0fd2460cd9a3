"""Where two models come from: the facts and parameters of both runs side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gate.evidence import Run
from gate.secrecy import masked


@dataclass(frozen=True)
class Fact:
    """One thing about both runs; empty where a run has none. ``differs`` is of the values as they are, shown or not."""

    name: str
    best: str
    candidate: str
    differs: bool


def sides(best: Run | None, candidate: Run | None) -> list[Fact]:
    """Run, commit, time, executor, dataset versions and parameters. Values of secrets are not shown."""
    old, new = _facts(best), _facts(candidate)
    names = dict.fromkeys([*new, *old])
    return [_fact(name, old.get(name, ""), new.get(name, "")) for name in names]


def _fact(name: str, best: str, candidate: str) -> Fact:
    return Fact(name, masked(name, best), masked(name, candidate), differs=best != candidate)


def _facts(run: Run | None) -> Mapping[str, str]:
    if run is None:
        return {}
    own = {"run": run.id, "commit": run.commit, "uncommitted changes": run.diff[:12], "completed": run.completed}
    data = {f"dataset {alias}": ident for alias, ident in run.datasets.items()}
    return {**own, "executor": run.owner, **data, **run.parameters}
