"""No policy passes on missing evidence, whatever is missing and at whatever level its rules stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.counts import Counts, Histograms
from gate.evidence import Evidence
from gate.policy import Policy, judge, leveled
from gate.rules import (
    ClassesRule,
    CompareRule,
    CurveRule,
    DataRule,
    DriftRule,
    FlipsRule,
    HoldoutRule,
    Level,
    MetricRule,
    SlicesRule,
)
from gate.verdict import Finding, Outcome
from tests.evidence import confident, evidence, margin, sliced, two_classes

ROWS = two_classes(88_000, 2_500, 2_500, 7_000)
FULL = evidence(
    replace(sliced(confident(ROWS), ("site", "north", ROWS)), top={5: (95_000.0, 95_000.0)}, fingerprint="3f9c"),
    anchor=evidence().best,
)
ALL = margin("1pp")
# Kinds of rule: how one is made, and what it needs besides the candidate.
RULES: Mapping[str, tuple[Callable[..., Any], set[str]]] = {
    "metric": (lambda **more: MetricRule("a/b", "max", ALL, **more), {"best", "scalars", "scalars of the best"}),
    "metric, a floor": (lambda **more: MetricRule("a/b", "max", min=0.5, **more), {"scalars"}),
    "metric, the anchor": (
        lambda **more: MetricRule("a/b", "max", ALL, against="anchor", **more), {"anchor", "scalars"},
    ),
    "compare": (lambda **more: CompareRule("accuracy", ALL, **more), {"best", "counts", "rows"}),
    "compare, a mean": (
        lambda **more: CompareRule("macro_f1", ALL, method="bootstrap", replicates=100, **more),
        {"best", "counts", "rows", "resamples", "pairs"},
    ),
    "compare, the anchor": (
        lambda **more: CompareRule("accuracy", ALL, against="anchor", **more), {"anchor", "counts of the anchor"},
    ),
    "compare, a slice": (
        lambda **more: CompareRule("accuracy", ALL, slice="site=north", **more), {"best", "counts", "slices"},
    ),
    "compare, a ranking": (lambda **more: CompareRule("recall@5", ALL, **more), {"best", "counts", "rows", "ranking"}),
    "compare, a class": (lambda **more: CompareRule("f1[0]", margin("5pp"), **more), {"best", "counts", "rows"}),
    "classes": (lambda **more: ClassesRule(max_regressed=0, **more), {"best", "counts", "rows", "pairs"}),
    "classes, to show": (ClassesRule, {"best", "counts", "rows", "pairs"}),
    "classes, critical": (
        lambda **more: ClassesRule(critical=("0",), critical_loss=margin("5pp"), **more),
        {"best", "counts", "rows", "pairs"},
    ),
    "flips": (lambda **more: FlipsRule(max_nfr=0.1, **more), {"best", "counts", "rows", "pairs"}),
    "flips, to show": (FlipsRule, {"best", "counts", "rows", "pairs"}),
    "slices": (lambda **more: SlicesRule(ALL, **more), {"best", "counts", "slices", "pairs in slices"}),
    "drift": (DriftRule, {"best", "counts", "rows"}),
    "drift of confidence": (
        lambda **more: DriftRule(max_confidence_shift=0.1, **more), {"best", "counts", "rows", "confidence"},
    ),
    "curve": (lambda **more: CurveRule("train/loss", **more), {"curves"}),
    "testset": (
        lambda **more: HoldoutRule(chronological=True, **more), {"best", "counts", "rows", "pairs", "split", "reuse"},
    ),
    "data": (lambda **more: DataRule(dataset="flights", **more), {"datasets", "datasets of the run"}),
}  # fmt: skip


def counts(change: Callable[[Counts], Counts]) -> Callable[[Evidence], Evidence]:
    return lambda found: found if found.counts is None else replace(found, counts=change(found.counts))


def without_pairs_in_slices(found: Counts) -> Counts:
    apart = (replace(each, per_class=replace(each.per_class, overlap=None)) for each in found.slices)
    return replace(found, slices=tuple(apart))


def without_rows(found: Counts) -> Counts:
    none = two_classes(0, 0, 0)
    return replace(found, per_class=none.per_class, triples=none.triples, pairing=none.pairing)


def of_run(part: str, **change: object) -> Callable[[Evidence], Evidence]:
    def change_it(found: Evidence) -> Evidence:
        run = getattr(found, part)
        return found if run is None else replace(found, **{part: replace(run, **change)})

    return change_it


REMOVED: Mapping[str, Callable[[Evidence], Evidence]] = {
    "candidate": lambda found: replace(found, candidate=None),
    "best": lambda found: replace(found, best=None),
    "scalars": of_run("candidate", scalars={}),
    "scalars of the best": of_run("best", scalars={}),
    "datasets of the run": of_run("candidate", datasets={}),
    "counts": lambda found: replace(found, counts=None),
    "rows": counts(without_rows),
    "resamples": counts(lambda found: replace(found, triples=None, blocks=None)),
    "pairs": counts(lambda found: replace(found, per_class=replace(found.per_class, overlap=None))),
    "pairs in slices": counts(without_pairs_in_slices),
    "slices": counts(lambda found: replace(found, slices=())),
    "ranking": counts(lambda found: replace(found, top={})),
    "confidence": counts(lambda found: replace(found, confidence=Histograms(np.ones((3, 1_000)), None))),
    "anchor": lambda found: replace(found, anchor=None),
    "counts of the anchor": lambda found: replace(found, anchor_counts=None),
    "curves": lambda found: replace(found, curves={}),
    "split": lambda found: replace(found, split=None),
    "reuse": lambda found: replace(found, reuse=None),
    "datasets": lambda found: replace(found, datasets={}),
}
LEVELS: tuple[Level, ...] = ("block", "warn", "info")
DEMANDS = st.dictionaries(st.sampled_from(sorted(RULES)), st.sampled_from(LEVELS), min_size=1, max_size=4)


def outcome(demands: Mapping[str, Level], found: Evidence) -> Outcome:
    rules = tuple(RULES[name][0](level=level) for name, level in demands.items())
    return judge(found, Policy(rules, "here", "")).outcome


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", RULES)
def test_every_rule_passes_on_full_evidence(name: str, level: Level) -> None:
    assert outcome({name: level}, FULL) is Outcome.PASSED


@pytest.mark.parametrize("part", REMOVED)
@pytest.mark.parametrize("name", RULES)
def test_no_rule_passes_without_what_it_needs(name: str, part: str) -> None:
    without = REMOVED[part](FULL)
    needed = part in RULES[name][1] | {"candidate"}
    for level in LEVELS:
        assert (outcome({name: level}, without) is not Outcome.PASSED) == needed


@given(DEMANDS, st.sets(st.sampled_from(sorted(REMOVED))))
def test_no_policy_passes_on_missing_evidence(demands: dict[str, Level], parts: set[str]) -> None:
    found = FULL
    for part in parts:
        found = REMOVED[part](found)
    needed = set.union({"candidate"}, *(RULES[name][1] for name in demands))
    if outcome(demands, found) is Outcome.PASSED:
        assert not parts & needed


LEVELED = {
    ("block", Outcome.PASSED): Outcome.PASSED,
    ("block", Outcome.REVIEW): Outcome.REVIEW,
    ("block", Outcome.UNKNOWN): Outcome.UNKNOWN,
    ("block", Outcome.FAILED): Outcome.FAILED,
    ("warn", Outcome.PASSED): Outcome.PASSED,
    ("warn", Outcome.REVIEW): Outcome.REVIEW,
    ("warn", Outcome.UNKNOWN): Outcome.REVIEW,
    ("warn", Outcome.FAILED): Outcome.REVIEW,
    ("info", Outcome.PASSED): Outcome.PASSED,
    ("info", Outcome.REVIEW): Outcome.PASSED,
    ("info", Outcome.UNKNOWN): Outcome.REVIEW,
    ("info", Outcome.FAILED): Outcome.PASSED,
}


@pytest.mark.parametrize(("level", "own"), LEVELED)
def test_a_level_changes_the_outcome_and_says_so(level: Level, own: Outcome) -> None:
    expected = LEVELED[level, own]
    found = leveled(Finding("rule", own, "what was found", "f", "r"), level)
    assert found.outcome is expected
    assert found.own is (None if expected is own else own)
    suffix = {"block": "", "warn": " (it only warns)", "info": " (for information)"}[level]
    assert found.message == "what was found" + (suffix if expected is not own else "")


@pytest.mark.parametrize("own", list(Outcome))
@pytest.mark.parametrize("level", LEVELS)
def test_what_lacks_evidence_passes_at_no_level(level: Level, own: Outcome) -> None:
    found = leveled(Finding("rule", own, "m", "f", "r", lacking=True), level)
    assert found.outcome is not Outcome.PASSED


def test_levels_are_applied_to_rules_and_not_to_what_stands() -> None:
    standing = Finding("best", Outcome.FAILED, "m", "f", "r")
    policy = Policy((MetricRule("a/b", "max", min=2.0, level="info"),), "here", "")
    verdict = judge(FULL, policy, (standing,))
    assert [each.outcome for each in verdict.findings] == [Outcome.FAILED, Outcome.PASSED]
    assert verdict.findings[1].own is Outcome.FAILED
