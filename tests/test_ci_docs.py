"""docs/ci.md says what the action and the command line are, and its snippets for other CI systems work."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from gate.cli import app
from gate.config.inputs import DEFAULTS, INPUTS
from tests.reviewer import a_better_candidate
from tests.small_world import SmallWorld

ROOT = Path(__file__).parents[1]
DOCS = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


def section(title: str) -> str:
    (found,) = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", DOCS, re.M | re.S)
    return str(found)


def block(language: str, title: str = "Elsewhere") -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", section(title), re.S)
    return str(found)


def test_every_input_is_in_the_table_with_its_default() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (.*?) \|", section("Inputs"), re.M)
    told = {name: shown.strip("`") if shown.startswith("`") else "" for name, shown in rows}
    assert told == {name: said.get("default", "") for name, said in ACTION["inputs"].items()}
    assert [name for name, _ in rows] == list(ACTION["inputs"])


def test_every_output_is_in_the_table() -> None:
    assert re.findall(r"^\| `([\w-]+)` \|", section("Outputs"), re.M) == list(ACTION["outputs"])


def test_the_ten_inputs_of_the_old_action_have_their_names_and_defaults() -> None:
    given = {name: said.get("default") for name, said in ACTION["inputs"].items() if name.startswith("CLEARML")}
    assert given == {name: DEFAULTS.get(name) for name in INPUTS}
    assert len(given) == 10


def test_no_input_is_demanded_that_a_policy_may_say() -> None:
    assert not any(said["required"] for said in ACTION["inputs"].values())


def test_every_exit_code_of_the_command_is_in_the_table() -> None:
    told = re.findall(r"^\| (\d) \|", section("What turns the step red"), re.M)
    helped = re.findall(r"^ +(\d)  \w", CliRunner().invoke(app, ["check", "--help"]).output, re.M)
    assert [*told, "6"] == helped == list("0123456")


def test_every_variable_that_is_named_is_one_of_the_command() -> None:
    helped = CliRunner().invoke(app, ["check", "--help"], env={"COLUMNS": "200"}).output
    named = set(re.findall(r"`(GATE_[A-Z_]+)`", section("Elsewhere")))
    assert named == set(re.findall(r"env var:\s+(GATE_\w+)", helped))


def test_the_snippet_for_gitlab_is_what_gitlab_reads(tmp_path: Path) -> None:
    file = tmp_path / ".gitlab-ci.yml"
    file.write_text(block("yaml"))
    line = [Path(sys.executable).parent / "check-jsonschema", "--builtin-schema", "vendor.gitlab-ci"]
    done = subprocess.run([*line, "--data-transform", "gitlab-ci", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("language", "variable"), [("yaml", "CI_EXTERNAL_PULL_REQUEST_IID"), ("groovy", "CHANGE_ID")])
def test_the_command_line_for_other_systems_judges(
    owls: SmallWorld, tmp_path: Path, language: str, variable: str
) -> None:
    number, _, _ = a_better_candidate(owls)
    (line,) = [line.strip(" -") for line in block(language).splitlines() if "gate check" in line]
    done = in_bash(line, tmp_path, {**owls.environment, variable: str(number)})
    assert (done.returncode, done.stdout[:6]) == (0, "PASSED"), done.stderr
    assert (tmp_path / "gate-reports" / "report.json").is_file()


def in_bash(line: str, folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """With the command ``gate`` of this checkout."""
    (folder / "gate").write_text(f'#!/bin/sh\nexec {sys.executable} -m gate "$@"\n')
    (folder / "gate").chmod(0o755)
    given = {**os.environ, **environment, "PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["bash", "-ec", line], cwd=folder, env=given, capture_output=True, text=True, timeout=120, check=False
    )
