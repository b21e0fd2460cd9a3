"""Tests per class, against enumeration, and what scipy and statsmodels know of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import binom, false_discovery_control
from statsmodels.stats.multitest import multipletests

from gate.scores import class_scores
from gate.stats.interval import wilson
from gate.stats.per_class import (
    FEWEST_CHANGED,
    MOST_EXACT,
    benjamini_hochberg,
    change_error,
    f1_interval,
    f1_variance,
    swap_test,
)
from gate.stats.seven import Seven
from tests.triples import ROWS, THREE_CLASSES, counts_of

COUNTS = st.lists(st.integers(0, 12), min_size=7, max_size=7)


def seven(*counts: float) -> Seven:
    return Seven(*(np.array([float(count)]) for count in counts))


def f1(both: int, hits: int, support: int, claims: int) -> float:
    return 2 * (both + hits) / (support + claims) if support + claims else 0.0


def enumerated(counts: list[int]) -> tuple[float, float]:
    both, gained, lost, neither, false, false_new, false_gone = counts
    support, hit_rows, false_rows = both + gained + lost + neither, gained + lost, false_new + false_gone

    def change(up: int, new: int) -> float:
        candidate = f1(both, up, support, both + up + false + new)
        return candidate - f1(both, hit_rows - up, support, both + hit_rows - up + false + false_rows - new)

    observed, fell, rose = change(gained, false_new), 0.0, 0.0
    for up in range(hit_rows + 1):
        for new in range(false_rows + 1):
            mass = binom.pmf(up, hit_rows, 0.5) * binom.pmf(new, false_rows, 0.5)
            fell += mass * (change(up, new) <= observed + 1e-12)
            rose += mass * (change(up, new) >= observed - 1e-12)
    return fell, rose


@given(COUNTS)
@example([0, 0, 0, 0, 0, 0, 0])
@example([0, 0, 0, 0, 0, 7, 2])
@example([3, 0, 9, 0, 0, 0, 0])
def test_the_swap_test_sums_every_outcome_that_is_as_bad(counts: list[int]) -> None:
    found = swap_test(seven(*counts))
    assert (found.fell[0], found.rose[0]) == pytest.approx(enumerated(counts), rel=1e-9)


def test_many_classes_at_once_are_judged_as_each_alone() -> None:
    rows = np.random.default_rng(1).integers(0, 9, (40, 7))
    found = swap_test(Seven(*rows.T.astype(float)))
    assert np.allclose([(x, y) for x, y in zip(found.fell, found.rose, strict=True)], [enumerated(r) for r in rows])


def test_where_enumeration_ends_the_normal_distribution_goes_on() -> None:
    within, beyond = seven(900, 150, 200, 40, 30, 25, 25), seven(900, 150, 201, 40, 30, 25, 25)
    assert within.changed[0] == MOST_EXACT
    assert swap_test(beyond).fell[0] == pytest.approx(swap_test(within).fell[0], rel=0.25)
    assert swap_test(beyond).fell[0] < 0.01 < 0.99 < swap_test(beyond).rose[0]


@given(COUNTS)
def test_exchanging_the_models_exchanges_the_answers(counts: list[int]) -> None:
    here, there = swap_test(seven(*counts)), swap_test(seven(*counts).swapped)
    assert (here.fell[0], here.rose[0]) == (there.rose[0], there.fell[0])


@given(COUNTS)
def test_few_changed_rows_are_never_significant(counts: list[int]) -> None:
    if seven(*counts).changed[0] < FEWEST_CHANGED:
        found = swap_test(seven(*counts))
        assert min(found.fell[0], found.rose[0]) > 0.05


def test_the_least_number_of_changed_rows_can_be_significant() -> None:
    assert swap_test(seven(3, 0, FEWEST_CHANGED, 0, 0, 0, 0)).fell[0] == pytest.approx(0.5**FEWEST_CHANGED)
    assert 0.5**FEWEST_CHANGED < 0.05


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.sampled_from([0.01, 0.05, 0.1, 0.2]))
def test_discoveries_are_those_of_scipy_and_statsmodels(p: list[float], fdr: float) -> None:
    ours = benjamini_hochberg(np.array(p), fdr)
    theirs = false_discovery_control(np.array(p)) <= fdr
    unsure = np.abs(false_discovery_control(np.array(p)) - fdr) < 1e-12
    assert ((ours == theirs) | unsure).all()
    assert ((ours == multipletests(p, alpha=fdr, method="fdr_bh")[0]) | unsure).all()


def test_without_hypotheses_there_are_no_discoveries() -> None:
    assert benjamini_hochberg(np.array([]), 0.1).tolist() == []


def test_all_are_discovered_where_all_stand_out() -> None:
    assert benjamini_hochberg(np.array([0.001, 0.002]), 0.1).all()


@given(ROWS)
def test_the_seven_counts_give_the_scores_of_both_models(rows: list[tuple[int, int, int, int]]) -> None:
    counts = counts_of(rows)
    found, scores = Seven.of(counts.per_class), class_scores(counts)
    assert np.allclose(found.best, scores.best.f1)
    assert np.allclose(found.candidate, scores.candidate.f1)
    assert np.allclose(found.support, scores.support)


def test_the_seven_counts_of_a_class_are_rows_again() -> None:
    found = Seven.of(THREE_CLASSES.per_class)
    one = found.triples(1)
    assert one.count.tolist() == [float(each[1]) for each in vars(found).values()]
    right = (one.truth == one.candidate) & (one.truth == 0)
    assert one.count[right].sum() == THREE_CLASSES.per_class.candidate.hits[1]
    assert one.count[one.candidate == 0].sum() == THREE_CLASSES.per_class.candidate.claims[1]
    assert one.count[one.best == 0].sum() == THREE_CLASSES.per_class.best.claims[1]


@given(st.integers(1, 300), st.integers(0, 300), st.integers(0, 300))
def test_the_variance_of_f1_is_that_of_its_slopes(hits: int, missed: int, false: int) -> None:
    def score(tp: float, fn: float, fp: float) -> float:
        return 2 * tp / (2 * tp + fn + fp)

    h, rows = 1e-4, (hits, missed, false)
    slopes = [
        (
            score(*(n + h * (i == j) for j, n in enumerate(rows)))
            - score(*(n - h * (i == j) for j, n in enumerate(rows)))
        )
        / (2 * h)
        for i in range(3)
    ]
    expected = sum(n * slope**2 for n, slope in zip(rows, slopes, strict=True))
    found = f1_variance(np.array([score(*rows)]), np.array([2.0 * hits + missed + false]))
    assert found[0] == pytest.approx(expected, rel=1e-4, abs=1e-12)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_the_interval_of_f1_is_wilsons_for_rows_that_are_hit_missed_or_false(
    hits: int, missed: int, false: int
) -> None:
    found, jaccard = f1_interval(hits, hits + missed, hits + false), wilson(hits, hits + missed + false)
    assert found.low / (2 - found.low) == pytest.approx(jaccard.low, abs=1e-12)
    assert found.high / (2 - found.high) == pytest.approx(jaccard.high, abs=1e-12)
    assert found.width > 0


def test_the_error_of_a_change_is_that_of_its_slopes_where_rows_are_many() -> None:
    counts = [400, 30, 60, 40, 25, 20, 10]

    def change(rows: list[float]) -> float:
        return float(seven(*rows).change[0])

    h = 1e-3
    slopes = [
        (
            change([n + h * (i == j) for j, n in enumerate(counts)])
            - change([n - h * (i == j) for j, n in enumerate(counts)])
        )
        / (2 * h)
        for i in range(7)
    ]
    expected = sum(n * slope**2 for n, slope in zip(counts, slopes, strict=True)) ** 0.5
    assert change_error(seven(*counts))[0] == pytest.approx(expected, rel=0.05)
    assert change_error(seven(*counts))[0] >= expected * (1 - 1e-6)


def test_a_class_of_one_row_that_was_lost_is_no_certain_loss() -> None:
    one = seven(0, 0, 1, 0, 0, 0, 0)
    assert one.change[0] == -1
    assert one.change[0] + 1.645 * change_error(one)[0] > 0


@given(COUNTS, st.floats(0.05, 1))
def test_rows_that_tell_less_are_fewer_whole_rows(counts: list[int], part: float) -> None:
    found = seven(*counts).worth(part)
    assert all(float(each[0]).is_integer() for each in vars(found).values())
    assert found.support[0] <= seven(*counts).support[0]
