"""The delta method, against slopes found by trying and against resampling."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from gate.counts import Counts, Triples, from_triples
from gate.stats.macro import LEAST, error_of_blocks, error_of_triples, valid
from gate.stats.measures import Measure, macro_f1, parts, weighted_f1
from gate.stats.resample import bootstrap
from gate.stats.sources import OfTriples
from tests.triples import ROWS, THREE_CLASSES, blocked, counts_of

MEANS = {"macro": macro_f1, "weighted": weighted_f1}


def changed(counts: Counts, measure: Measure, lost: float = 0.0) -> float:
    best, candidate = parts(counts.per_class)
    return float(measure(candidate) - (1 - lost) * measure(best))


def slopes(counts: Counts, measure: Measure, lost: float) -> np.ndarray:
    """What one row more of each triple adds."""
    triples, h = counts.triples, 1e-4
    assert triples is not None

    def with_more(row: int, more: float) -> float:
        count = triples.count + more * (np.arange(len(triples.count)) == row)
        again = from_triples(counts.labels, Triples(triples.truth, triples.best, triples.candidate, count))
        return changed(again, measure, lost)

    return np.array([(with_more(row, h) - with_more(row, -h)) / (2 * h) for row in range(len(triples.count))])


def test_the_reference_has_its_scores_and_its_error() -> None:
    best, candidate = (float(macro_f1(part)) for part in parts(THREE_CLASSES.per_class))
    assert (best, candidate) == pytest.approx((0.8467468, 0.8058439), abs=5e-8)
    assert THREE_CLASSES.triples is not None
    assert error_of_triples(THREE_CLASSES.per_class, THREE_CLASSES.triples) == pytest.approx(0.0398917, abs=5e-8)


@given(ROWS)
def test_means_are_those_of_scikit_learn(rows: list[tuple[int, int, int, int]]) -> None:
    truth, best, candidate, count = np.array(rows).T
    codes = {"labels": range(4), "zero_division": 0, "sample_weight": count}
    for predicted, part in zip((best, candidate), parts(counts_of(rows).per_class), strict=True):
        assert macro_f1(part) == pytest.approx(f1_score(truth, predicted, average="macro", **codes))
        assert weighted_f1(part) == pytest.approx(f1_score(truth, predicted, average="weighted", **codes))


@pytest.mark.parametrize("measure", MEANS.values(), ids=MEANS.keys())
@settings(max_examples=40)
@given(rows=ROWS, lost=st.sampled_from([0.0, 0.03, 0.5]))
def test_the_error_is_that_of_the_slopes(
    measure: Callable[..., np.ndarray], rows: list[tuple[int, int, int, int]], lost: float
) -> None:
    counts = counts_of(rows)
    assert counts.triples is not None
    expected = float((counts.triples.count * slopes(counts, measure, lost) ** 2).sum() ** 0.5)
    found = error_of_triples(counts.per_class, counts.triples, lost, weighted=measure is weighted_f1)
    assert found == pytest.approx(expected, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("weighted", [False, True])
def test_rows_that_each_are_a_block_have_the_error_of_rows(weighted: bool) -> None:
    triples = THREE_CLASSES.triples
    assert triples is not None
    rows = np.repeat(np.arange(len(triples.count)), triples.count.astype(int))
    blocks = np.zeros((len(rows), 5, 3))
    for number, row in enumerate(rows):
        truth, best, candidate = triples.truth[row], triples.best[row], triples.candidate[row]
        blocks[number, 0, truth] = blocks[number, 1, best] = blocks[number, 3, candidate] = 1
        blocks[number, 2, truth], blocks[number, 4, truth] = best == truth, candidate == truth
    expected = error_of_triples(THREE_CLASSES.per_class, triples, 0.03, weighted) * (len(rows) / (len(rows) - 1)) ** 0.5
    assert error_of_blocks(THREE_CLASSES.per_class, blocks, 0.03, weighted) == pytest.approx(expected, rel=1e-9)


def test_independent_rows_have_the_same_error_in_blocks_and_in_resamples() -> None:
    rows = [(t, b, c, 400 if t == b == c else 15) for t in range(3) for b in range(3) for c in range(3)]
    counts = counts_of(rows, 3)
    assert counts.triples is not None
    expected = error_of_triples(counts.per_class, counts.triples)
    assert error_of_blocks(counts.per_class, blocked(counts, 400)) == pytest.approx(expected, rel=0.12)
    assert bootstrap(OfTriples(counts.triples, 3), macro_f1, 2_000).error() == pytest.approx(expected, rel=0.08)


@pytest.mark.parametrize(("rows", "fits"), [(LEAST / 2, True), (LEAST / 2 - 1, False)])
def test_the_method_asks_for_large_classes_in_both_models(rows: float, fits: bool) -> None:
    """A class whose rows are all hit weighs two for each."""
    counts = counts_of([(0, 0, 0, 500), (1, 1, 1, int(rows))], 2)
    assert valid(counts.per_class) is fits
    only_of_one = counts_of([(0, 0, 0, 500), (1, 1, 1, 500), (1, 1, 2, 60)], 3)
    assert not valid(only_of_one.per_class)
