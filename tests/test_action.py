"""The action, run step by step as GitHub's runner does: every event, and a workflow of ClearML's own action."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.small_world import PROJECT, TASK, SmallWorld
from tests.workflow_events import machine, pull_event
from tests.workflow_runner import Job

OLD = f"""
name: Compare models
on:
  pull_request:
    branches: [main]
    types: [assigned, opened, edited, reopened, synchronize]
jobs:
  detect-model-degradation:
    runs-on: ubuntu-latest
    steps:
      - name: Compare models
        uses: USES
        with:
          CLEARML_PROJECT: '{PROJECT}'
          CLEARML_TASK_NAME: '{TASK}'
          CLEARML_SCALAR_TITLE: 'test'
          CLEARML_SCALAR_SERIES: 'accuracy'
          CLEARML_SCALAR_MIN_MAX: 'MAX'
          CLEARML_BEST_TAGNAME: 'BESTEST MODEL'
          CLEARML_SCALAR_THRESHOLD: 3
          CLEARML_API_ACCESS_KEY: ${{{{ secrets.ACCESS_KEY }}}}
          CLEARML_API_SECRET_KEY: ${{{{ secrets.SECRET_KEY }}}}
          CLEARML_API_HOST: ${{{{ secrets.CLEARML_API_HOST }}}}
        env:
          COMMIT_ID: ${{{{ github.event.pull_request.head.sha }}}}
"""
NEW = OLD.replace("USES", "example/promotion-gate@main")
TAG = "BESTEST MODEL"


@pytest.fixture(scope="module")
def temp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runner's place for tools: what one job of this file installed, the next one finds."""
    return tmp_path_factory.mktemp("runner")


@pytest.fixture
def without_policy(owls: SmallWorld) -> SmallWorld:
    """A repository of before: no gate.toml anywhere."""
    repo = owls.as_user("tomas")
    repo.delete_file("gate.toml", "No policy yet", repo.get_contents("gate.toml", ref="main").sha, branch="main")
    return owls


@pytest.fixture
def run(tmp_path: Path, temp: Path) -> Callable[..., Job]:
    def run(world: SmallWorld, workflow: str, name: str, event: dict[str, Any], **changed: Any) -> Job:
        file = tmp_path / "workflow.yml"
        file.write_text(workflow)
        return machine(world, tmp_path / "runner", temp, name, event, **changed).run(file)

    return run


@pytest.mark.parametrize(
    ("accuracy", "code", "verdict"), [(0.89, 0, "passed"), (0.80, 1, "failed"), (None, 3, "unknown")]
)
def test_a_workflow_of_the_old_action_works_with_its_uses_line_changed(
    without_policy: SmallWorld, run: Callable[..., Job], accuracy: float | None, code: int, verdict: str
) -> None:
    world = without_policy
    best = world.run(world.main(), {"test/accuracy": [0.9]}, tags=[TAG])
    pull = world.pull("Try")
    candidate = world.run(pull.head.sha, {"test/accuracy": [accuracy]}) if accuracy else ""
    job = run(world, NEW, "pull_request", pull_event("pull_request", pull))
    assert job.code == code, job.log
    assert (world.tags(best), candidate and world.tags(candidate)) == ([TAG], candidate and [])
    assert world.connect().forge.names("scopes", "gate-ledger") == []
    assert verdict.upper() in job.log
    assert job.outputs("step 0") | {"packet-digest": ""} == {
        "verdict": verdict,
        "exit-code": str(code),
        "candidate-task-id": candidate,
        "best-task-id": best,
        "packet-digest": "",
        "report-path": "gate-reports/report.md",
    }
