"""`gate drift` on files and on runs: what it says, and the exit code a scheduled job acts on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.drift_world import APRIL, LONG, MAY, made, watched
from tests.small_world import POLICY, SmallWorld

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "docs" / "drift.schema.json").read_text(encoding="utf-8"))
SIGNS = ["class shares", "confidence", "new classes", "accuracy"]


def run(
    *arguments: object, environment: dict[str, str] | None = None, folder: Path | None = None
) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "gate", "drift", *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **(environment or {})}, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def report(*arguments: object) -> tuple[int, dict[str, Any]]:
    code, told, said = run(*arguments, "--format", "json")
    assert told, said
    return code, valid(told)


def valid(told: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told, parse_constant=pytest.fail)
    jsonschema.validate(found, SCHEMA)
    return found


def states(found: dict[str, Any]) -> dict[str, str]:
    return {sign["rule"]: sign["state"] for sign in found["signs"]}


def test_the_same_world_is_steady(tmp_path: Path) -> None:
    files = made(tmp_path / "test.parquet", APRIL), made(tmp_path / "later.parquet", MAY, seed=1)
    code, found = report("--reference", files[0], "--current", files[1])
    assert (code, found["state"]) == (0, "steady")
    assert states(found) == dict.fromkeys(SIGNS, "steady")
    assert found["current"] == {
        "from": "2013-04-29T00:00:00Z", "to": "2013-06-03T00:00:00Z", "rows": 2000.0, "labelled": 2000.0
    }  # fmt: skip
    assert len(found["timeline"]) == 5
    assert found["headline"].startswith("Since 1 May 2013 nothing moved beyond what the policy allows")
    assert "confidence stayed at 0.80" in found["headline"]


def test_a_world_that_moved_is_drifted_and_the_sentence_says_what_moved(tmp_path: Path) -> None:
    reference = made(tmp_path / "test.parquet", APRIL)
    later = made(tmp_path / "later.parquet", MAY, seed=1, right=0.5, sure=0.7, new="lynx")
    code, found = report("--reference", reference, "--current", later)
    assert (code, found["state"]) == (1, "drifted")
    assert states(found) == dict.fromkeys(SIGNS, "drifted") | {"class shares": "steady"}
    for said in ("confidence fell from 0.80 to 0.70", "accuracy fell from 0.85 to 0.6", "1 new class (lynx)"):
        assert said in found["headline"]
    assert found["headline"].endswith("retraining is advised by: confidence, new classes, accuracy")
    assert found["estimates_refuted_by"]
    assert {row["status"] for row in found["damage"]} == {"damaged", "new"}


def test_without_labels_confidence_alone_tells(tmp_path: Path) -> None:
    reference = made(tmp_path / "test.parquet", APRIL)
    later = made(tmp_path / "later.parquet", MAY, seed=1, sure=0.7, truths=False)
    code, found = report("--reference", reference, "--current", later)
    assert (code, found["accuracy"], found["current"]["labelled"]) == (1, None, 0)
    assert states(found) == {"class shares": "steady", "confidence": "drifted", "new classes": "steady"}
    assert found["estimates"]["DoC"] == pytest.approx(0.75, abs=0.02)


def test_a_window_and_a_slice_can_be_chosen(tmp_path: Path) -> None:
    policy = tmp_path / "gate.toml"
    loose = 'min_rows = 50\nmax_accuracy_loss = "50%"\nmax_confidence_shift = "0.5"\n'
    policy.write_text(f'[predictions]\nslices = ["site"]\n[drift]\nchunk = "1d"\n{loose}' + POLICY)
    files = made(tmp_path / "test.parquet", APRIL), made(tmp_path / "later.parquet", MAY, seed=1)
    given = ("--reference", files[0], "--current", files[1], "--policy", policy)
    _, whole = report(*given)
    code, found = report(*given, "--from", "2013-05-04", "--to", "2013-05-11", "--slice", "site=north")
    assert code == 0
    assert (found["current"]["from"], found["current"]["to"]) == ("2013-05-04T00:00:00Z", "2013-05-11T00:00:00Z")
    assert 0.2 < found["current"]["rows"] / (whole["current"]["rows"] * 7 / 30) < 0.4
    assert found["slice"] == "site = north"
    code, _, said = run(*given, "--slice", "site=west")
    assert (code, "there are: site = north, site = south" in said) == (2, True)


@pytest.mark.parametrize(
    ("columns", "rows", "said"),
    [
        ({}, 0, "the current window has 0 rows"),
        ({}, 1, "the current window has 1 row; at least 500 are needed"),
        ({"confidence": [1.5] * 2_000}, 2_000, "have a confidence that is no number in [0, 1]"),
        ({"timestamp": [APRIL.replace(tzinfo=None)] * 2_000}, 2_000, "times without a zone"),
        ({"timestamp": [datetime(2813, 4, 1, tzinfo=UTC)] * 2_000}, 2_000, "2,000 rows are timed in the future"),
    ],
    ids=["no row", "one row", "too sure", "no zone", "future"],
)
def test_rows_that_tell_nothing_are_not_enough_evidence(
    tmp_path: Path, columns: dict[str, list[Any]], rows: int, said: str
) -> None:
    reference = made(tmp_path / "test.parquet", APRIL)
    later = made(tmp_path / "later.parquet", MAY, rows, seed=1, **columns)
    for form in ("text", "markdown", "json"):
        code, told, _ = run("--reference", reference, "--current", later, "--format", form)
        assert code == 3
        assert said.split("[")[0] in told


def test_all_confidences_equal_is_no_drift(tmp_path: Path) -> None:
    same = {"confidence": [0.8] * 2_000}
    files = made(tmp_path / "test.parquet", APRIL, **same), made(tmp_path / "later.parquet", MAY, seed=1, **same)
    code, found = report("--reference", files[0], "--current", files[1])
    assert (code, states(found)["confidence"]) == (0, "steady")
    assert found["timeline"][0]["confidence"] == pytest.approx(0.8, abs=1e-3)


def test_a_name_of_ten_thousand_characters_does_not_drown_the_report(tmp_path: Path) -> None:
    files = made(tmp_path / "test.parquet", APRIL), made(tmp_path / "later.parquet", MAY, seed=1, new=LONG)
    for form in ("text", "markdown"):
        code, told, _ = run("--reference", files[0], "--current", files[1], "--format", form)
        assert (code, len(told) < 8_000, LONG[:30] in told) == (1, True, True)


def test_hostile_names_stay_text_in_markdown(tmp_path: Path) -> None:
    name = "@all | <img src=x> [a](b)\n::error::"
    files = made(tmp_path / "test.parquet", APRIL), made(tmp_path / "later.parquet", MAY, seed=1, new=name)
    _, told, _ = run("--reference", files[0], "--current", files[1], "--format", "markdown")
    assert "&#64;all" in told
    assert all(mark not in told for mark in ("<img", "[a](b)", "\n::error"))


@pytest.mark.parametrize(
    "arguments",
    [("--reference", "a"), ("--current", "a"), ("--from", "yesterday"), ("--from", "2013-05-01T10:00")],
)
def test_a_wish_that_is_none_is_usage(arguments: tuple[str, str], tmp_path: Path) -> None:
    assert run(*arguments)[0] == 2


def test_a_folder_that_is_not_there_is_not_enough(tmp_path: Path) -> None:
    reference = made(tmp_path / "test.parquet", APRIL)
    code, told, _ = run("--reference", reference, "--current", tmp_path / "nowhere.parquet")
    assert code == 3
    assert "nowhere.parquet" in told


def test_the_best_run_is_watched_and_a_candidates_repair_told(owls: SmallWorld, tmp_path: Path) -> None:
    ids = watched(owls, tmp_path)
    code, told, said = run("--pr", ids["pull"], "--format", "json", environment=owls.environment)
    assert code == 1, said
    found = valid(told)
    assert (found["run"], found["candidate"]) == (ids["best"], ids["candidate"])
    assert found["repair"]["old"] == pytest.approx(0.55, abs=0.02)
    assert found["repair"]["new"] == pytest.approx(0.70, abs=0.02)
    assert found["repair"]["repaired"] == pytest.approx(0.5, abs=0.06)
    assert any("Data/train_end" in said for said in found["remarks"])
    again = run("--run", ids["candidate"], environment=owls.environment)
    assert again[0] == 1
    code, _, said = run("--run", "f" * 32, environment=owls.environment)
    assert (code, f"there is no run {'f' * 32}" in said) == (3, True)


def test_a_folder_of_logs_is_read_beside_the_run(owls: SmallWorld, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    made(logs / "june.parquet", datetime(2013, 6, 1, tzinfo=UTC), seed=5, truths=False)
    ids = watched(owls, tmp_path, 'current = ["nothing"]', logs)
    code, told, _ = run("--format", "json", environment=owls.environment)
    found = valid(told)
    assert (code, found["run"], found["current"]["rows"]) == (0, ids["best"], 2_000)
    assert found["current"]["from"].startswith("2013-05-27")
    (logs / "broken.parquet").write_bytes(b"PAR1 cut")
    code, told, _ = run(environment=owls.environment)
    assert code == 3
    assert "broken.parquet" in told


def test_nothing_to_watch_and_nobody_there_have_codes_of_their_own(owls: SmallWorld, tmp_path: Path) -> None:
    owls.run("1" * 40)
    code, _, said = run(environment=owls.environment)
    assert code == 3
    assert "exactly one run must hold the tag 'best'" in said
    nobody = {**owls.environment, "CLEARML_API_HOST": "http://127.0.0.1:9"}
    assert run("--timeout", "8", environment=nobody)[0] == 4


def test_a_run_without_later_rows_says_what_is_missing(owls: SmallWorld, tmp_path: Path) -> None:
    best = owls.run(owls.main(), tags=["best"], rows=[("1", "owl", "owl")])
    code, told, _ = run(environment=owls.environment)
    assert code == 3
    assert f"the run {best} has no artifact 'predictions_later'" in told
