"""The numbers of drift, against scipy, statsmodels, and the conventions of other tools written out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import binomtest, ks_2samp, pearsonr, spearmanr, wasserstein_distance
from statsmodels.stats.contingency_tables import SquareTable

from gate.counts import BINS, Triples
from gate.drift.classes import FALSE, class_shift, gone_classes, new_classes
from gate.drift.confidence import confidence_shift
from gate.drift.estimates import estimates, spread, validity
from gate.drift.repair import damage
from gate.drift.timeline import Point, agreements
from gate.observed import Observed
from gate.stats import split
from gate.stats.marginals import stuart_maxwell
from gate.stats.per_class import benjamini_hochberg
from tests.observed import histogram, seen, unknown

COUNTS = st.lists(st.integers(0, 400), min_size=2, max_size=12).filter(lambda counts: sum(counts) > 0)


def evidently_psi(reference: np.ndarray, current: np.ndarray) -> float:
    """Its convention: empty shares become 0.0001, and nothing is normalised again."""
    p, q = (np.where(each == 0, 0.0001, each / each.sum()) for each in (reference, current))
    return float(((p - q) * np.log(p / q)).sum())


def test_class_distances_follow_the_conventions_of_other_tools() -> None:
    before, after = np.array([500.0, 300, 200]), np.array([400.0, 400, 200])
    found = class_shift(seen(before), seen(after))
    assert found is not None
    assert found.tvd == pytest.approx(0.1)
    assert found.js == pytest.approx(jensenshannon(before, after), abs=1e-12), "Evidently: natural logarithms"
    assert found.js2 == pytest.approx(jensenshannon(before, after, base=2), abs=1e-12), "NannyML: base 2"
    assert found.psi == pytest.approx(0.0510826, abs=2e-4), "half a row more per class"
    assert found.psi == pytest.approx(evidently_psi(before, after), abs=2e-4), "the same where no class is empty"


@given(st.data())
def test_the_two_sided_p_of_a_class_is_scipys(data: st.DataObject) -> None:
    before, after = (np.array(data.draw(st.lists(st.integers(0, 60), min_size=3, max_size=3)), float) for _ in range(2))
    if not (before.sum() and after.sum()):
        return
    part = after.sum() / (before.sum() + after.sum())
    for p, was, is_ in zip(split.moved(before, after), before, after, strict=True):
        if was + is_:
            tails = [binomtest(int(is_), int(was + is_), part, alternative=side).pvalue for side in ("less", "greater")]
            assert p == pytest.approx(min(1.0, 2 * min(tails)), abs=1e-9)
        else:
            assert p == 1


@given(st.lists(st.tuples(*(st.integers(0, 10**digits) for digits in (2, 6))), min_size=1, max_size=12))
def test_the_p_of_a_class_is_within_its_bounds(counts: list[tuple[int, int]]) -> None:
    before, after = np.array(counts, float).T
    if not (before.sum() and after.sum()):
        return
    for one, other in ((before, after), (after, before)):
        (low, high), p = split.bounds(one, other), split.moved(one, other)
        assert (low <= p + 1e-12).all()
        assert (p <= high + 1e-12).all()
        small = (p < 1e-3) & (p > 1e-9)
        assert (high[small] < 1.2 * low[small]).all(), "small p are known well enough"


def test_classes_are_named_by_the_exact_p_also_where_bounds_cannot_tell() -> None:
    random, shares = np.random.default_rng(5), np.arange(1, 401) ** -1.05
    settled = set()
    for _ in range(60):
        drifted = shares * np.maximum(0.1, random.normal(1, 0.2, 400))
        before, after = (random.multinomial(20_000, each / each.sum()).astype(float) for each in (shares, drifted))
        found = class_shift(seen(before), seen(after))
        exact = benjamini_hochberg(split.moved(before, after)[before + after > 0], FALSE).sum()
        assert found is not None
        assert len(found.movers) == exact
        settled.add(len({benjamini_hochberg(each, FALSE).sum() for each in split.bounds(before, after)}) == 1)
    assert settled == {True, False}


def test_confidence_distances_are_scipys_and_within_their_bounds() -> None:
    random = np.random.default_rng(3)
    for shapes in (((8, 2), (7, 2)), ((1, 1), (1, 1)), ((0.2, 0.1), (0.1, 0.2))):
        x, y = (random.beta(*shape, 20_000) for shape in shapes)
        found = confidence_shift(seen(np.array([20_000]), x), seen(np.array([20_000]), y))
        assert found is not None
        exact = ks_2samp(x, y).statistic
        assert found.gap <= exact + 1e-12
        assert exact <= found.gap_bound + 1e-12
        assert found.gap_bound < exact + 0.1
        assert abs(found.carried - wasserstein_distance(x, y)) <= 1 / BINS
        assert abs(found.shift.value - (y.mean() - x.mean())) <= 1 / BINS
        evidently = wasserstein_distance(x, y) / max(np.std(x), 0.001)
        assert found.carried / np.std(x) == pytest.approx(evidently, abs=1 / BINS / np.std(x))


def test_all_confidences_equal_is_one_bin_and_no_shift() -> None:
    same = seen(np.array([600]), np.full(600, 0.7))
    found = confidence_shift(same, same)
    assert found is not None
    assert (found.carried, found.gap, found.shift.value) == (0, 0, 0)
    assert found.shift.error > 0
    assert found.gap_bound == 1, "within the bin the values may be anywhere"


@given(COUNTS, COUNTS)
def test_the_floor_is_what_random_splits_stay_below(one: list[int], other: list[int]) -> None:
    size = min(len(one), len(other))
    before, after = np.array(one[:size], float), np.array(other[:size], float)
    if not (before.sum() and after.sum()):
        return
    floor = split.floor(before, after)
    random = np.random.default_rng(1)
    rows = np.repeat(np.arange(size), (before + after).astype(int))
    found = []
    for _ in range(200):
        random.shuffle(rows)
        first = np.bincount(rows[: int(before.sum())], minlength=size)
        second = before + after - first
        found.append(np.abs(first / before.sum() - second / after.sum()).sum() / 2)
    assert np.mean(np.array(found) <= floor + 1e-9) > 0.80


def test_marginal_homogeneity_is_that_of_statsmodels() -> None:
    random = np.random.default_rng(5)
    table = random.integers(0, 40, (4, 4))
    best, candidate = (each.ravel() for each in np.indices((4, 4)))
    triples = Triples(best * 0, best, candidate, table.ravel().astype(float))
    expected = SquareTable(table, shift_zeros=False).homogeneity()
    found = stuart_maxwell(triples, 4)
    assert found is not None
    assert found == pytest.approx((expected.statistic, expected.df, expected.pvalue), rel=1e-9)


def test_models_that_never_differ_claim_the_classes_equally() -> None:
    same = np.array([0, 1])
    assert stuart_maxwell(Triples(same, same, same, np.array([3.0, 4.0])), 2) == (0, 0, 1)


def labelled(random: np.random.Generator, rows: int, honest: float = 0.0, low: float = 0.4) -> Observed:
    """One class; the model is right as often as it says, less ``honest``."""
    said = random.uniform(low, 1, rows)
    right = random.random(rows) < said - honest
    confidence = np.stack([histogram(said[~right]), histogram(said[right]), np.zeros(BINS)])
    rows_, hits = np.array([float(rows)]), np.array([float(right.sum())])
    return Observed(("owl",), rows_, rows_, hits, rows_, confidence)


def test_every_estimate_is_near_where_confidence_means_what_it_meant() -> None:
    random = np.random.default_rng(7)
    reference, current = labelled(random, 50_000), labelled(random, 50_000, low=0.2)
    found = estimates(reference, current)
    truth = current.right / current.labelled
    assert list(found) == ["p@1", "DoC", "ATC", "CBPE"]
    assert found["p@1"] == pytest.approx(truth, abs=0.01)
    assert found["DoC"] == pytest.approx(truth, abs=0.01)
    assert found["CBPE"] == pytest.approx(truth, abs=0.06), "below the reference's confidences it knows nothing"
    assert spread(found) == max(found.values()) - min(found.values())


def test_thresholds_and_bins_are_the_papers_on_the_values() -> None:
    random = np.random.default_rng(8)
    said, later = random.beta(5, 2, 30_000), random.beta(4, 2, 30_000)
    right = random.random(30_000) < said**2
    confidence = np.stack([histogram(said[~right]), histogram(said[right]), np.zeros(BINS)])
    rows = np.array([30_000.0])
    reference = Observed(("owl",), rows, rows, np.array([float(right.sum())]), rows, confidence)
    found = estimates(reference, seen(rows, later, ("owl",)))
    threshold = np.quantile(said, 1 - right.mean())
    assert found["ATC"] == pytest.approx((later > threshold).mean(), abs=2e-3)
    assert found["DoC"] == pytest.approx(right.mean() - (said.mean() - later.mean()), abs=1e-3)
    assert found["p@1"] == pytest.approx(later.mean(), abs=1e-3)
    assert found["CBPE"] == pytest.approx((later**2).mean(), abs=0.01)


def test_estimates_that_the_truth_refutes_are_called_too_kind() -> None:
    random = np.random.default_rng(9)
    reference, current = labelled(random, 20_000), labelled(random, 20_000, honest=0.2)
    found = estimates(reference, current)
    truth = current.right / current.labelled
    assert min(found.values()) > truth + 0.1
    reasons = validity(found, (truth - 0.01, truth + 0.01), None, 0, 500, 20_000).reasons
    assert len(reasons) == 1
    assert "too kind" in reasons[0]
    assert validity(found, None, None, 0, 500, 20_000).reasons == ()
    assert "too harsh" in validity({"p@1": 0.2}, (0.5, 0.6), None, 0, 500, 20_000).reasons[0]
    many = validity({"p@1": 0.2, "DoC": 0.4}, None, 0.1, 2, 500, 3).reasons
    assert [reason.split()[0] for reason in many] == ["only", "the", "2", "the"]


def test_without_truths_or_confidences_there_is_no_estimate() -> None:
    bare = seen(np.array([9.0]))
    assert estimates(bare, seen(np.array([9.0]), np.full(9, 0.5))) == {}
    assert estimates(labelled(np.random.default_rng(0), 9), bare) == {}


def test_classes_that_are_new_beyond_chance_are_named_most_frequent_first() -> None:
    labels = ("ABQ", "ACK", "BOS", "XNA")
    before, after = seen(np.array([0, 0, 5_000, 40]), labels=labels), seen(np.array([20, 30, 5_000, 0]), labels=labels)
    assert [each.name for each in new_classes(before, after)] == ["ACK", "ABQ"]
    assert [(each.name, each.rows) for each in gone_classes(before, after)] == [("XNA", 40)]
    assert new_classes(before, seen(np.array([1, 0, 5_000, 40]), labels=labels)) == (), "one row may be chance"
    assert new_classes(seen(np.zeros(4), labels=labels), after) == (), "with nothing to compare nothing is new"


def rows(hits: list[int], support: list[int], claims: list[int]) -> Observed:
    """Three classes."""
    totals = (np.array(each, float) for each in (claims, claims, hits, support))
    return Observed(("a", "b", "c"), *totals, unknown(None))


def test_damage_is_named_where_f1_fell_beyond_chance() -> None:
    found = damage(rows([90, 5, 0], [100, 10, 0], [100, 10, 0]), rows([40, 4, 0], [100, 10, 50], [60, 10, 0]))
    assert found is not None
    assert list(found.labels) == ["a", "b", "c"]
    assert found.before == pytest.approx([0.9, 0.5, 0.0])
    assert found.after == pytest.approx([0.5, 0.4, 0.0])
    assert list(found.damaged) == [True, False, False]
    assert list(found.new) == [False, False, True]


def test_damage_is_seldom_named_by_chance() -> None:
    """400 classes of 12 rows that did not change, 60 times."""
    random, named = np.random.default_rng(2), 0
    for _ in range(60):
        samples = []
        for _ in range(2):
            hits, false = random.binomial(12, 0.6, 400), random.binomial(12, 0.4, 400)
            support = np.full(400, 12.0)
            totals = (hits + false, hits + false, hits, support)
            labels = tuple(map(str, range(400)))
            samples.append(Observed(labels, *(each.astype(float) for each in totals), unknown(None)))
        found = damage(*samples)
        assert found is not None
        named += int(found.damaged.any())
    assert named <= 0.15 * 60


def test_correlations_are_scipys() -> None:
    random = np.random.default_rng(4)
    said, true = random.random(9), np.round(random.random(9), 1)
    points = [
        Point(0, 1, 900, 900, False, s, None, {"p@1": s, "CBPE": s}, t, None, t)
        for s, t in zip(said.tolist(), true.tolist(), strict=True)
    ]
    found = next(agreements(points))
    assert (found.estimate, found.realised, found.points) == ("p@1", "accuracy", 9)
    assert found.pearson == pytest.approx(pearsonr(said, true).statistic)
    assert found.spearman == pytest.approx(spearmanr(said, true).statistic)
    assert list(agreements(points[:2])) == []


def test_psi_of_identical_distributions_is_what_chance_makes_of_many_classes() -> None:
    random = np.random.default_rng(6)
    shares = np.full(300, 1 / 300)
    found = [class_shift(*(seen(random.multinomial(20_000, shares)) for _ in range(2))) for _ in range(60)]
    assert np.mean([each is not None and each.psi < each.psi_chance for each in found]) >= 0.85
    assert not math.isinf(max(each.psi for each in found if each))
