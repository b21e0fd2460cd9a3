"""How many rows a decision needs, what reuse of a test set costs, and trends over time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.contingency_tables import Table

from gate.stats.paired import difference
from gate.stats.power import MOST_ROWS, rows_needed
from gate.stats.reuse import luck_floor, rows_for, rows_for_few_changes
from gate.stats.trend import cochran_armitage

SIZES = {  # of ease.ml/ci at H = 32, 1 - delta = 0.99, eps = 0.1: compares two models, adaptive, rows
    "n > c": (False, False, 404),
    "n > c, adaptive": (False, True, 1_340),
    "n - o > c": (True, False, 1_753),
    "n - o > c, adaptive": (True, True, 5_496),
}


@pytest.mark.parametrize(("differences", "adaptive", "rows"), SIZES.values(), ids=SIZES.keys())
def test_sizes_are_those_of_the_paper(differences: bool, adaptive: bool, rows: int) -> None:
    assert rows_for(32, 0.01, 0.1, adaptive, differences) == rows


def test_few_changes_need_fewer_rows() -> None:
    changed, doubt, tolerance = 0.1, 0.01, 0.02
    ratio = tolerance / changed
    expected = (math.log(32) + math.log(4 / doubt)) / (changed * ((1 + ratio) * math.log(1 + ratio) - ratio))
    assert rows_for_few_changes(32, doubt, tolerance, changed) == math.ceil(expected)
    assert rows_for_few_changes(32, doubt, tolerance, changed) < rows_for(32, doubt, tolerance, differences=True)
    assert rows_for_few_changes(32, doubt, tolerance, changed, adaptive=True) > 2 * math.ceil(expected)


def test_luck_explains_the_gain_of_the_reference() -> None:
    error = difference(250, 250, 10_000).error
    assert luck_floor(error, 37) == pytest.approx(0.0067, abs=5e-5)
    assert luck_floor(error, 37) == pytest.approx(norm.isf(0.05 / 37) * error)
    assert luck_floor(error, 1) == luck_floor(error, 0) == pytest.approx(norm.isf(0.05) * error)


def test_luck_is_what_the_best_of_equals_reaches() -> None:
    best = np.random.default_rng(0).normal(0, 1, (20_000, 37)).max(axis=1)
    assert (best > luck_floor(1.0, 37)).mean() == pytest.approx(0.05, abs=0.006)


@given(st.floats(0.0005, 0.02), st.floats(0.02, 0.3), st.sampled_from([0.9, 0.95]), st.sampled_from([0.5, 0.8]))
def test_so_many_rows_decide_with_the_wanted_chance(
    distance: float, discordant: float, confidence: float, power: float
) -> None:
    rows = rows_needed(10_000, math.sqrt(discordant / 10_000), distance, confidence, power)
    assert rows is not None
    error = math.sqrt(discordant / rows)
    assert norm.sf(norm.ppf((1 + confidence) / 2) - distance / error) == pytest.approx(power, abs=0.01)


def test_no_number_of_rows_decides_at_the_margin_itself() -> None:
    assert rows_needed(100, 0.01, 0.0) is None
    assert rows_needed(100, 0.01, 1e-9) is None
    assert MOST_ROWS >= 10**9


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30)), min_size=2, max_size=20))
def test_a_trend_is_that_of_statsmodels(chunks: list[tuple[int, int]]) -> None:
    hits, misses = np.array(chunks, dtype=float).T
    rows = hits + misses
    z, p = cochran_armitage(hits, rows)
    table = np.array([misses, hits])
    if hits.sum() == 0:
        assert (z, p) == (0, 1)
        return
    theirs = Table(table, shift_zeros=False).test_ordinal_association(row_scores=np.array([0, 1]))
    assert z == pytest.approx(theirs.zscore * math.sqrt(rows.sum() / (rows.sum() - 1)), rel=1e-6, abs=1e-9)
    assert p == pytest.approx(2 * norm.sf(abs(z)), rel=1e-6)


def test_a_trend_may_have_its_own_times() -> None:
    hits, rows = np.array([10.0, 20.0, 40.0]), np.full(3, 50.0)
    assert cochran_armitage(hits, rows, np.array([0.0, 10.0, 20.0])) == cochran_armitage(hits, rows)
    assert cochran_armitage(hits, rows)[1] < 1e-6
    assert cochran_armitage(rows, rows) == (0, 1)
