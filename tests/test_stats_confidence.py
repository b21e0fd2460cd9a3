"""Confidence of two models by histogram, against scipy, numpy and scikit-learn on the values themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ecdf, wasserstein_distance
from sklearn.metrics import brier_score_loss

from gate.counts import BINS
from gate.stats import confidence

BINNED = st.lists(st.integers(0, BINS - 1), min_size=1, max_size=60)


def histogram(values: np.ndarray) -> np.ndarray:
    return np.bincount(np.minimum((values * BINS).astype(int), BINS - 1), minlength=BINS).astype(float)


def largest_gap(x: np.ndarray, y: np.ndarray) -> float:
    both = np.concatenate([x, y])
    return float(np.abs(ecdf(x).cdf.evaluate(both) - ecdf(y).cdf.evaluate(both)).max())


def of_bins(bins: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """A histogram, and the values that stand for its bins."""
    return np.bincount(bins, minlength=BINS).astype(float), confidence.middles(BINS)[bins]


@given(BINNED, BINNED)
def test_distances_are_those_of_scipy(best: list[int], candidate: list[int]) -> None:
    (one, x), (two, y) = of_bins(best), of_bins(candidate)
    assert confidence.wasserstein(one, two) == pytest.approx(wasserstein_distance(x, y), abs=1e-12)
    assert confidence.kolmogorov_smirnov(one, two) == pytest.approx(largest_gap(x, y), abs=1e-12)


@given(BINNED, BINNED)
def test_the_shift_of_the_mean_is_that_of_the_values(best: list[int], candidate: list[int]) -> None:
    (one, x), (two, y) = of_bins(best), of_bins(candidate)
    found = confidence.mean_shift(one, two)
    assert found.value == pytest.approx(y.mean() - x.mean(), abs=1e-12)
    assert found.error == pytest.approx((x.var() / len(x) + y.var() / len(y)) ** 0.5, rel=0.1, abs=5e-4)
    assert found.error > 0


def test_bins_cost_next_to_nothing() -> None:
    random = np.random.default_rng(0)
    x, y = random.beta(8, 2, 40_000), random.beta(7, 2, 40_000)
    found = confidence.wasserstein(histogram(x), histogram(y))
    assert found == pytest.approx(wasserstein_distance(x, y), abs=1e-4)


def test_rows_that_tell_less_have_a_larger_error() -> None:
    one, two = histogram(np.linspace(0, 1, 99)), histogram(np.linspace(0.2, 1, 99))
    whole, quarter = confidence.mean_shift(one, two), confidence.mean_shift(one, two, part=0.25)
    assert (quarter.value, quarter.error) == pytest.approx((whole.value, 2 * whole.error))


@given(BINNED, BINNED)
def test_the_brier_score_is_that_of_scikit_learn(wrong: list[int], right: list[int]) -> None:
    (one, x), (two, y) = of_bins(wrong), of_bins(right)
    expected = brier_score_loss([0] * len(x) + [1] * len(y), [*x, *y], pos_label=1)
    assert confidence.brier(one, two) == pytest.approx(expected, abs=1e-12)


def calibrated(rows: int, seed: int, too_sure: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    said = random.uniform(0.5, 1, rows)
    right = random.random(rows) < said - too_sure
    return histogram(said[~right]), histogram(said[right])


def plain_error(wrong: np.ndarray, right: np.ndarray) -> float:
    """Without the correction for chance."""
    at = np.repeat(confidence.middles(BINS), (wrong + right).astype(int))
    hit = np.concatenate([[0.0] * int(w) + [1.0] * int(r) for w, r in zip(wrong, right, strict=True) if w + r])
    return sum(
        abs(a.mean() - b.mean()) * len(a) for a, b in zip(*(np.array_split(x, 15) for x in (at, hit)), strict=True)
    ) / len(at)


def test_a_calibrated_model_shows_no_error_though_chance_makes_some() -> None:
    samples = [calibrated(1_000, seed) for seed in range(30)]
    assert np.mean([plain_error(*each) for each in samples]) == pytest.approx(0.04, abs=0.006)
    assert np.mean([confidence.calibration_error(*each) for each in samples]) < 0.02


def test_a_model_that_is_too_sure_shows_by_how_much() -> None:
    found = [confidence.calibration_error(*calibrated(4_000, seed, too_sure=0.1)) for seed in range(10)]
    assert np.mean(found) == pytest.approx(0.1, abs=0.01)


def test_a_model_that_is_always_right_and_sure_has_no_error() -> None:
    right = np.zeros(BINS)
    right[-1] = 50
    assert confidence.calibration_error(np.zeros(BINS), right) == pytest.approx(0.0005, abs=1e-9)
