"""Which verdicts turn a step red, and what a workflow learns of them."""

from __future__ import annotations

import pytest

from gate.cli.ending import Ending, FailOn

RED = {
    FailOn.never: {},
    FailOn.failed: {"failed": 1},
    FailOn.unknown: {"failed": 1, "unknown": 3},
    FailOn.review: {"failed": 1, "unknown": 3, "review": 6},
}
CODES = {"passed": 0, "review": 0, "unknown": 3, "failed": 1}


@pytest.mark.parametrize("fail_on", FailOn)
def test_a_verdict_turns_the_step_red_from_the_one_that_is_named(fail_on: FailOn) -> None:
    found = {verdict: Ending(fail_on, {"verdict": verdict}).red(code) for verdict, code in CODES.items()}
    assert {verdict: code for verdict, code in found.items() if code} == RED[fail_on]


@pytest.mark.parametrize("verdict", ["", "unknown", "passed"])
@pytest.mark.parametrize("code", [2, 4, 5])
def test_what_is_no_verdict_is_red_whatever_is_named(code: int, verdict: str) -> None:
    assert [Ending(fail_on, {"verdict": verdict}).red(code) for fail_on in FailOn] == [code] * len(FailOn)


def test_a_promotion_that_was_refused_is_red_although_the_model_passed() -> None:
    assert Ending(FailOn.failed, {"verdict": "passed"}).red(1) == 1
