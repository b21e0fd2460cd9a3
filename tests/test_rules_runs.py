"""The rules about curves, test sets and training data: outcomes and sentences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gate.counts import Pairing
from gate.evidence import Curve, Dataset, Evidence, Reuse, Split
from gate.rules import CurveRule, DataRule, HoldoutRule
from gate.verdict import Outcome
from tests.evidence import FALLING, confusions, evidence, grouped, run, two_classes, unpaired

PASSED, REVIEW, UNKNOWN, FAILED = Outcome
STEADY = tuple(np.linspace(2, 1, 40))

CURVES = {
    # name: values, keys, outcome, words
    "settles": (FALLING, {}, PASSED, "train/loss 2.3 -> 1, gave back 0 %, last quarter brought 0 %: converged"),
    "never learns": ((1.0,) * 30, {}, FAILED, "train/loss 1 -> 1, which is within its noise or less than 5 %"),
    "climbs back": ((*STEADY, *STEADY[::-1]), {}, FAILED, "diverged"),
    "still improves": (STEADY, {}, REVIEW, "last quarter brought 27 %: still improving"),
    "still improves, and may": (STEADY, {"still_improving": "info"}, PASSED, "still improving"),
    "still improves, and must not": (STEADY, {"still_improving": "block"}, FAILED, "still improving"),
    "ends in NaN": ((*FALLING, float("nan")), {}, FAILED, "is NaN or infinite in the last tenth of its 101 points"),
    "rises, as it should": (tuple(-x for x in FALLING), {"direction": "max"}, PASSED, "-2.3 -> -1"),
    "rises, and should not": (FALLING, {"direction": "max"}, FAILED, "never learned"),
    "must come further": (FALLING, {"min_progress": 0.9}, FAILED, "less than 90 % of where it began"),
    "ends at exactly 0": ((*FALLING, 0.0), {}, UNKNOWN, "is, at the end, exactly 0, which is how ClearML stores NaN"),
    "ends at a believed 0": ((*FALLING, 0.0), {"allow_zero": True}, PASSED, "converged"),
    "rises to 0": ((*(-x for x in FALLING), *[0.0] * 30), {"direction": "max"}, PASSED, "-2.3 -> 0"),
    "three points": ((3.0, 2.0, 1.0), {}, UNKNOWN, "the curve of train/loss has 3 points"),
}


@pytest.mark.parametrize(("values", "keys", "outcome", "words"), CURVES.values(), ids=CURVES.keys())
def test_a_training_must_converge(
    values: tuple[float, ...], keys: dict[str, object], outcome: Outcome, words: str
) -> None:
    rule = CurveRule("train/loss", **keys)  # type: ignore[arg-type]
    found = rule.judge(evidence(curves={"train/loss": Curve(values)}, best=None))
    assert (found.outcome, words in found.message) == (outcome, True), found.message


def test_a_curve_that_nobody_read_is_missing() -> None:
    found = CurveRule("a/b").judge(evidence(missing={"curves": "the events were deleted"}))
    assert (found.outcome, "there is no curve of a/b: the events were deleted" in found.message) == (UNKNOWN, True)
    assert CurveRule("train/loss").judge(evidence(candidate=None)).outcome is UNKNOWN


COUNTS = replace(two_classes(8_800, 250, 250, 700), fingerprint="3f9cabcdef")
MOST = replace(COUNTS, pairing=Pairing("id", 10_100, 10_000, 10_000))
HALF = replace(COUNTS, pairing=Pairing("id", 15_000, 10_000, 10_000))


def test_evaluations_by_others_do_not_change_what_a_reviewer_decides_on() -> None:
    rule = HoldoutRule()
    before, after = (rule.judge(evidence(COUNTS, reuse=Reuse(COUNTS.fingerprint, uses))) for uses in (3, 4))
    assert before.message != after.message
    assert before.found == after.found
    assert rule.judge(evidence(COUNTS, reuse=Reuse(COUNTS.fingerprint, 51))).found != after.found


def test_what_decides_is_said_first_and_what_is_decided_on_keeps_its_order() -> None:
    finding = HoldoutRule(chronological=True).judge(evidence(COUNTS, split=Split(1.7e9, 1.7e9)))
    assert finding.message.startswith("the training data overlap the test, ")
    assert finding.found.startswith("same test set ")


HOLDOUTS = {
    "all is well": (
        evidence(COUNTS), {"chronological": True}, PASSED, "same test set 3f9cabcd.. (10,000 rows paired by id",
    ),
    "and luck is told": (
        evidence(COUNTS), {}, PASSED, "37 evaluations of 50 (11 promotions); gains below 0.67 pp are luck",
    ),
    "nearly all rows": (evidence(MOST), {}, PASSED, "99.0% of all found in both"),
    "half of the rows": (evidence(HALF), {}, FAILED, "not the same test set"),
    "half is enough": (evidence(HALF), {"min_matched": 0.5}, PASSED, "same test set"),
    "unpaired": (evidence(unpaired(COUNTS)), {}, UNKNOWN, "nothing shows that both runs had the same test set"),
    "confusion matrices": (evidence(confusions(COUNTS)), {}, UNKNOWN, "a confusion matrix does not say which row is"),
    "no row": (evidence(two_classes(0, 0, 0)), {}, UNKNOWN, "the test set has no rows"),
    "no counts": (evidence(None), {}, UNKNOWN, "no predictions to compare"),
    "not the same, and need not be": (evidence(HALF), {"same": False}, PASSED, "37 evaluations of 50"),
    "later": (evidence(COUNTS), {"chronological": True}, PASSED, "train ends 2020-09-13T12:26:40Z, before test starts"),
    "not later": (
        evidence(COUNTS, split=Split(1.7e9, 1.7e9)), {"chronological": True}, FAILED, "not before",
    ),
    "nobody knows when": (
        evidence(COUNTS, split=None, missing={"split": "no time zone"}), {"chronological": True}, UNKNOWN,
        "when training data end and test data begin is not known: no time zone",
    ),
    "the budget is spent": (evidence(COUNTS), {"budget": 36}, REVIEW, "37 evaluations of 36 (11 promotions)"),
    "the budget is just not": (evidence(COUNTS), {"budget": 37}, PASSED, "37 evaluations of 37"),
    "spent, and that fails": (
        evidence(COUNTS), {"budget": 36, "on_inconclusive": "fail"}, FAILED, "a new test set is due",
    ),
    "nobody counted": (evidence(COUNTS, reuse=None), {}, UNKNOWN, "how often this test set was used is not known"),
    "nobody needs to": (evidence(COUNTS, reuse=None), {"budget": None}, PASSED, "same test set"),
    "another was counted": (evidence(COUNTS, reuse=Reuse("abc", 3)), {}, UNKNOWN, "are of another test set"),
    "of groups": (evidence(grouped(COUNTS, 100)), {}, PASSED, "gains below "),
    "nothing is asked": (
        evidence(COUNTS), {"same": False, "budget": None}, UNKNOWN, "nothing is demanded of the test set",
    ),
    "a first baseline": (
        evidence(None, best=None, reuse=None, split=None), {"chronological": True}, REVIEW, "a first baseline",
    ),
    "a first baseline, too early": (
        evidence(None, best=None, reuse=None, split=Split(2.0, 1.0)), {"chronological": True}, FAILED, "not before",
    ),
    "no candidate": (evidence(COUNTS, candidate=None), {}, UNKNOWN, "there is no candidate run"),
}  # fmt: skip


@pytest.mark.parametrize(("found", "keys", "outcome", "words"), HOLDOUTS.values(), ids=HOLDOUTS.keys())
def test_the_test_set_is_the_same_later_and_not_worn_out(
    found: Evidence, keys: dict[str, object], outcome: Outcome, words: str
) -> None:
    finding = HoldoutRule(**keys).judge(found)  # type: ignore[arg-type]
    assert (finding.outcome, words in finding.message) == (outcome, True), finding.message


def test_what_is_missing_for_several_demands_is_said_once() -> None:
    found = HoldoutRule(chronological=True).judge(evidence(None, best=None, reuse=None, split=None))
    assert found.message.count("there is no best") == 1


def test_luck_grows_with_use_and_with_groups() -> None:
    def luck(found: Evidence) -> float:
        return float(HoldoutRule().judge(found).message.split("gains below ")[1].split(" pp")[0])

    used = [evidence(COUNTS, reuse=Reuse(COUNTS.fingerprint, uses)) for uses in (1, 37, 50)]
    assert luck(used[0]) < luck(used[1]) < luck(used[2])
    assert luck(evidence(grouped(COUNTS, 100))) > 2 * luck(used[1])


OLD = Dataset("d1", "Flights", "flights", "1.1", newest="d2")
NEW = Dataset("d2", "Flights", "flights", "1.2", newest="d2")
TEST = Dataset("t1", "Flights", "flights-test", newest="t1")
KNOWN = {each.id: each for each in (OLD, NEW, TEST)}
DATA = {
    # name: datasets of the run, keys, outcome, words
    "of the name": (
        {"train": "d1"}, {"dataset": "flights"}, PASSED, "the right data: Flights/flights 1.1 (d1); required",
    ),
    "of the project": ({"train": "d1"}, {"project": "Flights"}, PASSED, "the right data"),
    "of another project": ({"train": "d1"}, {"project": "Owls"}, FAILED, "it trained on Flights/flights 1.1 (d1)"),
    "of another name": ({"train": "d1"}, {"dataset": "owls"}, FAILED, "not the right data"),
    "one of two is of the name": ({"train": "d1", "test": "t1"}, {"dataset": "flights"}, PASSED, "Flights/flights 1.1"),
    "the newest": ({"train": "d2"}, {"dataset": "flights", "newest": True}, PASSED, "the right data"),
    "not the newest": ({"train": "d1"}, {"newest": True}, FAILED, "is not the newest version, which is d2"),
    "allowed": ({"train": "d1"}, {"ids": ("d0", "d1")}, PASSED, "the right data"),
    "not allowed": ({"train": "d1"}, {"ids": ("d0",)}, FAILED, "(d1) is not allowed; required: one of d0"),
    "one of two is not allowed": ({"train": "d1", "more": "d2"}, {"ids": ("d1",)}, FAILED, "(d2) is not allowed"),
    "allowed, though unknown": ({"train": "x9"}, {"ids": ("x9",)}, PASSED, "the right data: dataset x9"),
    "unknown": ({"train": "x9"}, {"dataset": "flights"}, UNKNOWN, "what dataset x9 is, is not known"),
    "of the alias": ({"train": "d2", "test": "t1"}, {"alias": "train", "newest": True}, PASSED, "the right data"),
    "another alias": (
        {"test": "t1"}, {"alias": "train", "newest": True}, UNKNOWN, "has no dataset 'train' (it has test)",
    ),
    "the alias names the wrong one": (
        {"train": "t1"}, {"alias": "train", "dataset": "flights"}, FAILED, "trained on Fl",
    ),
    "none recorded": ({}, {"dataset": "flights"}, UNKNOWN, "the candidate's run recorded no dataset"),
}  # fmt: skip


@pytest.mark.parametrize(("used", "keys", "outcome", "words"), DATA.values(), ids=DATA.keys())
def test_it_trained_on_the_right_data(
    used: dict[str, str], keys: dict[str, object], outcome: Outcome, words: str
) -> None:
    found = DataRule(**keys).judge(evidence(candidate=run(datasets=used), datasets=KNOWN))  # type: ignore[arg-type]
    assert (found.outcome, words in found.message) == (outcome, True), found.message


def test_a_version_whose_successors_are_unknown_may_not_be_the_newest() -> None:
    silent = {"d1": replace(OLD, newest="")}
    assert DataRule(newest=True).judge(evidence(datasets=silent)).outcome is UNKNOWN


def test_without_a_candidate_there_are_no_data() -> None:
    assert DataRule(newest=True).judge(evidence(candidate=None)).outcome is UNKNOWN


def test_a_rule_that_demands_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing demanded is not a pass"):
        DataRule(alias="train")
