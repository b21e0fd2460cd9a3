"""Waiting for the run of a commit: what is waited for, what ends it, and what is said meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gate.workflow import Question, World, check
from gate.workflow.wait import wait_for_run
from tests.small_world import SmallWorld

HALF_AN_HOUR = timedelta(minutes=30)


class Clock:
    """Time passes only by sleeping; ``at`` does something once so many seconds have passed."""

    def __init__(self, at: dict[float, Callable[[], object]] | None = None) -> None:
        self.passed, self.at = 0.0, at or {}

    def world(self, owls: SmallWorld) -> World:
        begin = datetime(2026, 1, 1, tzinfo=UTC)
        return replace(owls.connect(), now=lambda: begin + timedelta(seconds=self.passed), sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        self.passed += seconds
        for due in [each for each in self.at if each <= self.passed]:
            self.at.pop(due)()


def waited(owls: SmallWorld, clock: Clock, pull: int, most: timedelta = HALF_AN_HOUR) -> list[str]:
    said: list[str] = []
    wait_for_run(clock.world(owls), Question(pull=pull), most, said.append)
    return said


def test_a_run_that_is_there_is_not_waited_for(owls: SmallWorld) -> None:
    pull = owls.pull("Try")
    owls.run(pull.head.sha)
    clock = Clock()
    assert (waited(owls, clock, pull.number), clock.passed) == ([], 0)


def test_the_wait_ends_with_the_run_and_tells_what_it_waits_for(owls: SmallWorld) -> None:
    owls.run(owls.main(), tags=["best"])
    pull = owls.pull("Try")
    runs: list[str] = []
    clock = Clock(
        {
            100: lambda: runs.append(owls.run(pull.head.sha, status="in_progress")),
            200: lambda: owls.call("tasks.completed", {"task": runs[0]}),
        }
    )
    said = waited(owls, clock, pull.number)
    assert 200 <= clock.passed <= 230
    assert said[0] == f"waiting for the run of {pull.head.sha[:12]}, 0:00 of 30:00: no run of this commit yet"
    assert said[-1].endswith(f"of 30:00: run {runs[0]} is in_progress")
    assert check(owls.connect(), Question(pull=pull.number)).candidate is not None


def test_the_wait_is_over_when_the_time_is(owls: SmallWorld) -> None:
    pull, clock = owls.pull("Try"), Clock()
    said = waited(owls, clock, pull.number, timedelta(minutes=5))
    assert round(clock.passed) == 300
    assert said[-1] == "stopped waiting after 5:00: no run of this commit yet"
    assert len(said) == 6, "about one line a minute"


@pytest.mark.parametrize("status", ["failed", "completed with uncommitted changes", "completed, another task"])
def test_only_a_failed_run_of_this_very_commit_ends_the_wait_without_a_candidate(owls: SmallWorld, status: str) -> None:
    pull, clock = owls.pull("Try"), Clock()
    owls.run(
        pull.head.sha,
        status=status.split()[0].strip(","),
        diff="- a\n+ b\n" if "uncommitted" in status else "",
        name="preprocess" if "another" in status else "train",
    )
    waited(owls, clock, pull.number)
    assert round(clock.passed) == (0 if status == "failed" else HALF_AN_HOUR.total_seconds())


def test_a_second_try_is_waited_for_although_the_first_one_failed(owls: SmallWorld) -> None:
    pull = owls.pull("Try")
    owls.run(pull.head.sha, status="failed")
    second = owls.run(pull.head.sha, status="in_progress")
    clock = Clock({60: lambda: owls.call("tasks.completed", {"task": second})})
    waited(owls, clock, pull.number)
    assert 60 <= clock.passed < 120


def test_a_service_that_is_away_for_a_moment_does_not_end_the_wait(owls: SmallWorld) -> None:
    owls.run(owls.main(), tags=["best"])
    pull = owls.pull("Try")
    for _ in range(3):  # as often as one question is asked
        owls.tracker.fail("tasks.get_all_ex", nth=2, status=503)
    clock = Clock({60: lambda: owls.run(pull.head.sha)})
    said = waited(owls, clock, pull.number)
    assert 60 <= clock.passed < 120
    assert any("ClearML does not answer tasks.get_all_ex" in each for each in said)
