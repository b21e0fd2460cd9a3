"""Where two models come from: the facts and parameters of both runs side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gate.evidence import Run

PRIVATE = re.compile(
    r"(?<![a-z])(pass(word|wd|phrase)|secret|token|credentials?|(api|access|private|secret)[ _-]?key)(?![a-z])",
    re.IGNORECASE,
)
WITHIN = re.compile(r"://[^/\s@]*:[^/\s@]+@")  # a password in an address
HIDDEN = "(hidden: it looks like a secret)"


@dataclass(frozen=True)
class Fact:
    """One thing about both runs; empty where a run has none. ``differs`` is of the values as they are, shown or not."""

    name: str
    best: str
    candidate: str
    differs: bool


def lineage(best: Run | None, candidate: Run | None) -> list[Fact]:
    """Run, commit, time, executor, dataset versions and parameters. Values of secrets are not shown."""
    old, new = _facts(best), _facts(candidate)
    names = dict.fromkeys([*new, *old])
    return [_fact(name, old.get(name, ""), new.get(name, "")) for name in names]


def _fact(name: str, best: str, candidate: str) -> Fact:
    return Fact(name, _shown(name, best), _shown(name, candidate), differs=best != candidate)


def _shown(name: str, value: str) -> str:
    return HIDDEN if value and (PRIVATE.search(name) or WITHIN.search(value)) else value


def _facts(run: Run | None) -> Mapping[str, str]:
    if run is None:
        return {}
    own = {"run": run.id, "commit": run.commit, "uncommitted changes": run.diff[:12], "completed": run.completed}
    data = {f"dataset {alias}": ident for alias, ident in run.datasets.items()}
    return {**own, "executor": run.owner, **data, **run.parameters}
