"""The rule about a score of the predictions: outcomes and sentences for every kind of counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from gate.counts import Counts
from gate.rules import CompareRule
from gate.verdict import Effect, Finding, Outcome
from tests.evidence import confusions, evidence, grouped, margin, run, sliced, two_classes, unpaired, weighted
from tests.triples import THREE_CLASSES, counts_of

PASSED, REVIEW, UNKNOWN, FAILED = Outcome

WORSE = two_classes(8_800, 200, 300, 700)  # 10,000 rows, 5 % of them discordant, 1 pp lost
EVEN = two_classes(8_800, 250, 250, 700)
SHAKEN = two_classes(8_560, 470, 470, 500)  # its margin would be rounded down


def judged(counts: Counts | None, metric: str = "accuracy", allowed: str = "0.5pp", **more: object) -> Finding:
    return CompareRule(metric, margin(allowed), **more).judge(evidence(counts))  # type: ignore[arg-type]


def width(effect: Effect) -> float:
    assert effect.low is not None
    assert effect.high is not None
    return effect.high - effect.low


DECISIONS = {
    # name: counts, margin, outcome, words of the sentence
    "within": (
        EVEN, "0.5pp", PASSED,
        "accuracy 0.905 -> 0.905, 95 % CI of the difference [-0.004, +0.004], margin 0.005: pass (paired, N=10,000)",
    ),
    "open": (WORSE, "1pp", REVIEW, "0.910 -> 0.900, 95 % CI of the difference [-0.014, -0.006], margin 0.01: inconcl"),
    "open, and worse": (WORSE, "1pp", REVIEW, "inconclusive: worse, and perhaps by more than the margin (paired"),
    "within, and worse": (WORSE, "2pp", PASSED, "pass: worse, but by less than the margin (paired"),
    "open, of the best": (WORSE, "1%", REVIEW, "margin 1 % of 0.910 = 0.0091: inconclusive (paired"),
    "beyond": (WORSE, "0.5pp", FAILED, "margin 0.005: fail (paired, N=10,000)"),
    "within, of the best": (EVEN, "1%", PASSED, "margin 1 % of 0.905 = 0.00905: pass"),
    "beyond, of the best": (WORSE, "0.4%", FAILED, "margin 0.4 % of 0.910 = 0.00364: fail"),
    "in metric units": (EVEN, "0.005", PASSED, "margin 0.005: pass"),
    "nothing may be lost": (EVEN, "0", REVIEW, "margin 0: inconclusive"),
    "certainly better": (two_classes(8_800, 400, 200, 600), "0", PASSED, "[+0.015, +0.025], margin 0: pass"),
    "one row, right": (two_classes(1, 0, 0), "1pp", REVIEW, "[-0.793, +0.793], margin 0.01: inconclusive"),
    "one row, lost": (two_classes(0, 0, 1), "1pp", REVIEW, "1.000 -> 0.000"),
    "ten rows, all the same": (two_classes(10, 0, 0), "5%", REVIEW, "inconclusive (paired, N=10)"),
    "no row": (two_classes(0, 0, 0), "1pp", UNKNOWN, "there is no row with a truth"),
}  # fmt: skip


@pytest.mark.parametrize(("counts", "allowed", "outcome", "words"), DECISIONS.values(), ids=DECISIONS.keys())
def test_accuracy_is_judged_by_its_interval(counts: Counts, allowed: str, outcome: Outcome, words: str) -> None:
    found = judged(counts, allowed=allowed)
    assert (found.outcome, words in found.message) == (outcome, True), found.message


def test_no_counts_are_missing_evidence_with_the_reason() -> None:
    rule = CompareRule("accuracy", margin("1pp"))
    found = rule.judge(evidence(None, counts_missing="the run has no artifact"))
    assert (found.outcome, found.lacking) == (UNKNOWN, True)
    assert (
        found.message
        == "no predictions to compare: the run has no artifact; required: accuracy may fall by at most 1pp"
    )


@pytest.mark.parametrize(("part", "outcome"), [("candidate", UNKNOWN), ("best", REVIEW)])
def test_counts_of_nobody_are_not_believed(part: str, outcome: Outcome) -> None:
    found = CompareRule("accuracy", margin("50pp")).judge(evidence(EVEN, **{part: None}))
    assert (found.outcome, found.lacking) == (outcome, True)


def test_a_candidate_that_is_the_best_passes_once_there_are_rows_enough() -> None:
    same = evidence(two_classes(10_000, 0, 0), candidate=run("one"), best=run("one"))
    assert CompareRule("accuracy", margin("0.5pp")).judge(same).outcome is PASSED
    assert CompareRule("accuracy", margin("0")).judge(same).outcome is REVIEW


SCORES = ["accuracy", "macro_f1", "weighted_f1", "f1[0]", "recall[0]", "precision[0]"]


@pytest.mark.parametrize("metric", SCORES)
@pytest.mark.parametrize("rows", [1, 3, 10])
def test_a_few_rows_that_agree_prove_nothing(metric: str, rows: int) -> None:
    found = judged(two_classes(rows, 0, 0), metric, "3%")
    assert found.outcome is REVIEW
    assert found.effect is not None
    assert found.effect.low is not None
    assert found.effect.high is not None
    assert found.effect.low < -0.03
    assert found.effect.high > found.effect.low


@pytest.mark.parametrize("metric", SCORES)
def test_many_rows_that_agree_pass(metric: str) -> None:
    found = judged(two_classes(20_000, 0, 0, 300), metric, "1%")
    assert found.outcome is PASSED
    assert found.effect is not None
    assert found.effect.low is not None
    assert found.effect.low < 0


@pytest.mark.parametrize("metric", SCORES)
def test_every_score_sees_a_loss_and_a_gain(metric: str) -> None:
    assert judged(two_classes(800, 50, 150), metric, "2pp").outcome is FAILED
    assert judged(two_classes(800, 150, 50), metric, "2pp").outcome is PASSED


def test_the_reference_is_inconclusive() -> None:
    found = judged(THREE_CLASSES, "macro_f1", "0.02")
    assert found.outcome is REVIEW
    assert "macro-F1 over 3 classes 0.847 -> 0.806, 95 % CI of the difference [-0.122, +0.039]" in found.message


def test_classes_that_only_one_model_knows_are_classes_of_both() -> None:
    """The class set is the union: a class that the candidate invents counts as one that it has wrong."""
    invented = counts_of([(0, 0, 0, 400), (1, 1, 1, 400), (1, 1, 2, 60), (0, 3, 0, 40)])
    found = judged(invented, "macro_f1", "1pp")
    assert "over 4 classes" in found.message
    assert found.outcome is FAILED or found.outcome is REVIEW
    assert judged(invented, "recall[2]").outcome is UNKNOWN
    assert "no row is of the class '2'" in judged(invented, "f1[2]").message


def test_a_class_that_only_one_test_set_has_is_not_compared() -> None:
    apart = unpaired(EVEN, moved=5_000)
    assert apart.per_class.candidate.support[1] == 0
    assert judged(apart, "f1[1]").outcome is UNKNOWN


MISSING = {
    "a class that nobody knows": ("f1[owl]", {}, "there is no class 'owl'"),
    "a ranking": ("recall@5", {}, "there is no ranking of both models to a depth of 5 (counted: none)"),
    "a ranking of one": ("recall@5", {"top": {5: (90.0, None), 1: (80.0, 80.0)}}, "(counted: 1, 5)"),
    "a score that nobody knows": ("auc", {}, "there is no score 'auc'"),
}


@pytest.mark.parametrize(("metric", "change", "words"), MISSING.values(), ids=MISSING.keys())
def test_what_the_counts_do_not_know_is_missing(metric: str, change: dict[str, object], words: str) -> None:
    found = judged(replace(EVEN, **change), metric)  # type: ignore[arg-type]
    assert (found.outcome, words in found.message) == (UNKNOWN, True), found.message


def test_rankings_are_compared_as_if_of_different_rows() -> None:
    ranked = replace(EVEN, top={5: (9_500.0, 9_480.0)})
    found = judged(ranked, "recall@5", "1pp")
    assert found.outcome is PASSED
    assert "recall@5 0.950 -> 0.948, 95 % CI of the difference [-0.008, +0.004]" in found.message
    assert found.message.endswith("(paired, N=10,000, ranks as if of different rows)")
    assert judged(replace(ranked, weighted=True), "recall@5", "1pp").outcome is REVIEW


APART: dict[str, tuple[Callable[[Counts], Counts], str, str, Outcome, str]] = {
    "unpaired, within": (unpaired, "accuracy", "1pp", PASSED, "margin 0.01: pass (not paired, N=10,000 and"),
    "unpaired, open": (unpaired, "accuracy", "0.5pp", REVIEW, "margin 0.005: inconclusive"),
    "unpaired, other rows": (
        lambda counts: unpaired(counts, moved=10), "accuracy", "1pp", REVIEW,
        "tested on different rows, so that a person must judge",
    ),
    "unpaired, a mean": (unpaired, "macro_f1", "1pp", REVIEW, "rows could not be paired, and not all confusions"),
    "unpaired, a class": (unpaired, "f1[0]", "2pp", PASSED, "f1[0] 0.905 -> 0.905"),
    "confusion matrices, within": (confusions, "accuracy", "1pp", PASSED, "pass (not paired, N=10,000 and 10,000)"),
    "confusion matrices, a mean": (confusions, "macro_f1", "1pp", PASSED, "macro-F1 over 2 classes 0.905 -> 0.905"),
    "weighted, within": (weighted, "accuracy", "1pp", PASSED, "pass (paired, N=5,000, weighted)"),
    "weighted, a mean": (weighted, "macro_f1", "1pp", PASSED, "pass (paired, N=5,000, weighted)"),
    "weighted, a class": (weighted, "f1[0]", "2pp", PASSED, "weighted"),
    "weighted, without blocks": (
        lambda counts: replace(weighted(counts), blocks=None), "accuracy", "1pp", REVIEW,
        "the counts carry no resamples for it",
    ),
    "few groups": (lambda counts: grouped(counts, 40), "accuracy", "1pp", REVIEW, "inconclusive (paired, N=10,000, "),
    "many groups": (lambda counts: grouped(counts, 5_000), "accuracy", "1pp", PASSED, "paired, N=10,000, grouped)"),
}  # fmt: skip


@pytest.mark.parametrize(("less", "metric", "allowed", "outcome", "words"), APART.values(), ids=APART.keys())
def test_counts_that_know_less_are_judged_with_more_care(
    less: Callable[[Counts], Counts], metric: str, allowed: str, outcome: Outcome, words: str
) -> None:
    found = judged(less(EVEN), metric, allowed)
    assert (found.outcome, words in found.message) == (outcome, True), found.message


@pytest.mark.parametrize("less", [unpaired, confusions, lambda counts: grouped(counts, 40)])
def test_a_loss_that_paired_rows_show_is_harder_to_see(less: Callable[[Counts], Counts]) -> None:
    whole, part = judged(WORSE).effect, judged(less(WORSE)).effect
    assert whole is not None
    assert part is not None
    assert width(part) > 1.5 * width(whole)


def test_other_rows_pass_at_no_level() -> None:
    found = CompareRule("accuracy", margin("1pp"), level="info").judge(evidence(unpaired(EVEN, moved=10)))
    assert (found.outcome, found.lacking) == (REVIEW, True)


def test_rows_that_only_one_table_has_are_told() -> None:
    half = replace(EVEN, pairing=replace(EVEN.pairing, best=12_500))
    assert judged(half).message.endswith("(paired, N=10,000, 80 % of all rows matched)")


def test_a_slice_is_judged_by_its_own_rows() -> None:
    counts = sliced(EVEN, ("site", "north", WORSE), ("site", "south", EVEN))
    north, south, west = (judged(counts, slice=f"site={value}") for value in ("north", "south", "west"))
    assert (north.outcome, south.outcome, west.outcome) == (FAILED, PASSED, UNKNOWN)
    assert north.message.startswith("site=north: accuracy 0.910 -> 0.900")
    assert "there is no slice site=west in the predictions (counted: site=north, site=south)" in west.message
    assert judged(counts, "f1[0]", "2pp", slice="site=south").outcome is PASSED
    mean = judged(counts, "macro_f1", slice="site=south")
    assert (mean.outcome, "carry no resamples" in mean.message) == (REVIEW, True)


def test_the_anchor_has_counts_of_its_own() -> None:
    found = CompareRule("accuracy", margin("0.5pp"), against="anchor").judge(evidence(EVEN, anchor_counts=WORSE))
    assert found.outcome is FAILED
    for part in ("anchor", "anchor_counts"):
        without = evidence(EVEN, **{part: None}, missing={part: "it was deleted"})
        found = CompareRule("accuracy", margin("0.5pp"), against="anchor").judge(without)
        assert (found.outcome, "it was deleted" in found.message) == (UNKNOWN, True)


METHODS = {
    "a mean of small classes": (two_classes(30, 6, 6), "macro_f1", "auto", "bootstrap"),
    "a mean of large classes": (EVEN, "macro_f1", "auto", "delta"),
    "a mean, as asked": (EVEN, "macro_f1", "bootstrap", "bootstrap"),
    "delta for small classes": (two_classes(15, 6, 6), "macro_f1", "delta", "bootstrap"),
    "delta for models that hardly differ": (two_classes(5_000, 4, 4), "macro_f1", "delta", "bootstrap"),
    "a mean in blocks": (replace(grouped(EVEN, 500), grouped=False), "weighted_f1", "auto", "delta"),
    "accuracy": (EVEN, "accuracy", "auto", "tango"),
    "accuracy, resampled": (EVEN, "accuracy", "bootstrap", "bootstrap"),
    "accuracy of groups": (grouped(EVEN, 500), "accuracy", "auto", "blocks"),
    "recall of a class": (EVEN, "recall[1]", "auto", "tango"),
    "accuracy, unpaired": (unpaired(EVEN), "accuracy", "bootstrap", "newcombe"),
}


@pytest.mark.parametrize(("counts", "metric", "method", "formula"), METHODS.values(), ids=METHODS.keys())
def test_the_formula_fits_the_counts(counts: Counts, metric: str, method: str, formula: str) -> None:
    effect = judged(counts, metric, "5pp", method=method).effect
    assert effect is not None
    assert effect.formula == formula
    assert effect.low is not None
    assert effect.high is not None
    assert effect.low < effect.estimate < effect.high


def test_confidence_widens_and_replicates_are_obeyed() -> None:
    sure, unsure = (judged(WORSE, confidence=each).effect for each in (0.99, 0.8))
    assert sure is not None
    assert unsure is not None
    assert width(sure) > 1.5 * width(unsure)
    few, many = (judged(THREE_CLASSES, "macro_f1", replicates=each).effect for each in (100, 1_000))
    assert few is not None
    assert many is not None
    assert few.low != many.low


NEEDED = {
    "a pass": (EVEN, "0.5pp", "it passes with every margin above 0.0044"),
    "better": (two_classes(8_800, 400, 200, 600), "0.5pp", "it passes with any margin, also 0"),
    "a failure": (WORSE, "0.5pp", "it fails with every margin below 0.0056"),
    "open": (WORSE, "1.2pp", "about 99,000 rows would decide (now 10,000), if nothing else changes"),
    "at the margin": (WORSE, "1pp", "no number of rows would decide: what was found is the limit itself"),
}


@pytest.mark.parametrize(("counts", "allowed", "needed"), NEEDED.values(), ids=NEEDED.keys())
def test_every_answer_says_what_would_change_it(counts: Counts, allowed: str, needed: str) -> None:
    effect = judged(counts, allowed=allowed).effect
    assert effect is not None
    assert effect.needed == needed
    assert effect.margin == pytest.approx(-margin(allowed).absolute)
    assert effect.n == 10_000
    assert effect.levels is not None
    assert effect.levels[1] - effect.levels[0] == pytest.approx(effect.estimate)


@pytest.mark.parametrize(
    ("counts", "allowed", "step", "outcome"),
    [(EVEN, "0.5pp", 1e-6, PASSED), (SHAKEN, "1pp", 1e-6, PASSED), (WORSE, "0.5pp", -1e-6, FAILED)],
    ids=["even", "shaken", "fail"],
)
def test_the_margin_that_is_said_to_be_enough_is(counts: Counts, allowed: str, step: float, outcome: Outcome) -> None:
    """Rounded so that it holds from there on."""
    found = judged(counts, allowed=allowed)
    assert found.effect is not None
    named = float(found.effect.needed.rsplit(" ", 1)[1])
    assert judged(counts, allowed=f"{named + step:.6f}").outcome is found.outcome is outcome


def test_the_rows_that_are_said_to_decide_do() -> None:
    enough = two_classes(*(count * 99 // 10 for count in (8_800, 200, 300, 700)))
    assert judged(enough, allowed="1.2pp").outcome is PASSED


def test_what_is_undecided_may_count_as_a_failure() -> None:
    found = judged(WORSE, allowed="1pp", on_inconclusive="fail")
    assert found.outcome is FAILED
    assert "inconclusive" in found.message


def test_a_relative_margin_moves_with_the_best() -> None:
    """Rows that both models have right raise what may be lost together with the score: frozen, it would stay."""
    counts = two_classes(60, 15, 15, 10)
    relative, frozen = (judged(counts, allowed=each).effect for each in ("50%", "0.375"))
    assert relative is not None
    assert frozen is not None
    assert relative.margin == pytest.approx(frozen.margin)
    assert width(relative) < 0.9 * width(frozen)


def test_twice_the_same_rows_in_any_order_are_judged_alike() -> None:
    triples = THREE_CLASSES.triples
    assert triples is not None
    rows = list(zip(triples.truth, triples.best, triples.candidate, triples.count.astype(int), strict=True))
    again = counts_of([tuple(map(int, row)) for row in rows], 3)  # type: ignore[misc]
    assert judged(again, "macro_f1").message == judged(THREE_CLASSES, "macro_f1").message
    assert np.array_equal(again.per_class.best.hits, THREE_CLASSES.per_class.best.hits)
