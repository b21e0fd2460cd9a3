"""The sandbox's guide: a lesson for each candidate, in the sandbox only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gate.sandbox.flights.lessons import FIRST, LESSONS, write
from gate.sandbox.flights.pulls import PULLS
from gate.sandbox.home import ANY_FREE_PORT, Home
from tests.reviewer import a_better_candidate
from tests.small_world import REPOSITORY, SmallWorld


def test_every_candidate_of_the_flights_world_has_a_lesson() -> None:
    assert set(LESSONS) == {pull.branch for pull in PULLS}


def test_lessons_are_found_by_the_number_of_the_pull_request(tmp_path: Path) -> None:
    told = json.loads(write(Home.open(tmp_path, ANY_FREE_PORT)).read_text())
    assert told["pulls"]["1"] == LESSONS[PULLS[0].branch]
    assert len(told["pulls"]) == len(PULLS)
    assert told["first"] == list(FIRST)


@pytest.mark.parametrize("acting", ["noor", ""])
def test_a_lesson_is_shown_in_the_sandbox_only_and_its_text_stays_text(
    owls: SmallWorld, opened: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, acting: str
) -> None:
    number, *_ = a_better_candidate(owls)
    file, query = tmp_path / "lessons.json", {"pr": str(number), "scope": "owls"}
    lessons = {"repository": REPOSITORY, "first": ["Look"], "pulls": {str(number): "a **clear** case"}}
    file.write_text(json.dumps(lessons))
    monkeypatch.setenv("GATE_LESSONS", str(file))
    inbox, review = opened(owls, "inbox", acting=acting), opened(owls, "review", acting=acting, **query)
    found = [each for at in (inbox, review) for each in at.expander if each.label.startswith("Sandbox")]
    labels = ["Sandbox: your first review, in a minute", "Sandbox: what this candidate teaches"]
    assert [each.label for each in found] == (labels if acting else [])
    assert [each.markdown[0].value for each in found[1:]] == ["a &#42;&#42;clear&#42;&#42; case"] * bool(acting)
