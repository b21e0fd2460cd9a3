"""The rule about one reported metric: every corner, with its outcome and its sentence."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from gate.evidence import Evidence
from gate.rules import MetricRule
from gate.verdict import Outcome
from tests.evidence import margin, run

PASSED, REVIEW, UNKNOWN, FAILED = Outcome
CORNERS = {
    # name: best, new, direction, margin, outcome, words of the sentence
    "the example": (
        0.912, 0.897, "max", "3%", PASSED,
        "a/b 0.912 -> 0.897 (-1.6 %); allowed -3 % = -0.02736: pass (point comparison, uncertainty unknown)",
    ),
    "worse than allowed": (0.912, 0.880, "max", "3%", FAILED, "allowed -3 % = -0.02736: fail"),
    "the boundary itself": (0.52, 0.4784, "max", "8%", PASSED, "0.52 -> 0.4784 (-8 %); allowed -8 % = -0.0416: pass"),
    "just beyond the boundary": (0.52, 0.478399, "max", "8%", FAILED, "fail"),
    "negative": (-2.0, -2.1, "max", "10%", PASSED, "-2 -> -2.1 (-5 %); allowed -10 % = -0.2: pass"),
    "negative, by too much": (-2.0, -2.21, "max", "10%", FAILED, "(-10.5 %)"),
    "negative, to fall": (-2.0, -1.9, "min", "10%", PASSED, "allowed +10 % = +0.2: pass"),
    "a loss may rise": (0.50, 0.54, "min", "0.05", PASSED, "0.5 -> 0.54 (+8 %); allowed +0.05: pass"),
    "a loss rises too far": (0.50, 0.56, "min", "5pp", FAILED, "allowed +5pp = +0.05: fail"),
    "best is 0, by percentage": (0.0, -0.1, "max", "50%", FAILED, "of 0, which is nothing (a percentage of 0: give an"),
    "best is 0, equal": (0.0, 0.0, "max", "50%", PASSED, "0 -> 0 (+0)"),
    "best is 0, absolutely": (0.0, -0.1, "max", "0.2", PASSED, "0 -> -0.1 (-0.1); allowed -0.2: pass"),
    "nothing may be lost": (0.9, 0.9, "max", "0", PASSED, "0.9 -> 0.9 (+0 %); allowed -0: pass"),
    "new is NaN": (0.5, math.nan, "max", "1%", FAILED, "a/b of the candidate is nan, not a number"),
    "new is infinite": (0.5, math.inf, "max", "1%", FAILED, "a/b of the candidate is inf"),
    "best is NaN": (math.nan, 0.5, "max", "1%", REVIEW, "a/b of the best is nan"),
    "best is infinite": (-math.inf, 0.5, "max", "1%", REVIEW, "a/b of the best is -inf"),
    "a loss of exactly 0": (0.5, 0.0, "min", "1%", UNKNOWN, "how ClearML stores NaN and infinity"),
    "the best's loss is exactly 0": (0.0, 0.5, "min", "1%", REVIEW, "of the best is exactly 0"),
    "new was never reported": (0.5, None, "max", "1%", UNKNOWN, "a/b of the candidate was never reported"),
    "best was never reported": (None, 0.5, "max", "1%", UNKNOWN, "a/b of the best was never reported"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("best", "new", "direction", "allowed", "outcome", "words"), CORNERS.values(), ids=CORNERS.keys()
)
def test_a_metric_is_judged(
    best: float | None, new: float | None, direction: str, allowed: str, outcome: Outcome, words: str
) -> None:
    found = MetricRule("a/b", direction, margin(allowed)).judge(Evidence(run("new", new), run("old", best)))  # type: ignore[arg-type]
    assert (found.outcome, words in found.message) == (outcome, True), found.message


def test_without_a_best_it_is_a_first_baseline_and_a_person_reviews_it() -> None:
    found = MetricRule("a/b", "max", margin("3%")).judge(Evidence(run(), None))
    assert (found.outcome, found.lacking) == (REVIEW, True)
    assert found.message.startswith("a/b 0.9: there is no best to be compared with: a first baseline")


def test_a_candidate_that_is_the_best_loses_nothing() -> None:
    found = MetricRule("a/b", "max", margin("0")).judge(Evidence(run("one"), run("one")))
    assert (found.outcome, "0.9 -> 0.9 (+0 %)" in found.message) == (PASSED, True)


@pytest.mark.parametrize("new", [None, math.nan])
def test_an_unreadable_candidate_is_no_first_baseline(new: float | None) -> None:
    outcome = MetricRule("a/b", "max", margin("3%")).judge(Evidence(run("new", new), None)).outcome
    assert outcome is (UNKNOWN if new is None else FAILED)


def test_what_is_undecided_may_count_as_a_failure() -> None:
    rule = MetricRule("a/b", "max", margin("3%"), on_inconclusive="fail")
    assert rule.judge(Evidence(run(), run("old", math.nan))).outcome is FAILED
    assert rule.judge(Evidence(run(), None)).outcome is REVIEW


FLOORS = {
    # name: min, max, new, outcome
    "above the floor": (0.85, None, 0.9, PASSED),
    "on the floor": (0.85, None, 0.85, PASSED),
    "on a floor that binary floats miss": (0.3, None, 0.7 - 0.4, PASSED),
    "on a ceiling that binary floats miss": (None, 0.3, 0.1 + 0.2, PASSED),
    "below the floor": (0.85, None, 0.8499, FAILED),
    "below the ceiling": (None, 0.5, 0.4, PASSED),
    "above the ceiling": (None, 0.5, 0.51, FAILED),
    "between": (0.2, 0.5, 0.3, PASSED),
    "a negative floor": (-2.0, None, -2.5, FAILED),
    "NaN": (0.85, None, math.nan, FAILED),
    "never reported": (0.85, None, None, UNKNOWN),
}


@pytest.mark.parametrize(("low", "high", "new", "outcome"), FLOORS.values(), ids=FLOORS.keys())
def test_a_floor_needs_no_best(low: float | None, high: float | None, new: float | None, outcome: Outcome) -> None:
    found = MetricRule("a/b", "max", min=low, max=high).judge(Evidence(run("new", new), None))
    assert found.outcome is outcome


def test_a_floor_fails_though_nothing_was_lost_and_though_there_is_no_best() -> None:
    rule = MetricRule("a/b", "max", margin("3%"), min=0.95)
    for best in (run("old", 0.9), None):
        found = rule.judge(Evidence(run(), best))
        assert found.outcome is FAILED
        assert "at least 0.95: fail" in found.message
    assert rule.judge(Evidence(run("new", 0.96), None)).outcome is REVIEW


def test_a_loss_fails_though_the_floor_holds() -> None:
    found = MetricRule("a/b", "max", margin("1%"), min=0.5).judge(Evidence(run("new", 0.8), run("old", 0.9)))
    assert found.outcome is FAILED


def test_the_anchor_is_another_best() -> None:
    rule = MetricRule("a/b", "max", margin("3%"), against="anchor")
    drifted = Evidence(run("new", 0.9), run("old", 0.9), anchor=run("first", 0.95))
    assert rule.judge(drifted).outcome is FAILED
    without = rule.judge(Evidence(run(), run("old"), missing={"anchor": "the task was deleted"}))
    assert (without.outcome, "there is no anchor: the task was deleted" in without.message) == (UNKNOWN, True)
    assert rule.name == "metric a/b against the anchor"


def test_ten_small_losses_do_not_pass_the_anchor() -> None:
    """Each passes against the one before."""
    values = [0.9 * 0.975**step for step in range(11)]
    step, anchored = (MetricRule("a/b", "max", margin("3%"), against=who) for who in ("incumbent", "anchor"))
    for best, new in pairwise(values):
        assert step.judge(Evidence(run("new", new), run("old", best))).outcome is PASSED
    assert anchored.judge(Evidence(run("new", values[-1]), None, anchor=run("first", 0.9))).outcome is FAILED


EFFECTS = {
    "a pass": (0.9, 0.89, "max", None, -0.01, -0.027, False, "fails below 0.873"),
    "a failure": (0.9, 0.85, "max", None, -0.05, -0.027, False, "needs at least 0.873"),
    "a floor above what may be lost": (0.9, 0.86, "max", 0.89, -0.04, -0.027, False, "needs at least 0.89"),
    "a loss": (0.5, 0.51, "min", None, 0.01, 0.015, True, "fails above 0.515"),
}


@pytest.mark.parametrize(
    ("best", "new", "way", "low", "estimate", "limit", "fewer", "needed"), EFFECTS.values(), ids=EFFECTS.keys()
)
def test_the_effect_is_the_change_beside_what_is_allowed(
    best: float, new: float, way: str, low: float, estimate: float, limit: float, fewer: bool, needed: str
) -> None:
    rule = MetricRule("a/b", way, margin("3%"), min=low)  # type: ignore[arg-type]
    effect = rule.judge(Evidence(run("new", new), run("old", best))).effect
    assert effect is not None
    assert (effect.estimate, effect.margin) == pytest.approx((estimate, limit))
    assert (effect.low, effect.high, effect.fewer, effect.needed) == (None, None, fewer, needed)


def test_a_rule_that_demands_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing demanded is not a pass"):
        MetricRule("a/b", "max")
