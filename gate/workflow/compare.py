"""Compare any two runs: what the tracker recorded of both, and on the forge the files of their commits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from gate.compare import Comparison, Files, compared
from gate.config import ConfigError
from gate.counts import Counts
from gate.evidence import Curve, Evidence, Run
from gate.origin import Origin
from gate.ports import Absent, Relation
from gate.predictions.compare import Settings
from gate.rules import DriftRule
from gate.selection import is_sha
from gate.workflow.lineage import IDENT
from gate.workflow.predictions import counts_of
from gate.workflow.scopes import scopes_of_default_branch
from gate.workflow.world import World

POINTS = 400  # of a curve that is drawn
Note = Callable[[str], None]
Answer = TypeVar("Answer")
Paired = tuple[Counts | None, str]


def compare(world: World, a: str, b: str, note: Note = lambda _: None) -> Comparison:
    """Two requests to the tracker and at most three to the forge. Raises `Absent` for a run that does not exist."""
    note("reading both runs")
    first, second = both(world, a, b)
    used = sorted({ident for each in (first, second) for ident in each.run.datasets.values() if IDENT.fullmatch(ident)})
    versions = {version.id: version for version in world.tracker.versions(used)}
    note("reading the files of both commits")
    return compared(first, second, versions, _files(world, first.run.commit, second.run.commit))


def both(world: World, a: str, b: str) -> tuple[Origin, Origin]:
    wanted = [run for run in dict.fromkeys((a, b)) if IDENT.fullmatch(run)]
    found = {origin.run.id: origin for origin in world.tracker.origins(wanted)}
    if missing := [run for run in dict.fromkeys((a, b)) if run not in found]:
        raise Absent(f"ClearML has no run {' and no run '.join(missing)}: deleted, or mistyped")
    return found[a], found[b]


def _files(world: World, a: str, b: str) -> Files:
    """From the trees of both commits: the forge's own comparison begins at their fork, and so says less."""
    if unusable := [name for name, commit in (("A", a), ("B", b)) if not is_sha(commit)]:
        return Files(note=f"{' and '.join(unusable)} recorded no commit")
    if a == b:
        return Files({}, {}, Relation("identical", 0, 0, ""), "")
    relation = _asked(partial(world.forge.relation, a, b))
    trees = {commit: _asked(partial(world.forge.files, commit)) for commit in (a, b)}
    notes = [said for commit, tree in trees.items() if (said := _incomplete(world, commit, tree))]
    if relation is None and not notes:
        notes.append("the two commits have no common history")
    first, second = (tree[0] if tree else None for tree in trees.values())
    return Files(first, second, relation, "; ".join(notes))


def _incomplete(world: World, commit: str, tree: tuple[Mapping[str, str], bool] | None) -> str:
    if tree is None:
        return f"{world.repository} does not have commit {commit}"
    return "" if tree[1] else f"commit {commit[:12]} has more files than GitHub lists: some may be missing here"


def _asked(ask: Callable[[], Answer]) -> Answer | None:
    """None for what does not exist."""
    try:
        return ask()
    except Absent:
        return None


def curves(world: World, a: str, b: str) -> tuple[Mapping[str, Curve], Mapping[str, Curve]]:
    """Every curve of both, for pictures; one request each."""
    return world.tracker.curves(a, POINTS), world.tracker.curves(b, POINTS)


def counts(world: World, a: Run, b: Run, note: Note = lambda _: None) -> Paired:
    """The predictions of both, counted as the policy of their scope says; A stands where elsewhere the best stands."""
    found, why = counts_of(world, _reading(world, b), a, b, note)
    return found, why.replace("the best's run", "run").replace("the candidate's run", "run")


def _reading(world: World, run: Run) -> Settings:
    """Of the scope that the run belongs to; else the defaults."""
    try:
        scopes = scopes_of_default_branch(world)
    except ConfigError:
        return Settings()
    own = [scope for scope in scopes if (scope.project, scope.task) == (run.project, run.name)]
    return own[0].predictions if own else Settings()


def drift(a: Run, b: Run, found: Counts) -> str:
    """How far B's predictions moved from A's, in a sentence."""
    return DriftRule(max_class_shift=None).judge(Evidence(b, a, found)).message
