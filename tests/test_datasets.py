"""Datasets as ClearML's own SDK made them, read back: which version, and is it the newest."""

from __future__ import annotations

import pytest

from gate.connect import connect
from tests.flights_world import FlightsWorld

pytest_plugins = ("tests.sandbox_world",)


def test_a_runs_datasets_are_known_by_project_name_and_version(
    world: FlightsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)
    tracker = connect(world.environment).tracker
    (best,) = tracker.holders("best", "Flights", "train destination")
    found = {dataset.id: dataset for dataset in tracker.datasets(sorted(best.datasets.values()))}
    train, exam = found[best.datasets["train"]], found[best.datasets["exam"]]
    assert (train.project, train.name, train.version) == ("Flights", "flights 2013", "1.0.0")
    assert (exam.project, exam.name) == ("Flights", "flights 2013 exam")
    assert exam.newest == exam.id
    assert train.newest, "a newer version may be there"
    assert tracker.datasets(["f" * 32]) == []
    assert tracker.datasets([]) == []


def test_runs_are_found_by_their_ids(world: FlightsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)
    tracker = connect(world.environment).tracker
    (best,) = tracker.holders("best", "Flights", "train destination")
    assert tracker.runs([best.id, "f" * 32]) == [best]
    assert tracker.runs([]) == []
