"""What ClearML's own action did wrong, row by row: each case must end in a safe outcome here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from gate.config import ConfigError
from gate.workflow import Question
from tests.small_world import PROJECT, TASK, SmallWorld

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text())

INPUTS = {
    "CLEARML_PROJECT": PROJECT,
    "CLEARML_TASK_NAME": TASK,
    "CLEARML_SCALAR_TITLE": "test",
    "CLEARML_SCALAR_SERIES": "accuracy",
    "CLEARML_BEST_TAGNAME": "champion",
}


def gate_check(world: SmallWorld, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as CI runs it, in a process of its own, with the old action's inputs."""
    command = [sys.executable, "-m", "gate", "check", "--format", "json", *arguments]
    given = {**os.environ, **world.environment, **INPUTS, **environment}
    return subprocess.run(command, env=given, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def verdict(done: subprocess.CompletedProcess[str]) -> tuple[int, str]:
    report = json.loads(done.stdout)
    jsonschema.validate(report, SCHEMA)
    assert report["exit_code"] == done.returncode
    return done.returncode, report["verdict"]


ROWS = [
    # the old action's row, best's curve, candidate's curve, inputs, exit code, verdict
    ("candidate far worse", [0.9], [0.1], {}, 1, "failed"),
    ("better", [0.8], [0.9], {}, 0, "passed"),
    ("negative metric, equal, MAX", [-2.0], [-2.0], {}, 0, "passed"),
    ("best is 0, with a threshold", [0.0], [0.0], {"CLEARML_SCALAR_THRESHOLD": "3"}, 0, "passed"),
    ("NaN loss stored as 0, MIN", [0.5], [0.0], {"CLEARML_SCALAR_MIN_MAX": "MIN"}, 3, "unknown"),
    ("peak 0.95 then 0.2", [0.9], [0.95, 0.2], {}, 1, "failed"),
    ("exact boundary, 8 % of 0.52", [0.52], [0.4784], {"CLEARML_SCALAR_THRESHOLD": "8"}, 0, "passed"),
]


@pytest.mark.parametrize(("row", "best", "new", "inputs", "code", "word"), ROWS, ids=[row[0] for row in ROWS])
def test_row(
    owls: SmallWorld, row: str, best: list[float], new: list[float], inputs: dict[str, str], code: int, word: str
) -> None:
    holder = owls.run(owls.main(), {"test/accuracy": best}, tags=["champion", "keep"])
    pull = owls.pull("Try")
    candidate = owls.run(pull.head.sha, {"test/accuracy": new})
    assert verdict(gate_check(owls, "--pr", str(pull.number), **inputs)) == (code, word)
    assert (owls.tags(holder), owls.tags(candidate)) == (["champion", "keep"], [])


def test_no_best_anywhere_needs_a_person_and_a_metric(owls: SmallWorld) -> None:
    pull = owls.pull("First")
    owls.run(pull.head.sha, {"test/other": [0.5]})
    assert verdict(gate_check(owls, "--pr", str(pull.number))) == (3, "unknown")
    owls.run(pull.head.sha, {"test/accuracy": [0.5]})
    assert verdict(gate_check(owls, "--pr", str(pull.number))) == (0, "review")


def test_a_name_that_only_partly_matches_is_no_candidate(owls: SmallWorld) -> None:
    owls.run(owls.main(), tags=["champion"])
    pull = owls.pull("Try")
    owls.run(pull.head.sha, name=f"{TASK} more")
    assert verdict(gate_check(owls, "--pr", str(pull.number))) == (3, "unknown")


def test_two_tasks_tagged_are_a_conflict(owls: SmallWorld) -> None:
    owls.run(owls.main(), tags=["champion"])
    owls.run(owls.main(), tags=["champion"])
    pull = owls.pull("Try")
    owls.run(pull.head.sha)
    assert gate_check(owls, "--pr", str(pull.number)).returncode == 5


def test_a_best_that_failed_is_not_used(owls: SmallWorld) -> None:
    owls.run(owls.main(), tags=["champion"], status="failed")
    pull = owls.pull("Try")
    owls.run(pull.head.sha)
    assert verdict(gate_check(owls, "--pr", str(pull.number))) == (3, "unknown")


@pytest.mark.parametrize("commit", ["", "abc1234", "A" * 40, ".*", "a" * 39 + "\n", "^" + "a" * 39])
def test_a_commit_that_is_no_full_sha_is_refused_before_any_query(commit: str) -> None:
    with pytest.raises(ConfigError, match="40 lower-case"):
        Question(commit=commit)


def test_an_empty_commit_id_is_a_usage_error(owls: SmallWorld) -> None:
    done = gate_check(owls, COMMIT_ID="", CLEARML_API_HOST="http://127.0.0.1:9", GITHUB_API_URL="http://127.0.0.1:9")
    assert (done.returncode, done.stdout) == (2, "")
    assert "40 lower-case" in done.stderr


def test_uncommitted_changes_are_named_as_the_reason(owls: SmallWorld) -> None:
    owls.run(owls.main(), tags=["champion"])
    pull = owls.pull("Try")
    run = owls.run(pull.head.sha, diff="- a\n+ b\n")
    done = gate_check(owls, "--pr", str(pull.number))
    assert verdict(done) == (3, "unknown")
    assert json.loads(done.stdout)["refused"] == [{"id": run, "reason": "it ran with uncommitted changes"}]


def test_a_dead_service_is_exit_4_within_the_time_given(owls: SmallWorld) -> None:
    done = gate_check(owls, "--commit", "a" * 40, "--timeout", "5", CLEARML_API_HOST="http://127.0.0.1:9")
    assert done.returncode == 4
    assert "ClearML does not answer" in done.stderr
