"""The rules about flips, slices and drift: outcomes and sentences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gate.counts import Counts, Histograms
from gate.rules import DriftRule, FlipsRule, SlicesRule
from gate.verdict import Finding, Outcome
from tests.evidence import confident, confusions, evidence, grouped, margin, sliced, two_classes, unpaired, weighted
from tests.triples import counts_of

PASSED, REVIEW, UNKNOWN, FAILED = Outcome
EVEN = two_classes(8_800, 250, 200, 750)  # 2 % negative flips
PLENTY = two_classes(88_000, 2_500, 2_000, 7_500)

FLIPS = {
    # name: counts, demands, outcome, words
    "for information": (
        EVEN, {}, PASSED, "negative flips 2.0 % [1.7, 2.3]; relative NFR 0.23 [0.21, 0.26]; churn 4.5 %",
    ),
    "open": (EVEN, {"max_nfr": 0.02}, REVIEW, "negative flips 2.0 % [1.7, 2.3], limit 2 %: inconclusive"),
    "open, though more was found": (EVEN, {"max_nfr": 0.019}, REVIEW, "limit 1.9 %: inconclusive"),
    "within": (EVEN, {"max_nfr": 0.03}, PASSED, "limit 3 %: pass"),
    "beyond": (EVEN, {"max_nfr": 0.015}, FAILED, "limit 1.5 %: fail"),
    "churn, beyond": (EVEN, {"max_churn": 0.04}, FAILED, "churn 4.5 % [4.1, 4.9], limit 4 %: fail"),
    "churn, within": (EVEN, {"max_churn": 0.05}, PASSED, "limit 5 %: pass"),
    "relative, beyond": (EVEN, {"max_relative_nfr": 0.2}, FAILED, "limit 0.2: fail"),
    "relative, within": (EVEN, {"max_relative_nfr": 0.3}, PASSED, "limit 0.3: pass"),
    "one within, one beyond": (EVEN, {"max_nfr": 0.03, "max_churn": 0.04}, FAILED, "pass; relative"),
    "no flip in ten rows": (two_classes(10, 0, 0), {"max_nfr": 0.02}, REVIEW, "negative flips 0.0 % [0.0, 27.8]"),
    "no flip in many rows": (two_classes(9_000, 0, 0), {"max_nfr": 0.02}, PASSED, "limit 2 %: pass"),
    "one row": (two_classes(1, 0, 0), {"max_nfr": 0.5}, REVIEW, "inconclusive"),
    "no row": (two_classes(0, 0, 0), {}, UNKNOWN, "there is no row with a truth"),
    "unpaired": (unpaired(EVEN), {}, UNKNOWN, "which predictions flipped is not known"),
    "confusion matrices": (confusions(EVEN), {"max_nfr": 0.5}, UNKNOWN, "which predictions flipped is not known"),
    "weighted": (weighted(EVEN), {"max_nfr": 0.03}, PASSED, "(paired, N=5,000, weighted)"),
    "few groups": (grouped(EVEN, 50), {"max_nfr": 0.03}, REVIEW, "limit 3 %: inconclusive"),
    "groups, no blocks": (replace(EVEN, grouped=True), {"max_nfr": 0.03}, REVIEW, "flips have no interval"),
    "nothing": (None, {}, UNKNOWN, "no predictions to compare"),
}  # fmt: skip


@pytest.mark.parametrize(("counts", "limits", "outcome", "words"), FLIPS.values(), ids=FLIPS.keys())
def test_flips_are_held_to_their_limits(
    counts: Counts | None, limits: dict[str, float], outcome: Outcome, words: str
) -> None:
    found = FlipsRule(**limits).judge(evidence(counts))  # type: ignore[arg-type]
    assert (found.outcome, words in found.message) == (outcome, True), found.message


def test_the_effect_of_flips_is_a_ceiling_with_the_rows_that_would_decide() -> None:
    effect = FlipsRule(max_nfr=0.021).judge(evidence(EVEN)).effect
    assert effect is not None
    assert (effect.label, effect.estimate, effect.margin, effect.fewer) == ("negative flips", 0.02, 0.021, True)
    assert effect.needed.startswith("about 1")
    assert effect.needed.endswith(" rows would decide (now 10,000), if nothing else changes")


def slices(counts: Counts, allowed: str = "2pp", **more: object) -> Finding:
    return SlicesRule(margin(allowed), **more).judge(evidence(counts))  # type: ignore[arg-type]


GOOD, BAD, OPEN = two_classes(900, 50, 50), two_classes(880, 20, 100), two_classes(900, 40, 60)
SMALL = two_classes(80, 0, 15)
CAMERAS = sliced(PLENTY, ("camera", "day", PLENTY), ("camera", "night", BAD), ("site", "north", PLENTY))
SLICES = {
    "one is worse": (
        CAMERAS, {}, FAILED, "camera=night (n=1,000): accuracy -8.0 pp [-10.2, -6.0], margin 2 pp: fail; 3 sl",
    ),
    "it is not asked for": (CAMERAS, {"columns": ("site",)}, PASSED, "1 slice tested: 0 worse, 0 open, 1 within"),
    "one is open": (
        sliced(PLENTY, ("camera", "night", OPEN), ("camera", "day", PLENTY)), {}, REVIEW,
        "camera=night (n=1,000): accuracy -2.0 pp [-4.0, -0.0], margin 2 pp: inconclusive; 2 slices",
    ),
    "all within": (
        sliced(PLENTY, ("camera", "day", PLENTY)), {}, PASSED, "0 worse, 0 open, 1 within (paired, N=100,000)",
    ),
    "of the best": (CAMERAS, {"allowed": "1%"}, FAILED, "margin 0.98 pp: fail"),
    "one is small": (
        sliced(PLENTY, ("camera", "day", PLENTY), ("camera", "night", SMALL)), {}, PASSED,
        "1 within, 1 with fewer than 100 rows not tested",
    ),
    "all are small": (sliced(PLENTY, ("camera", "night", SMALL)), {}, REVIEW, "0 slices tested"),
    "small ones are wanted": (sliced(PLENTY, ("camera", "night", SMALL)), {"min_support": 50}, FAILED, "(n=95)"),
    "a column that is not there": (CAMERAS, {"columns": ("weather",)}, UNKNOWN, "there are no slices of weather in"),
    "one column of two": (CAMERAS, {"columns": ("site", "weather")}, UNKNOWN, "no slices of weather in"),
    "no slices": (PLENTY, {}, UNKNOWN, "there are no slices of any column"),
    "unpaired": (
        sliced(unpaired(PLENTY), ("camera", "day", unpaired(PLENTY))), {}, REVIEW, "only tested on paired rows",
    ),
    "groups, no blocks": (replace(CAMERAS, grouped=True), {}, REVIEW, "slices cannot be tested"),
    "an empty slice": (
        sliced(PLENTY, ("camera", "day", two_classes(0, 0, 0))), {"min_support": 0}, REVIEW, "0 slices te",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("counts", "keys", "outcome", "words"), SLICES.values(), ids=SLICES.keys())
def test_every_slice_is_held_to_the_margin(
    counts: Counts, keys: dict[str, object], outcome: Outcome, words: str
) -> None:
    found = slices(counts, **keys)  # type: ignore[arg-type]
    assert (found.outcome, words in found.message) == (outcome, True), found.message


def test_among_many_slices_one_that_chance_made_bad_does_not_fail() -> None:
    """Alone it would fail; one of a hundred is as bad as that by chance."""
    alone = sliced(PLENTY, ("id", "bad", two_classes(900, 35, 80)))
    many = replace(alone, slices=alone.slices + sliced(PLENTY, *(("id", str(i), PLENTY) for i in range(99))).slices)
    assert slices(alone).outcome is FAILED
    assert slices(many).outcome is REVIEW


def test_a_slice_fails_by_the_interval_that_is_printed() -> None:
    """The one-sided test would call it worse, but the interval still holds the margin."""
    found = slices(sliced(PLENTY, ("camera", "night", two_classes(857, 35, 73, 35))))
    assert (found.outcome, "[-5.9, -1.8], margin 2 pp: inconclusive" in found.message) == (REVIEW, True)


def test_only_the_worst_slices_are_named() -> None:
    many = sliced(PLENTY, *(("id", str(number), BAD) for number in range(9)))
    said = slices(many).message
    assert said.count("(n=1,000)") == 5
    assert "9 slices tested: 9 worse" in said


def test_slices_of_groups_are_worth_fewer_rows() -> None:
    inside = sliced(grouped(PLENTY, 100), ("camera", "day", two_classes(900, 30, 30)))
    assert slices(sliced(PLENTY, ("camera", "day", two_classes(900, 30, 30)))).outcome is PASSED
    assert slices(inside).outcome is REVIEW


MOVED = counts_of([(0, 0, 0, 5_000), (1, 1, 1, 4_000), (0, 0, 1, 900), (1, 1, 0, 100)], 2)
DRIFTS = {
    "hardly": (EVEN, {}, PASSED, "class shares moved 0 % (chance alone: up to "),
    "beyond chance": (
        MOVED, {}, FAILED, "class shares moved 8 % (chance alone: up to 0.6 %), limit 2 % beyond chance: fail",
    ),
    "within the limit": (MOVED, {"max_class_shift": 0.08}, PASSED, "limit 8 % beyond chance: pass"),
    "beyond it by chance": (MOVED, {"max_class_shift": 0.078}, PASSED, "limit 7.8 % beyond chance: pass"),
    "for information": (
        MOVED, {"max_class_shift": None}, PASSED, "class shares moved 8 % (chance alone: up to 0.6 %) (",
    ),
    "one row": (two_classes(1, 0, 0), {}, REVIEW, "fewer than 100 rows show no drift"),
    "few rows, and yet": (counts_of([(0, 0, 1, 90)], 2), {}, FAILED, "moved 100 %"),
    "no row": (two_classes(0, 0, 0), {}, UNKNOWN, "there are no predictions whose classes could have moved"),
    "unpaired": (unpaired(MOVED), {}, FAILED, "class shares moved 8 %"),
    "confusion matrices": (confusions(EVEN), {}, PASSED, "(not paired, N=10,000 and 10,000)"),
    "blocks alone": (replace(MOVED, triples=None), {}, FAILED, "class shares moved 8 % (chance alone: up to"),
    "weighted": (weighted(MOVED), {}, FAILED, "weighted"),
    "no confidence": (EVEN, {"max_confidence_shift": 0.02}, UNKNOWN, "do not have a confidence"),
    "the same confidence": (
        confident(EVEN), {"max_confidence_shift": 0.02}, PASSED, "mean p@1 0.800 -> 0.800 [-0.001, +0",
    ),
    "more confident": (
        confident(EVEN, 800, 830), {"max_confidence_shift": 0.02}, FAILED, "0.830 [+0.029, +0.031], moved 0.030",
    ),
    "less confident": (confident(EVEN, 800, 770), {"max_confidence_shift": 0.02}, FAILED, "0.770 [-0.031, -0.029]"),
    "just about": (confident(EVEN, 800, 820), {"max_confidence_shift": 0.02}, REVIEW, "limit 0.02: inconclusive"),
    "confidence, for information": (confident(EVEN, 800, 830), {}, PASSED, "mean p@1 0.800 -> 0.830"),
    "confidence of one row": (
        confident(two_classes(1, 0, 0)), {"max_class_shift": None, "max_confidence_shift": 0.5}, REVIEW, "p@1",
    ),
    "recalibrated": (
        confident(two_classes(9_000, 0, 0, 1_000), 800, 830), {}, PASSED,
        "no prediction changed, so this is a recalibration",
    ),
    "groups, no blocks": (replace(confident(EVEN), grouped=True), {}, REVIEW, "what chance does is not known"),
    "many groups": (grouped(MOVED, 2_000), {}, FAILED, "class shares moved 8 % (chance alone: up to "),
    "few groups": (grouped(MOVED, 60), {}, REVIEW, "fewer than 100 rows show no drift"),
    "nothing": (None, {}, UNKNOWN, "no predictions to compare"),
}  # fmt: skip


@pytest.mark.parametrize(("counts", "limits", "outcome", "words"), DRIFTS.values(), ids=DRIFTS.keys())
def test_drift_is_held_to_its_limits(
    counts: Counts | None, limits: dict[str, float | None], outcome: Outcome, words: str
) -> None:
    found = DriftRule(**limits).judge(evidence(counts))  # type: ignore[arg-type]
    assert (found.outcome, words in found.message) == (outcome, True), found.message


def test_predictions_without_truth_drift_too() -> None:
    silent = replace(EVEN.per_class.best, support=np.zeros(2), claims=np.zeros(2), hits=np.zeros(2))
    shares = [replace(silent, predicted=np.array(each)) for each in ((9_000.0, 1_000.0), (8_000.0, 2_000.0))]
    per_class = replace(EVEN.per_class, best=shares[0], candidate=shares[1])
    unlabelled = replace(EVEN, per_class=per_class, triples=None)
    found = DriftRule().judge(evidence(unlabelled))
    assert (found.outcome, "class shares moved 10 %" in found.message) == (FAILED, True)


def test_confidence_that_only_one_model_has_is_missing() -> None:
    one = replace(EVEN, confidence=Histograms(best=np.ones((3, 1_000))))
    assert DriftRule(max_confidence_shift=0.5).judge(evidence(one)).outcome is UNKNOWN
    assert DriftRule().judge(evidence(one)).outcome is PASSED
