"""The rule about every class: who regressed, who must not, and what is too small to tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gate.counts import Counts
from gate.rules import ClassesRule
from gate.rules.regressions import regressions
from gate.verdict import Finding, Outcome
from tests.evidence import confusions, evidence, grouped, margin, run, sliced, two_classes, unpaired, weighted
from tests.triples import counts_of

PASSED, REVIEW, UNKNOWN, FAILED = Outcome
SETTLED = [(code, code, code, 200) for code in range(4)]
HURT = counts_of([*SETTLED, (0, 0, 3, 40), (1, 1, 3, 3), (2, 3, 2, 30), (2, 2, 3, 2)])


def judged(counts: Counts | None, **demands: object) -> Finding:
    if "critical" in demands:
        demands = {"critical_loss": margin("5pp"), **demands}
    return ClassesRule(**demands).judge(evidence(counts))  # type: ignore[arg-type]


def test_the_sentence_counts_classes_and_names_the_worst() -> None:
    found = judged(HURT, max_regressed=2)
    assert found.outcome is PASSED
    assert found.message == (
        "4 classes: 2 regressed, 1 improved, 1 too small to tell. Worst '0' 1.000 -> 0.909, drop at least 0.067 "
        "(n=240); at most 2 may regress: pass (paired, N=875)"
    )


LIMITS = {
    "for information": (HURT, {}, PASSED, "for information"),
    "as many as allowed": (HURT, {"max_regressed": 2}, PASSED, "at most 2 may regress: pass"),
    "more than allowed": (HURT, {"max_regressed": 1}, FAILED, "at most 1 may regress: fail"),
    "only classes with many rows": (HURT, {"max_regressed": 0, "min_support": 241}, PASSED, "0 regressed"),
    "hardly any false alarms": (HURT, {"max_regressed": 0, "fdr": 1e-12}, PASSED, "0 regressed"),
    "one row": (two_classes(1, 0, 0), {"max_regressed": 0}, REVIEW, "(fewer than 100 rows show no regression)"),
    "few rows, and yet": (counts_of([(0, 0, 1, 30), (1, 1, 1, 20)], 2), {"max_regressed": 0}, FAILED, "fail"),
    "one row, for information": (two_classes(1, 0, 0), {}, PASSED, "2 classes: 0 regressed"),
    "no row": (two_classes(0, 0, 0), {}, UNKNOWN, "no row with a truth, so no class at all"),
    "within chance": (counts_of([*SETTLED, (0, 0, 1, 4)]), {"max_regressed": 0}, PASSED, "which may be chance (n=204)"),
    "nothing changed": (counts_of(SETTLED), {"max_regressed": 0}, PASSED, "0 too small to tell; at most 0 may regress"),
}


@pytest.mark.parametrize(("counts", "demands", "outcome", "words"), LIMITS.values(), ids=LIMITS.keys())
def test_so_many_classes_may_regress(counts: Counts, demands: dict[str, object], outcome: Outcome, words: str) -> None:
    found = judged(counts, **demands)
    assert (found.outcome, words in found.message) == (outcome, True), found.message


CRITICAL = {
    "beyond": (HURT, ("0",), FAILED, "critical '0' F1 1.000 -> 0.909, 95 % CI of the difference"),
    "within": (HURT, ("1",), PASSED, "critical '1' F1 1.000 -> 0.993"),
    "one of two": (HURT, ("1", "0"), FAILED, "critical '0' F1 1.000 -> 0.909"),
    "open": (counts_of([*SETTLED, (0, 0, 3, 20)]), ("0",), REVIEW, "margin 0.05: inconclusive"),
    "a class nobody knows": (HURT, ("owl",), UNKNOWN, "there is no class 'owl'"),
    "a class without rows": (counts_of([*SETTLED[:3], (0, 0, 3, 5)]), ("3",), UNKNOWN, "no row is of the class '3'"),
    "a class of one row": (counts_of([*SETTLED[:3], (3, 3, 3, 1)]), ("3",), REVIEW, "inconclusive"),
    "unknown beside failed": (HURT, ("owl", "0"), FAILED, "there is no class 'owl'"),
}


@pytest.mark.parametrize(("counts", "labels", "outcome", "words"), CRITICAL.values(), ids=CRITICAL.keys())
def test_critical_classes_are_judged_by_their_own_interval(
    counts: Counts, labels: tuple[str, ...], outcome: Outcome, words: str
) -> None:
    found = judged(counts, critical=labels)
    assert (found.outcome, words in found.message) == (outcome, True), found.message


def test_a_critical_class_may_lose_a_share_of_what_it_had() -> None:
    assert judged(HURT, critical=("0",), critical_loss=margin("15%")).outcome is PASSED
    assert judged(HURT, critical=("0",), critical_loss=margin("3%")).outcome is FAILED


def test_the_effect_is_that_of_the_worst() -> None:
    effect = judged(HURT, critical=("1", "0")).effect
    assert effect is not None
    assert (effect.label, effect.margin) == ("F1 of '0'", -0.05)
    counted = judged(HURT, max_regressed=0).effect
    assert counted is not None
    assert (counted.estimate, counted.margin, counted.n, counted.needed) == (2, 0, 3, "passes with 2 fewer")
    below = judged(HURT, max_regressed=3).effect
    assert below is not None
    assert below.needed == "fails with 2 more"


def test_a_number_that_is_met_keeps_its_own_outcome_where_another_demand_fails() -> None:
    broken = judged(HURT, max_regressed=3, critical=("0",))
    assert (broken.outcome, broken.measured) == (FAILED, None), "the number is the broken one's"
    unknown = judged(HURT, max_regressed=3, critical=("of another world",))
    assert (unknown.outcome, unknown.measured) == (UNKNOWN, PASSED)


def test_rows_that_could_not_be_paired_test_no_class() -> None:
    for counts in (unpaired(two_classes(800, 100, 10)), confusions(HURT)):
        for level in ("block", "info"):
            found = judged(counts, level=level)
            assert (found.outcome, found.lacking) == (REVIEW, True)
            assert "but no class can be tested (" in found.message


def test_no_counts_are_missing_evidence() -> None:
    assert judged(None).outcome is UNKNOWN
    assert ClassesRule().judge(evidence(HURT, best=None)).outcome is REVIEW
    assert ClassesRule().judge(evidence(HURT, candidate=None)).outcome is UNKNOWN
    assert ClassesRule().judge(evidence(HURT, candidate=run("one"), best=run("one"))).outcome is PASSED


def test_rows_of_few_groups_show_no_regression() -> None:
    rows = counts_of([*SETTLED, (0, 0, 3, 14), (1, 3, 1, 4)])
    assert judged(rows, max_regressed=0).outcome is FAILED
    assert judged(grouped(rows, 30), max_regressed=0).outcome is PASSED
    assert judged(replace(grouped(rows, 30), blocks=None), max_regressed=0).outcome is REVIEW


def test_rows_that_weigh_half_count_as_the_rows_they_are() -> None:
    plain, half = judged(HURT, max_regressed=0), judged(weighted(HURT), max_regressed=0)
    assert (plain.outcome, half.outcome) == (FAILED, FAILED)
    assert "(n=120)" in half.message


def test_a_slice_has_its_own_regressions() -> None:
    counts = sliced(HURT, ("site", "north", HURT), ("site", "south", counts_of(SETTLED)))
    assert judged(counts, max_regressed=0, slice="site=north").outcome is FAILED
    assert judged(counts, max_regressed=0, slice="site=south").outcome is PASSED
    assert judged(counts, slice="site=west").outcome is UNKNOWN
    assert ClassesRule(slice="site=south").name == "classes in site=south"


def test_the_largest_certain_loss_comes_before_the_largest() -> None:
    """A class of three rows fell furthest, and says least."""
    rows = counts_of([(0, 0, 0, 100), (0, 0, 3, 60), (1, 1, 2, 3), (3, 3, 3, 400), (2, 2, 2, 300)])
    found = regressions(rows, part=1, fdr=0.1)
    assert int(np.argmin(found.seven.change)) == 1
    assert found.ranked[0] == 0
    assert found.labels[found.ranked[0]] == "0"


def test_of_those_that_regressed_the_surest_comes_first() -> None:
    large, small = (0, 500, 1_000), (1, 6, 8)  # class, rows lost, rows kept
    rows = [(label, label, 2, lost) for label, lost, _ in (large, small)]
    found = regressions(
        counts_of([*rows, *((k, k, k, kept) for k, _, kept in (large, small)), (2, 2, 2, 2_000)]), 1, 0.1
    )
    assert found.fell[:2].all()
    assert found.seven.change[1] < found.seven.change[0]
    assert found.bound[0] < found.bound[1]
    assert found.ranked[0] == 0


def test_a_critical_class_needs_its_limit() -> None:
    with pytest.raises(ValueError, match="go together"):
        ClassesRule(critical=("0",))
    with pytest.raises(ValueError, match="go together"):
        ClassesRule(critical_loss=margin("1pp"))
