"""Whom candidates are compared with: the run that holds the tag, and the anchor that promotions do not move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gate.config import ScopePolicy
from gate.evidence import Curve, Run, Scalar
from gate.ledger import Ledger, Scope
from gate.ports import Absent
from gate.rules import MetricRule
from gate.selection import is_sha
from gate.workflow.book import bests, open_book
from gate.workflow.evaluations import Tallies
from gate.workflow.world import World

NO_CURVES: Mapping[str, Curve] = {}


@dataclass(frozen=True)
class Incumbent:
    """Who is best for one scope and base branch: who holds the tag, what the ledger says, and is its commit on base.

    ``best`` is the one holder, or None; ``on_base`` is None where it cannot be told. ``anchor`` is None where the
    policy names none, or for the reason in ``anchor_missing``. Every candidate of one base branch meets the same.
    """

    place: Scope
    holders: tuple[Run, ...]
    best: Run | None
    ledger: Ledger
    on_base: bool | None
    tallies: Tallies
    anchor: Run | None = None
    anchor_missing: str = "the policy names no anchor"


def incumbent(world: World, base_ref: str, scope: ScopePolicy) -> Incumbent:
    place = scope.place(world.tracker.server)
    holders = tuple(world.tracker.holders(scope.tag, scope.project, scope.task))
    best = exact(world, holders[0], scope) if len(holders) == 1 else None
    ledger = open_book(world.forge, place).ledger
    tallies = Tallies(world.forge, place)
    found = Incumbent(place, holders, best, ledger, _on_base(world, best, base_ref), tallies)
    return _anchored(world, scope, found) if scope.terms.anchor else found


def _on_base(world: World, best: Run | None, base_ref: str) -> bool | None:
    if best is None or not is_sha(best.commit):
        return None
    try:
        return world.forge.reaches(base_ref, best.commit)
    except Absent:
        return None


def _anchored(world: World, scope: ScopePolicy, found: Incumbent) -> Incumbent:
    kind, _, named = scope.terms.anchor.partition(":")
    ids = [named] if kind == "task" else bests(world.forge, found.place, found.ledger)
    runs = [run for run in world.tracker.runs(ids) if run.finished]
    if kind == "task":
        why = f"the run {named}, which the policy names as anchor, does not exist or did not finish"
        return replace(found, anchor=exact(world, runs[0], scope) if runs else None, anchor_missing=why)
    anchor, why = best_ever([exact(world, run, scope) for run in runs], scope)
    return replace(found, anchor=anchor, anchor_missing=why)


def best_ever(runs: list[Run], scope: ScopePolicy) -> tuple[Run | None, str]:
    """Of all that ever were best, the best by the first metric that the policy compares; else None and why."""
    metrics = [rule for rule in scope.policy.rules if isinstance(rule, MetricRule)]
    if not metrics:
        return None, "best_ever needs a rule of the kind metric: its metric tells which run was best"
    rule = metrics[0]
    scored = [run for run in runs if rule.metric in run.scalars]
    if not scored:
        return None, f"no run that ever was best reported {rule.metric}"
    sign = 1 if rule.direction == "max" else -1
    return max(scored, key=lambda run: sign * run.scalars[rule.metric].last), ""


def exact(world: World, run: Run, scope: ScopePolicy, known: Mapping[str, Curve] = NO_CURVES) -> Run:
    """The tracker's cached last value may be of an earlier iteration: where there is a curve, read it.

    Curves that are ``known`` are not read again.
    """
    metrics = {rule.metric for rule in scope.policy.rules if isinstance(rule, MetricRule)}
    curves = {name: scalar for name, scalar in run.scalars.items() if name in metrics and scalar.points > 1}
    read = {
        name: at_the_end(scalar, known[name] if name in known else world.tracker.curve(run, name))
        for name, scalar in curves.items()
    }
    return replace(run, scalars={**run.scalars, **read})


def at_the_end(scalar: Scalar, curve: Curve) -> Scalar:
    """The scalar as its curve has it: the last value is that of the highest iteration, reported last."""
    if not curve.values:
        return scalar
    last = max(range(len(curve.values)), key=lambda place: (curve.iterations[place], place))
    low, high = min(curve.values), max(curve.values)
    return replace(scalar, last=curve.values[last], low=low, high=high, points=len(curve.values))
