"""Gather what a policy's rules ask for, and nothing else; what cannot be had is missing, with the reason in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gate.config import ScopePolicy
from gate.counts import Counts
from gate.evidence import Curve, Dataset, Evidence, Reuse, Run, Split
from gate.rules import CompareRule, CurveRule, DataRule, HoldoutRule, Rule
from gate.window import training_window
from gate.workflow.evaluations import reuse
from gate.workflow.incumbent import Incumbent, exact
from gate.workflow.installed import COUNTED
from gate.workflow.predictions import counts_of
from gate.workflow.world import World

Note = Callable[[str], None]


def gather(world: World, scope: ScopePolicy, found: Run | None, against: Incumbent, note: Note) -> Evidence:
    best, rules = against.best, scope.policy.rules
    curves = dict(_curves(world, rules, found))
    candidate = exact(world, found, scope, curves) if found else None
    if not any(isinstance(rule, COUNTED) for rule in rules):
        counts, why = None, "no rule asks for predictions"
    else:
        counts, why = counts_of(world, scope.predictions, best, candidate, note)
    parts: dict[str, tuple[Any, str]] = {
        "anchor": (against.anchor, against.anchor_missing),
        "anchor_counts": _anchor_counts(world, scope, candidate, against, counts, note),
        "reuse": _reuse(rules, candidate, against, counts),
        "split": _split(rules, candidate, counts),
    }
    return Evidence(
        candidate,
        best,
        counts,
        why,
        curves=curves,
        datasets=_datasets(world, rules, candidate),
        **{name: value for name, (value, _) in parts.items()},
        missing={name: said for name, (value, said) in parts.items() if value is None},
    )


def _anchor_counts(
    world: World, scope: ScopePolicy, candidate: Run | None, against: Incumbent, counts: Counts | None, note: Note
) -> tuple[Counts | None, str]:
    """The anchor's predictions beside the candidate's, where a rule compares them."""
    if not any(isinstance(rule, CompareRule) and rule.against == "anchor" for rule in scope.policy.rules):
        return None, "no rule asks for the anchor's predictions"
    if against.anchor is None:
        return None, against.anchor_missing
    if against.best is not None and against.anchor.id == against.best.id:
        return counts, "the anchor is the best, and their predictions were not counted"
    note("comparing with the anchor")
    found, why = counts_of(world, scope.predictions, against.anchor, candidate, note)
    return found, why.replace("the best's", "the anchor's")


def _reuse(
    rules: Sequence[Rule], candidate: Run | None, against: Incumbent, counts: Counts | None
) -> tuple[Reuse | None, str]:
    if not _any(rules, HoldoutRule) or candidate is None:
        return None, "no rule asks how often the test set was used"
    if counts is None or not counts.fingerprint:
        return None, "the test set cannot be told from others: there are no predictions with ids"
    try:
        return reuse(against.tallies, against.ledger, counts.fingerprint, candidate.id), ""
    except ValueError as error:
        return None, str(error)


def _split(rules: Sequence[Rule], candidate: Run | None, counts: Counts | None) -> tuple[Split | None, str]:
    """When training ended and testing began."""
    if not any(isinstance(rule, HoldoutRule) and rule.chronological for rule in rules) or candidate is None:
        return None, "no rule asks when the training data end"
    window, why = training_window(candidate)
    if window is None:
        return None, why
    if counts is None or counts.span is None:
        return None, "the predictions have no column timestamp"
    return Split(window.end, float(counts.span[0])), ""


def _curves(world: World, rules: Sequence[Rule], candidate: Run | None) -> Iterator[tuple[str, Curve]]:
    for rule in rules:
        if isinstance(rule, CurveRule) and candidate is not None and rule.metric in candidate.scalars:
            yield rule.metric, world.tracker.curve(candidate, rule.metric)


def _datasets(world: World, rules: Sequence[Rule], candidate: Run | None) -> Mapping[str, Dataset]:
    if candidate is None or not candidate.datasets or not _any(rules, DataRule):
        return {}
    ids = sorted(ident for ident in set(candidate.datasets.values()) if re.fullmatch(r"[0-9a-f]{32}", ident))
    return {dataset.id: dataset for dataset in world.tracker.datasets(ids)}


def _any(rules: Sequence[Rule], kind: type) -> bool:
    return any(isinstance(rule, kind) for rule in rules)
