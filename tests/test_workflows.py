"""The action, the example workflows and our own CI: what linters say, and what keeps them safe."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
ACTION = ROOT / "action.yml"
EXAMPLES = sorted((ROOT / "docs" / "workflows").glob("*.yml"))
WORKFLOWS = [*EXAMPLES, ROOT / ".github" / "workflows" / "ci.yml"]
SHA = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
OURS = re.compile(r"OWNER/promotion-gate@v\d+\.\d+\.\d+")
EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.S)


def steps(file: Path) -> list[dict[str, Any]]:
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    jobs = written.get("jobs", {"": written.get("runs")})
    return [step for job in jobs.values() for step in job["steps"]]


def linted(*command: str | Path) -> str:
    done = subprocess.run(
        [str(each) for each in command], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def tool(name: str) -> Path:
    return Path(sys.executable).parent / name


def test_actionlint_finds_nothing_in_the_workflows() -> None:
    assert linted(tool("actionlint"), *WORKFLOWS) == ""


def test_actionlint_finds_nothing_in_the_action_and_in_a_workflow_that_uses_it(tmp_path: Path) -> None:
    shutil.copyfile(ACTION, tmp_path / "action.yml")
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    for example in EXAMPLES:
        (folder / example.name).write_text(OURS.sub("./", example.read_text(encoding="utf-8")))
    assert all("uses: ./" in file.read_text() for file in folder.iterdir())
    assert linted(tool("actionlint"), *folder.iterdir()) == ""


def test_actionlint_would_find_an_input_that_the_action_does_not_have(tmp_path: Path) -> None:
    shutil.copyfile(ACTION, tmp_path / "action.yml")
    (tmp_path / ".git").mkdir()
    file = tmp_path / ".github" / "workflows" / "wrong.yml"
    file.parent.mkdir(parents=True)
    file.write_text(OURS.sub("./", EXAMPLES[0].read_text()).replace("wait-for-task:", "wait:"))
    assert 'input "wait" is not defined' in linted(tool("actionlint"), file)


@pytest.mark.parametrize(
    ("schema", "files"), [("github-workflows", WORKFLOWS), ("github-actions", [ACTION])], ids=["workflows", "action"]
)
def test_the_json_schema_holds(schema: str, files: list[Path]) -> None:
    assert linted(tool("check-jsonschema"), "--builtin-schema", f"vendor.{schema}", *files) == ""


def scripts() -> dict[str, str]:
    found = [(file, step["run"]) for file in (ACTION, *WORKFLOWS) for step in steps(file) if "run" in step]
    return {f"{file.name} {number}": script for number, (file, script) in enumerate(found)}


def test_no_script_holds_an_expression_that_a_stranger_could_fill() -> None:
    assert len(scripts()) > 9
    assert {name: EXPRESSION.findall(script) for name, script in scripts().items() if EXPRESSION.search(script)} == {}


@pytest.mark.parametrize("script", [*scripts().values(), (ROOT / ".ci" / "run").read_text()], ids=[*scripts(), "ci"])
def test_every_script_is_bash(script: str) -> None:
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("file", [ACTION, *WORKFLOWS], ids=lambda file: file.name)
def test_actions_of_others_are_pinned_by_their_full_sha(file: Path) -> None:
    used = [step["uses"] for step in steps(file) if "uses" in step]
    assert used, "each of these files uses one at least"
    assert [name for name in used if not SHA.fullmatch(name) and not OURS.fullmatch(name)] == []


def test_the_action_checks_nothing_out_and_installs_the_headless_gate_alone() -> None:
    text = ACTION.read_text(encoding="utf-8")
    assert "actions/checkout" not in text
    (install,) = [line.strip() for line in text.splitlines() if "pip install" in line]
    assert install == '(cd "$HOME_OF_GATE" && bin/python -m pip install --quiet --no-deps "${wanted[@]}" ./source)'
    wanted = set(re.findall(r"requirements-\w+\.txt", text))
    assert wanted == {"requirements-headless.txt", "requirements-predictions.txt"}


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_every_workflow_says_what_its_token_may_and_how_long_it_takes(file: Path) -> None:
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert written["permissions"]
    assert all(job["timeout-minutes"] <= 60 for job in written["jobs"].values())
