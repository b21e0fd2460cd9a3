"""Tests and differences of two models on the same rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest
from statsmodels.stats.contingency_tables import mcnemar

from gate.stats.interval import bonett_price
from gate.stats.paired import contrast, difference, mcnemar_exact, mcnemar_mid_p

COUNT = st.integers(0, 500)


def test_the_published_example_has_the_published_p_values() -> None:
    assert mcnemar_exact(6, 16) == pytest.approx(0.052479, abs=5e-7)
    assert mcnemar_mid_p(6, 16) == pytest.approx(0.034690, abs=5e-7)


def test_the_published_example_has_its_difference() -> None:
    found = difference(8, 11, 120)  # of the table with three classes
    assert (found.value, found.error) == pytest.approx((-0.025, 0.0362524), abs=5e-8)


@given(COUNT, COUNT)
def test_the_exact_test_is_that_of_statsmodels_and_scipy(b: int, c: int) -> None:
    ours = mcnemar_exact(b, c)
    assert ours == pytest.approx(mcnemar([[0, b], [c, 0]], exact=True).pvalue, rel=1e-9)
    if b + c:
        assert ours == pytest.approx(binomtest(b, b + c).pvalue, rel=1e-9)


@given(COUNT, COUNT)
def test_mid_p_leaves_out_half_of_the_observed_on_both_sides(b: int, c: int) -> None:
    exact = 2 * binom.cdf(min(b, c), b + c, 0.5) if b + c else 1.0
    expected = exact - binom.pmf(min(b, c), b + c, 0.5) if b != c else 1.0
    assert mcnemar_mid_p(b, c) == pytest.approx(expected, rel=1e-9)
    assert mcnemar_mid_p(b, c) <= mcnemar_exact(b, c) * (1 + 1e-12)


@given(COUNT, COUNT, COUNT, st.integers(1, 500))
def test_the_difference_is_that_of_the_rows_written_out(b: int, c: int, both: int, neither: int) -> None:
    rows = np.repeat([1.0, -1.0, 0.0], [b, c, both + neither])
    found = difference(b, c, len(rows))
    assert (found.value, found.error) == pytest.approx((rows.mean(), rows.std() / len(rows) ** 0.5), abs=1e-12)


@given(COUNT, COUNT, COUNT, st.integers(1, 500), st.sampled_from([0.0, 0.03, 0.5]))
def test_the_contrast_is_that_of_the_rows_written_out(b: int, c: int, both: int, neither: int, lost: float) -> None:
    rows = np.repeat([lost, 1.0, lost - 1, 0.0], [both, b + 1, c + 1, neither])
    found = contrast(b, c, both, len(rows) - 2, lost)
    assert (found.value, found.error) == pytest.approx((rows.mean(), rows.std() / len(rows) ** 0.5), abs=1e-12)


@given(COUNT, COUNT, COUNT)
def test_a_contrast_that_may_lose_nothing_is_the_interval_of_bonett_and_price(b: int, c: int, both: int) -> None:
    n = max(1, b + c + both)
    ours, theirs = contrast(b, c, both, n, 0.0).interval(), bonett_price(b, c, n)
    assert max(-1.0, ours.low) == pytest.approx(theirs.low, abs=1e-12)
    assert min(1.0, ours.high) == pytest.approx(theirs.high, abs=1e-12)


@pytest.mark.parametrize(("b", "c", "both", "n"), [(0, 0, 1, 1), (0, 0, 0, 1), (0, 0, 50, 50), (1, 0, 0, 1)])
def test_a_contrast_of_hardly_any_rows_has_some_width(b: int, c: int, both: int, n: int) -> None:
    assert contrast(b, c, both, n, 0.03).interval().width > 0
