"""Intervals of shares and of their differences, against statsmodels and against the likelihood itself."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import norm
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from gate.stats.interval import Interval, bonett_price, newcombe, quantile, score, tango, wilson

COUNT = st.integers(0, 400)
CONFIDENCE = st.sampled_from([0.8, 0.9, 0.95, 0.99])
CAVO = (6, 16, 161)  # Cavo 2012: 59 both, 6 only the one, 16 only the other, 80 neither


def ends(interval: Interval) -> tuple[float, float]:
    return interval.low, interval.high


def test_the_published_example_has_the_published_intervals() -> None:
    assert ends(tango(*CAVO)) == pytest.approx((-0.1240, -0.0054), abs=5e-5)
    assert ends(bonett_price(*CAVO)) == pytest.approx((-0.1195, -0.0032), abs=5e-5)


@given(st.integers(1, 5_000), st.floats(0, 1), CONFIDENCE)
def test_wilson_is_that_of_statsmodels(n: int, share: float, confidence: float) -> None:
    hits = round(share * n)
    theirs = proportion_confint(hits, n, alpha=1 - confidence, method="wilson")
    assert ends(wilson(hits, n, confidence)) == pytest.approx(theirs, abs=1e-12)


@given(st.integers(1, 2_000), st.floats(0, 1), st.integers(1, 2_000), st.floats(0, 1), CONFIDENCE)
def test_newcombe_is_that_of_statsmodels(n: int, share: float, m: int, other: float, confidence: float) -> None:
    hits, hits_best = round(share * n), round(other * m)
    theirs = confint_proportions_2indep(
        hits, n, hits_best, m, method="newcomb", compare="diff", alpha=1 - confidence, correction=False
    )
    assert ends(newcombe(hits, n, hits_best, m, confidence)) == pytest.approx(theirs, abs=1e-10)


def test_a_relative_margin_scales_the_interval_of_the_best() -> None:
    whole, none_kept = newcombe(80, 100, 90, 100, lost=0.0), newcombe(80, 100, 90, 100, lost=1.0)
    assert ends(none_kept) == pytest.approx(ends(wilson(80, 100)))
    assert whole.low < newcombe(80, 100, 90, 100, lost=0.1).low < none_kept.low


def likeliest_error(b: int, c: int, n: int, difference: float) -> float:
    """The standard error of b - c under the difference, by maximizing the likelihood numerically."""

    def unlikely(share: float) -> float:
        cells = ((b, share + difference), (c, share), (n - b - c, 1 - difference - 2 * share))
        return -sum(count * math.log(max(p, 1e-300)) for count, p in cells if count)

    low, high = max(0.0, -difference), (1 - difference) / 2
    found = minimize_scalar(unlikely, bounds=(low, high), method="bounded", options={"xatol": 1e-14})
    share = min((found.x, low, high), key=unlikely)
    return math.sqrt(max(0.0, n * (2 * share + difference - difference**2)))


@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 60))
def test_tango_ends_where_the_likelihood_says(b: int, c: int, more: int) -> None:
    n, z = b + c + more, norm.ppf(0.975)
    observed = (b - c) / n
    low = brentq(lambda d: b - c - n * d - z * likeliest_error(b, c, n, d), -1 + 1e-9, observed - 1e-9)
    high = brentq(lambda d: b - c - n * d + z * likeliest_error(b, c, n, d), observed + 1e-9, 1 - 1e-9)
    assert ends(tango(b, c, n)) == pytest.approx((low, high), abs=2e-6)


@given(COUNT, COUNT, st.integers(0, 100_000), CONFIDENCE)
@example(0, 0, 1, 0.95)
@example(1, 0, 0, 0.95)
@example(0, 400, 0, 0.99)
def test_both_ends_of_tango_lie_z_standard_errors_away(b: int, c: int, rest: int, confidence: float) -> None:
    n = max(1, b + c + rest)
    found, z = tango(b, c, n, confidence), quantile(confidence)
    if found.low > -1:
        assert score(b, c, n, found.low) == pytest.approx(z, abs=1e-6)
    if found.high < 1:
        assert score(b, c, n, found.high) == pytest.approx(-z, abs=1e-6)
    step = 1e-10 * found.width
    assert found.low == -1 or score(b, c, n, found.low - step) > z
    assert found.high == 1 or score(b, c, n, found.high + step) < -z


@given(COUNT, COUNT, st.integers(0, 1_000), CONFIDENCE)
def test_every_interval_has_some_width_and_holds_what_was_observed(
    b: int, c: int, rest: int, confidence: float
) -> None:
    n = max(1, b + c + rest)
    score_interval, adjusted = tango(b, c, n, confidence), bonett_price(b, c, n, confidence)
    assert -1 <= score_interval.low <= (b - c) / n <= score_interval.high <= 1
    assert min(score_interval.width, adjusted.width, wilson(min(b, n), n, confidence).width) > 0
    assert ends(tango(c, b, n, confidence)) == pytest.approx((-score_interval.high, -score_interval.low), abs=1e-10)


@pytest.mark.parametrize("n", [1, 10, 1_000])
def test_where_nothing_differed_something_might(n: int) -> None:
    z2 = norm.ppf(0.975) ** 2
    assert ends(tango(0, 0, n)) == pytest.approx((-z2 / (n + z2), z2 / (n + z2)), abs=1e-12)


def test_without_rows_everything_is_possible() -> None:
    assert ends(wilson(0, 0)) == (0, 1)
    assert ends(tango(0, 0, 0)) == (-1, 1)
    assert ends(newcombe(0, 0, 5, 10)) == (-1, 1)


@given(COUNT, COUNT, st.integers(0, 1_000))
def test_more_confidence_means_a_wider_interval(b: int, c: int, rest: int) -> None:
    n = max(1, b + c + rest)
    narrow, wide = tango(b, c, n, 0.9), tango(b, c, n, 0.99)
    assert wide.low <= narrow.low <= narrow.high <= wide.high
