"""Did it converge? Curves whose answer anybody would give."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import theilslopes

from gate.stats.curve import FEWEST_POINTS, MOST_PAIRED, State, convergence, rolling_median, theil_sen

STEPS = np.arange(100)
NOISE = np.random.default_rng(0).normal(0, 1, 100)
SETTLED = 1 + 1.3 * np.exp(-STEPS / 8)
CURVES = {
    "settles": (SETTLED, State.CONVERGED),
    "settles at once": (np.concatenate([[2.3], np.full(99, 0.1)]), State.CONVERGED),
    "settles, with noise": (SETTLED + 0.02 * NOISE, State.CONVERGED),
    "nothing but noise": (1 + 0.05 * NOISE, State.NEVER_LEARNED),
    "nothing but loud noise": (1 + 0.3 * NOISE, State.NEVER_LEARNED),
    "flat": (np.full(50, 0.7), State.NEVER_LEARNED),
    "rises": (1 + STEPS / 50, State.NEVER_LEARNED),
    "gains 4 %": (np.linspace(1, 0.96, 40), State.NEVER_LEARNED),
    "falls steadily": (np.linspace(2, 1, 40), State.STILL_IMPROVING),
    "falls, then climbs back": (np.concatenate([np.linspace(2, 1, 30), np.linspace(1, 1.5, 30)]), State.DIVERGED),
    "gives back a tenth": (np.concatenate([np.linspace(2, 1, 30), np.linspace(1, 1.1, 10)]), State.CONVERGED),
    "nine points": (SETTLED[:9], State.NO_DATA),
    "no point": ([], State.NO_DATA),
    "NaN at the end": (np.append(SETTLED, math.nan), State.NOT_FINITE),
    "infinite shortly before": (np.concatenate([SETTLED[:95], [math.inf], SETTLED[:4]]), State.NOT_FINITE),
    "NaN in the middle": (np.where(STEPS == 40, math.nan, SETTLED), State.CONVERGED),
    "mostly NaN": (np.where((STEPS[:20] > 3) & (STEPS[:20] < 17), math.nan, SETTLED[:20]), State.NO_DATA),
}


@pytest.mark.parametrize(("values", "state"), CURVES.values(), ids=CURVES.keys())
def test_a_curve_is_judged_as_anybody_would(values: np.ndarray, state: State) -> None:
    assert convergence(values).state is state


@pytest.mark.parametrize(("values", "state"), CURVES.values(), ids=CURVES.keys())
def test_a_metric_that_should_rise_is_judged_upside_down(values: np.ndarray, state: State) -> None:
    found = convergence([-value for value in values], rising=True)
    assert found.state is state
    assert (found.first, found.last) == pytest.approx(
        tuple(-end for end in (convergence(values).first, convergence(values).last)), nan_ok=True
    )


def test_fine_tuning_gains_less_and_says_so() -> None:
    gained = np.linspace(1, 0.96, 40)[[0, *range(20, 40), *[39] * 19]]
    assert convergence(gained).state is State.NEVER_LEARNED
    assert convergence(gained, min_progress=0.01).state is State.CONVERGED


def test_what_may_be_given_back_is_a_setting() -> None:
    values = CURVES["gives back a tenth"][0]
    assert convergence(values, max_given_back=0.05).state is State.DIVERGED
    assert convergence(values).given_back == pytest.approx(0.09, abs=0.02)


def test_a_line_has_no_noise_and_its_last_quarter_a_quarter_of_the_progress() -> None:
    found = convergence(np.linspace(2, 1, 40))
    assert (found.first, found.last) == (2, 1)
    assert found.recent == pytest.approx(0.26, abs=0.01)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60))
def test_slopes_are_those_of_scipy(values: list[float]) -> None:
    assert theil_sen(np.array(values)) == pytest.approx(theilslopes(values)[0], rel=1e-9, abs=1e-9)


def test_long_curves_are_thinned_and_keep_their_slope() -> None:
    assert theil_sen(3.0 * np.arange(5 * MOST_PAIRED)) == pytest.approx(3)


def test_medians_roll() -> None:
    assert rolling_median(np.array([5.0, 1.0, 9.0, 2.0, 3.0]), 3).tolist() == [5, 2, 3]


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=40))
def test_any_curve_has_one_answer(values: list[float]) -> None:
    found = convergence(values)
    assert (found.state is State.NO_DATA) or len(values) >= FEWEST_POINTS
