"""The story that the flights tell: trained on a winter, a model loses the summer, and retraining brings it back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.flights_world import FlightsWorld
from tests.sandbox_process import CHECKOUT, clean_environment

pytest_plugins = ("tests.sandbox_world",)


def drift(world: FlightsWorld, folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    environment = clean_environment() | world.environment | {"PYTHONPATH": str(CHECKOUT), "XDG_CACHE_HOME": str(folder)}
    command = [sys.executable, "-m", "gate", "drift", "--format", "json", *arguments]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def month(found: dict[str, Any], number: int) -> dict[str, Any]:
    (point,) = [point for point in found["timeline"] if point["start"] == f"2013-{number:02}-01T00:00:00Z"]
    return dict(point)


def test_one_command_tells_the_story_of_the_best_model_and_its_repair(world: FlightsWorld, tmp_path: Path) -> None:
    pull = world.pulls()["second-quarter"]["number"]
    code, found = drift(world, tmp_path, "--pr", str(pull))
    assert (code, found["state"]) == (1, "drifted")
    assert {sign["rule"] for sign in found["signs"] if sign["state"] == "drifted"} == {
        "class shares", "confidence", "new classes", "accuracy"
    }  # fmt: skip
    assert [each["name"] for each in found["new_classes"]] == ["MVY", "ACK"]
    assert month(found, 7)["accuracy"] < found["accuracy"]["before"] - 0.15
    assert month(found, 7)["confidence"] < found["confidence"]["before"] - 0.02
    assert found["repair"]["new"] > found["repair"]["old"] + 0.1
    assert any("so the test was chronological" in said for said in found["remarks"])
    assert any("too kind" in said for said in found["estimates_refuted_by"])
    assert "accuracy fell from 0.58 to 0.41; 2 new classes (MVY, ACK); the candidate has 0.56" in found["headline"]


def test_a_surer_model_falls_to_four_in_ten_in_july(world: FlightsWorld, tmp_path: Path) -> None:
    run = world.run("smaller-leaves")["id"]
    code, found = drift(world, tmp_path, "--run", run, "--from", "2013-07-01", "--to", "2013-08-01")
    assert code == 1
    assert found["accuracy"]["before"] == pytest.approx(0.62, abs=0.02)
    assert found["accuracy"]["now"] == pytest.approx(0.41, abs=0.02)
    assert found["confidence"]["before"] == pytest.approx(0.70, abs=0.02)
    assert found["confidence"]["after"] == pytest.approx(0.63, abs=0.02)
    assert found["headline"].startswith("Since 1 July 2013 confidence fell")


def test_the_second_look_reads_nothing_anew(world: FlightsWorld, tmp_path: Path) -> None:
    environment = (
        clean_environment() | world.environment | {"PYTHONPATH": str(CHECKOUT), "XDG_CACHE_HOME": str(tmp_path)}
    )
    command = [sys.executable, "-m", "gate", "drift"]
    said = [
        subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False).stderr
        for _ in range(2)
    ]
    assert "downloading" in said[0]
    assert "downloading" not in said[1]
    assert os.listdir(tmp_path / "promotion-gate" / "counts")
