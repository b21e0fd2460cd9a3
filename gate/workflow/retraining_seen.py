"""What is to be seen of one training: its branch, its clone, its pull request; and what the clone is to become."""

from __future__ import annotations

import json

from gate.config import ScopePolicy
from gate.evidence import Run
from gate.ports import Absent, Setup
from gate.retraining import Cycle
from gate.retraining.steps import Seen
from gate.window import TRAIN_END, TRAIN_START
from gate.workflow.retraining_sight import terms_of
from gate.workflow.world import World


def observed(world: World, policy: ScopePolicy, cycle: Cycle) -> Seen:
    """Read anew. Before the clone is queued it is found by its mark, later by its id."""
    run = clone_of(world, policy, cycle)
    if not cycle.preparing:
        pulls = _pulls(world, cycle.last.commit) if run and run.finished else []
        return Seen(cycle.last.commit, True, run, True, pulls[0] if pulls else 0)
    head = world.forge.head(cycle.branch)
    found = world.forge.read(terms_of(policy).pin, cycle.branch) if head else None
    pinned = found is not None and found.content == pin_text(cycle)
    ready = run is not None and pinned and _is_ready(run, setup_of(run, policy, cycle, head))
    return Seen(head, pinned, run, ready)


def clone_of(world: World, policy: ScopePolicy, cycle: Cycle) -> Run | None:
    """The oldest that bears the mark and comes from the base: somebody may have cloned the clone by hand."""
    if not cycle.preparing:
        found = world.tracker.runs([cycle.last.task])
    else:
        marked = world.tracker.marked(cycle.mark, policy.project)
        found = [run for run in marked if run.parent == cycle.start.base]
    return found[0] if found else None


def _pulls(world: World, commit: str) -> list[int]:
    try:
        return [pull.number for pull in world.forge.pulls_of(commit)]
    except Absent:
        return []


def pin_text(cycle: Cycle) -> str:
    """What the commit says: which data, and why. It differs for every training, so that there is always a commit."""
    content = {"dataset_id": cycle.start.dataset, "trigger": cycle.start.trigger}
    return json.dumps(content, indent=2) + "\n"


def setup_of(run: Run, policy: ScopePolicy, cycle: Cycle, head: str) -> Setup:
    """A server that copied the best's tag to the clone loses it here, before the clone has the best's name.

    What the base recorded of its own data is forgotten: a script that does not record it anew would pass it off as its.
    """
    tags = tuple(tag for tag in run.tags if tag != policy.tag)
    parameter = terms_of(policy).parameter
    recorded = {TRAIN_START, TRAIN_END, *(f"Datasets/{alias}" for alias in run.datasets)} - {parameter}
    return Setup(policy.task, tags, head, cycle.branch, parameter, cycle.start.dataset, frozenset(recorded))


def _is_ready(run: Run, wanted: Setup) -> bool:
    known = {**run.parameters, **{f"Datasets/{alias}": value for alias, value in run.datasets.items()}}
    is_set = known.get(wanted.parameter) == wanted.value and not wanted.forgets & set(known)
    return is_set and (run.name, run.tags, run.commit, run.diff) == (wanted.name, wanted.tags, wanted.commit, "")
