"""Which interval fits which counts, and what rows of groups or with weights are worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from gate.counts import Counts
from gate.scores import class_scores
from gate.stats.comparison import compared
from gate.stats.dependence import NoBlocks, worth
from gate.stats.interval import tango
from gate.stats.methods import How, Incomparable
from gate.stats.paired import contrast
from tests.evidence import confusions, grouped, two_classes, unpaired, weighted
from tests.triples import ROWS, THREE_CLASSES, blocked, counts_of

MIXED = two_classes(880, 20, 40, 60)


def ends(counts: Counts, score: str, **how: object) -> tuple[float, float]:
    found = compared(counts, score, How(**how)).interval  # type: ignore[arg-type]
    return found.low, found.high


@settings(max_examples=30)
@given(ROWS)
def test_scores_are_those_of_the_classes(rows: list[tuple[int, int, int, int]]) -> None:
    counts = counts_of(rows)
    scores = class_scores(counts)
    for metric, best, candidate in (
        ("accuracy", scores.best.accuracy, scores.candidate.accuracy),
        ("macro_f1", scores.best.macro_f1, scores.candidate.macro_f1),
        ("weighted_f1", scores.best.weighted_f1, scores.candidate.weighted_f1),
    ):
        found = compared(counts, metric, How(replicates=100))
        assert (found.best, found.candidate) == pytest.approx((best, candidate))
        assert found.difference == pytest.approx(candidate - best)
        assert found.interval.width > 0
    label = str(rows[0][0])
    place = int(label)
    for metric, column in (("f1", "f1"), ("recall", "recall"), ("precision", "precision")):
        one = compared(counts, f"{metric}[{label}]", How(replicates=100))
        expected = (getattr(scores.best, column)[place], getattr(scores.candidate, column)[place])
        assert (one.best, one.candidate) == pytest.approx(expected)


def test_paired_shares_have_the_intervals_of_their_formulas() -> None:
    assert ends(MIXED, "accuracy") == (tango(20, 40, 1_000).low, tango(20, 40, 1_000).high)
    assert ends(MIXED, "recall[1]") == (tango(10, 20, 500).low, tango(10, 20, 500).high)
    moved = contrast(20, 40, 880, 1_000, 0.03).interval() + -0.03 * 0.92
    assert ends(MIXED, "accuracy", lost=0.03) == (moved.low, moved.high)


def test_unpaired_shares_have_the_interval_of_statsmodels() -> None:
    theirs = confint_proportions_2indep(900, 1_000, 920, 1_000, method="newcomb", compare="diff")
    assert ends(unpaired(MIXED), "accuracy") == pytest.approx(theirs, abs=1e-10)
    ranked = replace(MIXED, top={3: (920.0, 900.0)})
    assert ends(ranked, "recall@3") == pytest.approx(theirs, abs=1e-10)


@pytest.mark.parametrize("metric", ["macro_f1", "weighted_f1", "f1[0]", "precision[1]"])
def test_blocks_of_independent_rows_and_the_delta_method_agree_with_triples(metric: str) -> None:
    large = two_classes(8_800, 200, 400, 600)
    blocks = replace(large, triples=None, blocks=blocked(large, 1_000))
    of_rows = ends(large, metric, method="bootstrap", replicates=2_000)
    for other in (ends(blocks, metric, method="bootstrap"), ends(blocks, metric), ends(large, metric)):
        assert other == pytest.approx(of_rows, abs=0.0012)


def test_confusions_of_both_models_are_wider_than_pairs() -> None:
    for metric in ("macro_f1", "f1[0]", "accuracy"):
        apart, paired = (ends(each, metric) for each in (confusions(MIXED), MIXED))
        assert apart[1] - apart[0] > 1.3 * (paired[1] - paired[0])


def test_a_slice_or_a_cut_list_of_confusions_has_no_interval_for_a_mean() -> None:
    cut = confusions(MIXED)
    assert cut.pairs is not None
    for counts in (replace(MIXED, triples=None), replace(cut, pairs=replace(cut.pairs, left_out=1))):
        with pytest.raises(Incomparable) as caught:
            compared(counts, "macro_f1")
        assert not caught.value.missing


def test_models_that_never_differ_have_imagined_rows() -> None:
    same = counts_of([(0, 0, 0, 40), (1, 1, 1, 40), (2, 0, 0, 20)], 3)
    low, high = ends(same, "macro_f1")
    assert -0.1 < low < -0.01 < 0.01 < high < 0.1
    wrong = counts_of([(0, 1, 2, 40), (1, 2, 0, 40)], 3)
    low, high = ends(wrong, "macro_f1")
    assert low < 0 < high


def test_a_group_is_imagined_as_a_whole() -> None:
    same = two_classes(1_000, 0, 0, 50)
    alone, in_groups = (ends(each, "macro_f1") for each in (same, grouped(same, 20)))
    assert in_groups[1] - in_groups[0] > 5 * (alone[1] - alone[0])


def repeated(counts: Counts, times: int) -> Counts:
    """Every row comes so many times, as a group of its own."""
    triples = counts.triples
    assert triples is not None
    rows = zip(triples.truth, triples.best, triples.candidate, triples.count * times, strict=True)
    more = counts_of([tuple(map(int, row)) for row in rows], len(counts.labels))  # type: ignore[misc]
    return grouped(more, int(counts.rows))


@pytest.mark.parametrize("times", [1, 10])
def test_rows_of_a_group_that_are_all_alike_are_worth_one(times: int) -> None:
    assert worth(repeated(MIXED, times)) == pytest.approx(1 / times, rel=0.02)


@pytest.mark.parametrize("weight", [0.5, 1.0, 3.0])
def test_rows_that_weigh_the_same_are_worth_as_many_rows(weight: float) -> None:
    found = weighted(MIXED, weight, parts=900)
    assert worth(found) * found.rows == pytest.approx(MIXED.rows, rel=0.1)


def test_independent_rows_are_worth_themselves_and_unknown_groups_nothing_at_all() -> None:
    assert worth(MIXED) == worth(unpaired(MIXED)) == 1
    with pytest.raises(NoBlocks):
        worth(replace(MIXED, grouped=True))
    with pytest.raises(NoBlocks):
        worth(replace(unpaired(MIXED), weighted=True))


def test_blocks_that_show_no_difference_count_as_one_row_each() -> None:
    assert worth(grouped(two_classes(1_000, 0, 0), 40)) == pytest.approx(40 / 1_000)


@given(st.integers(1, 50), st.integers(0, 20), st.integers(0, 20), st.integers(2, 30))
def test_no_row_is_worth_more_than_itself(both: int, b: int, c: int, groups: int) -> None:
    found = worth(grouped(two_classes(both + 20, b, c), groups))
    assert 0 < found <= 1


def test_intervals_are_the_same_on_every_call() -> None:
    assert ends(THREE_CLASSES, "macro_f1") == ends(THREE_CLASSES, "macro_f1")
    assert np.isfinite(ends(THREE_CLASSES, "macro_f1")).all()
