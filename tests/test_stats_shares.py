"""Distances between shares of classes, against scipy, and what chance does to them, against simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import binom, chi2

from gate.stats import shares, split
from tests.triples import THREE_CLASSES, counts_of

P, Q = np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.4, 0.2])
REFERENCE = {
    "PSI": (shares.psi(P, Q), 0.0510826),
    "JS, natural": (shares.jensen_shannon(P, Q), 0.0797947),
    "JS, base 2": (shares.jensen_shannon(P, Q, base=2), 0.0958432),
    "Hellinger": (shares.hellinger(P, Q), 0.0798514),
    "TVD": (shares.tvd(P, Q), 0.1),
}
COUNTS = st.lists(st.integers(0, 50), min_size=2, max_size=12).filter(any)


@pytest.mark.parametrize(("found", "expected"), REFERENCE.values(), ids=REFERENCE.keys())
def test_the_reference_has_its_distances(found: float, expected: float) -> None:
    assert found == pytest.approx(expected, abs=5e-8)


@given(COUNTS, st.sampled_from([2, math.e, 10]))
def test_jensen_and_shannon_are_those_of_scipy(counts: list[int], base: float) -> None:
    p, q = np.array(counts) / sum(counts), np.array(counts[::-1]) / sum(counts)
    assert shares.jensen_shannon(p, q, base) == pytest.approx(jensenshannon(p, q, base), abs=1e-7)


@given(COUNTS)
def test_a_distance_is_the_same_both_ways_and_none_to_itself(counts: list[int]) -> None:
    p, q = np.array(counts) / sum(counts), np.array(counts[::-1]) / sum(counts)
    for distance in (shares.tvd, shares.hellinger, shares.jensen_shannon):
        assert distance(p, q) == pytest.approx(distance(q, p), abs=1e-12)
        assert distance(p, p) == 0
        assert 0 <= distance(p, q) <= 1
    assert shares.tvd(p, q) <= math.sqrt(2) * shares.hellinger(p, q) + 1e-12


def test_a_class_that_one_side_lacks_makes_psi_infinite_and_half_a_row_mends_it() -> None:
    counts, others = np.array([10.0, 0.0]), np.array([5.0, 5.0])
    assert shares.psi(counts / 10, others / 10) == math.inf
    found = shares.psi(shares.smoothed(counts), shares.smoothed(others))
    p, q = (10.5 / 11, 0.5 / 11), (0.5, 0.5)
    assert found == pytest.approx(sum((a - b) * math.log(a / b) for a, b in zip(p, q, strict=True)))


def test_psi_by_chance_is_what_identical_shares_show() -> None:
    random, p = np.random.default_rng(0), np.full(20, 0.05)
    drawn = [
        shares.psi(*(shares.smoothed(random.multinomial(n, p).astype(float)) for n in (8_000, 4_000)))
        for _ in range(2_000)
    ]
    assert shares.psi_by_chance(20, 8_000, 4_000) == pytest.approx(np.quantile(drawn, 0.95), rel=0.06)
    assert shares.psi_by_chance(20, 8_000, 4_000) == pytest.approx(chi2.ppf(0.95, 19) * (1 / 8_000 + 1 / 4_000))


def flipped(rows: list[tuple[int, int, int]], times: int = 3_000) -> float:
    """The 95th percentile of the TVD if each changed row (best, candidate, how many) goes either way."""
    random = np.random.default_rng(7)
    best, candidate = (np.repeat([row[side] for row in rows], [row[2] for row in rows]) for side in (0, 1))
    found = []
    for _ in range(times):
        swap = random.random(len(best)) < 0.5
        one, two = np.where(swap, candidate, best), np.where(swap, best, candidate)
        p, q = (np.bincount(side, minlength=4) / len(best) for side in (one, two))
        found.append(shares.tvd(p, q))
    return float(np.quantile(found, 0.95))


ROWS = [(0, 0, 300), (1, 1, 200), (0, 1, 30), (1, 0, 4), (2, 3, 25), (0, 3, 12), (2, 2, 80)]


def test_chance_among_paired_rows_flips_those_that_changed() -> None:
    counts = counts_of([(0, *row) for row in ROWS])
    assert counts.triples is not None
    expected = flipped(ROWS)
    assert shares.paired_floor(counts.triples, 4) == pytest.approx(expected, rel=0.06)
    assert expected <= shares.marginal_floor(counts.per_class) * 1.02
    assert shares.marginal_floor(counts.per_class) < 1.5 * expected


def test_chance_moves_nothing_where_nothing_changed() -> None:
    counts = counts_of([(0, 0, 0, 10), (1, 2, 2, 5)])
    assert counts.triples is not None
    assert shares.paired_floor(counts.triples, 4) == shares.marginal_floor(counts.per_class) == 0


def test_chance_among_other_rows_moves_more() -> None:
    random, p = np.random.default_rng(1), np.array([0.4, 0.3, 0.2, 0.1])
    drawn = [shares.tvd(random.multinomial(500, p) / 500, random.multinomial(900, p) / 900) for _ in range(4_000)]
    assert split.floor(500 * p, 900 * p) == pytest.approx(np.quantile(drawn, 0.95), rel=0.08)


@pytest.mark.parametrize("rows", [3, 9, 60, 101, 400])  # below and above what is drawn as a normal number
def test_chance_between_two_classes_moves_whole_rows(rows: int) -> None:
    """The two counts of half of the rows differ by 0, 2, 4 … rows: binomial, so known exactly."""
    both = np.array([rows, rows], float)
    exact = binom(rows, 0.5)
    first, second = np.meshgrid(np.arange(rows + 1), np.arange(rows + 1))
    size = first + second
    gaps = np.abs(first / np.maximum(1, size) - (rows - first) / np.maximum(1, 2 * rows - size))
    likely = exact.pmf(first) * exact.pmf(second)
    floor = split.floor(both / 2, both / 2)
    assert likely[gaps < floor - 1e-9].sum() <= 0.975
    assert likely[gaps <= floor + 1e-9].sum() >= 0.925


def test_what_is_seldom_is_not_drawn_as_a_normal_number() -> None:
    """Of three rows, split by chance, three and none or two and one: on average they differ by 1.5."""
    both = np.full(2_000, 3.0)
    assert split.floor(both / 2, both / 2) == pytest.approx(2_000 * 1.5 / 3_000 / 2, rel=0.04)


def test_thousands_of_seldom_classes_stay_within_chance() -> None:
    random, p = np.random.default_rng(2), np.arange(1, 5_001) ** -1.05
    seen = [random.multinomial(10_000, p / p.sum(), 2).astype(float) for _ in range(20)]
    within = [shares.tvd(one / 10_000, other / 10_000) <= split.floor(one, other) + 0.002 for one, other in seen]
    assert sum(within) >= 18


def test_a_floor_is_always_the_same() -> None:
    counts = THREE_CLASSES.triples
    assert counts is not None
    assert shares.paired_floor(counts, 3) == shares.paired_floor(counts, 3)
