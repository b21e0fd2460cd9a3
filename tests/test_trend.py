"""A class in earlier runs: which runs are compared, which are left out and why, and where points come from."""

from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.metrics import f1_score, recall_score

from gate.trend import BEST, CANDIDATE, EARLIER, Trend, trend
from gate.workflow import Question, check
from gate.workflow.trend import LOOKED_AT, earlier
from tests.small_world import CLASSES_RULE, POLICY, SmallWorld

TRUTH = ["owl"] * 6 + ["cat"] * 4
ANSWERS = {
    "first": ["owl"] * 2 + ["cat"] * 8,
    "second": ["owl"] * 3 + ["cat"] * 7,
    "best": ["owl"] * 5 + ["cat"] * 5,
    "candidate": ["owl"] * 10,
}


def rows(answers: list[str]) -> list[tuple[str, str, str]]:
    return [(f"row {number}", *pair) for number, pair in enumerate(zip(TRUTH, answers, strict=True))]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def reviewed(owls: SmallWorld, name: str) -> tuple[Trend, dict[str, str]]:
    """The trend of a class over an earlier, a strange, a best and a candidate run; and the runs' ids."""
    owls.set_policy(POLICY + CLASSES_RULE)
    ids = {"first": owls.run("1" * 40, rows=rows(ANSWERS["first"]))}
    ids["other rows"] = owls.run("2" * 40, rows=[("another row", "owl", "owl")])
    ids["no predictions"] = owls.run("3" * 40)
    ids["failed"] = owls.run("4" * 40, status="failed", rows=rows(ANSWERS["second"]))
    ids["another task"] = owls.run("5" * 40, name="train2", rows=rows(ANSWERS["second"]))
    ids["best"] = owls.run(owls.main(), tags=["best"], rows=rows(ANSWERS["best"]))
    pull = owls.pull("Say owl")
    ids["candidate"] = owls.run(pull.head.sha, rows=rows(ANSWERS["candidate"]))
    ids["later"] = owls.run("6" * 40, rows=rows(ANSWERS["second"]))
    world = owls.connect()
    review = check(world, Question(pull=pull.number))
    past = earlier(world, review)
    assert review.evidence.counts
    assert review.best
    assert review.candidate
    return trend(past, review.evidence.counts, review.best, review.candidate, name), ids


@pytest.mark.parametrize("name", ["owl", "cat", "unheard of"])
def test_comparable_runs_are_points_with_the_scores_of_scikit_learn(owls: SmallWorld, name: str) -> None:
    found, ids = reviewed(owls, name)
    assert [(point.run, point.role) for point in found.points] == [
        (ids["first"], EARLIER),
        (ids["best"], BEST),
        (ids["candidate"], CANDIDATE),
    ]
    for point, run in zip(found.points, ("first", "best", "candidate"), strict=True):
        truth, said = ([each == name for each in labels] for labels in (TRUTH, ANSWERS[run]))
        assert point.f1 == pytest.approx(f1_score(truth, said, zero_division=0), abs=1e-12)
        assert point.recall == pytest.approx(recall_score(truth, said, zero_division=0), abs=1e-12)
        assert point.support == sum(truth)


def test_runs_that_cannot_be_compared_are_left_out_with_the_reason(owls: SmallWorld) -> None:
    found, ids = reviewed(owls, "owl")
    of_other_rows, without = found.left_out
    assert of_other_rows.startswith(f"run {ids['other rows']}: it was tested on other rows (")
    assert without.startswith(f"run {ids['no predictions']}: ")
    assert "no artifact 'predictions'" in without


def test_only_the_newest_earlier_runs_are_read(owls: SmallWorld) -> None:
    owls.set_policy(POLICY + CLASSES_RULE)
    runs = [owls.run(f"{number:040x}", rows=rows(ANSWERS["first"])) for number in range(LOOKED_AT + 2)]
    best = owls.run(owls.main(), tags=["best"], rows=rows(ANSWERS["best"]))
    pull = owls.pull("Say owl")
    owls.run(pull.head.sha, rows=rows(ANSWERS["candidate"]))
    world, said = owls.connect(), list[str]()
    past = earlier(world, check(world, Question(pull=pull.number)), said.append)
    assert [each.run.id for each in past] == [*runs[-LOOKED_AT + 1 :], best]
    assert sum("comparing with run" in step for step in said) == LOOKED_AT


def test_without_a_candidate_there_is_nothing_to_compare(owls: SmallWorld) -> None:
    owls.run(owls.main(), tags=["best"], rows=rows(ANSWERS["best"]))
    world = owls.connect()
    assert earlier(world, check(world, Question(pull=owls.pull("No run").number))) == ()
