"""`gate check --reports`: every form of the report in a folder, and what GitHub's runner is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

from tests import rendered
from tests.reviewer import a_better_candidate
from tests.small_world import CLASSES_RULE, POLICY, SmallWorld
from tests.test_effects import SCHEMA

ROWS = [(str(n), "owl" if n % 2 else "cat", "owl" if n % 3 else "cat") for n in range(300)]
RIGHT = [(ident, truth, truth) for ident, truth, _ in ROWS]


def run(world: SmallWorld, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **world.environment, **more}
    command = [sys.executable, "-m", "gate", "check", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def number(owls: SmallWorld) -> int:
    """A pull request whose model breaks its classes."""
    owls.set_policy(POLICY + CLASSES_RULE + "max_regressed = 0\n")
    owls.run(owls.main(), {"test/accuracy": [0.9]}, tags=["best"], rows=RIGHT)
    pull = owls.pull("Try")
    owls.run(pull.head.sha, {"test/accuracy": [0.5]}, rows=ROWS)
    return pull.number


def test_a_check_leaves_its_reports_and_tells_the_runner(owls: SmallWorld, number: int, tmp_path: Path) -> None:
    folder, summary = tmp_path / "made" / "reports", tmp_path / "summary.md"
    summary.write_text("# of another command of the step\n")
    actions = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_RUN_ID": "12"}
    done = run(owls, "--pr", str(number), "--format", "json", "--reports", str(folder), **actions)
    assert done.returncode == 1, done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["junit.xml", "report.html", "report.json", "report.md"]
    told = json.loads((folder / "report.json").read_text())
    assert json.loads(done.stdout) == told
    assert list(Draft202012Validator(SCHEMA).iter_errors(told)) == []
    suite = ElementTree.parse(folder / "junit.xml").getroot()[0]
    assert [case.get("name") for case in suite.findall("testcase")] == [each["rule"] for each in told["findings"]]
    page = rendered.html((folder / "report.html").read_text())
    assert told["packet_digest"] in page.text
    job = f"{owls.github_url}/skyline/owls/actions/runs/12"
    assert job in page.links
    assert summary.read_text().startswith("# of another command of the step\n")
    for text in (summary.read_text(), (folder / "report.md").read_text()):
        assert told["packet_digest"] in rendered.markdown(text).text
    commands = [line for line in done.stderr.splitlines() if line.startswith("::")]
    assert len(commands) == 2
    assert all(line.startswith("::error title=FAILED%3A ") for line in commands)


def test_outside_of_a_workflow_nobody_is_told(owls: SmallWorld, number: int) -> None:
    environment = {"GITHUB_ACTIONS": "", "GITHUB_STEP_SUMMARY": ""}
    done = run(owls, "--pr", str(number), "--no-comment", **environment)
    assert done.returncode == 1
    assert "::error" not in done.stdout + done.stderr
    assert owls.as_user("noor").get_issue(number).get_comments().totalCount == 0
    assert [state for state, _ in owls.connect().forge.statuses(_head(owls, number), "model-gate")] == ["failure"]


def _head(owls: SmallWorld, number: int) -> str:
    return str(owls.as_user("noor").get_pull(number).head.sha)


@pytest.mark.parametrize("used", [1024 * 1024 - 9_000, 1024 * 1024 - 100], ids=["little", "none"])
def test_a_summary_never_outgrows_its_step(owls: SmallWorld, tmp_path: Path, used: int) -> None:
    """A runner drops the whole file then, and with it what others wrote."""
    number, *_ = a_better_candidate(owls)
    summary = tmp_path / "summary.md"
    summary.write_text("x" * used)
    done = run(owls, "--pr", str(number), "--no-post", GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 0, done.stderr
    assert summary.stat().st_size <= 1024 * 1024
    grown = summary.stat().st_size > used
    assert grown != ("no room left" in done.stderr)
    assert grown == (used < 1024 * 1024 - 4_096)
