"""The action, run step by step as GitHub's runner does: every event, and a workflow of ClearML's own action."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from github.PullRequest import PullRequest

from gate.cli import judge
from gate.cli.ending import Ending
from gate.ports import ServiceError
from gate.record import Record
from gate.workflow import Question, check, decide
from gate.workflow.queue import mirror
from tests.reviewer import decision
from tests.small_world import POLICY, PROJECT, TASK, SmallWorld
from tests.workflow_events import example, machine, pull_event, push_event, queue_event
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


SHORT = """
on: [pull_request, pull_request_target, merge_group, push, workflow_dispatch]
jobs:
  judge:
    runs-on: ubuntu-latest
    env:
      CLEARML_API_HOST: ${{ vars.CLEARML_API_HOST }}
      CLEARML_WEB_HOST: ${{ vars.CLEARML_WEB_HOST }}
      CLEARML_API_ACCESS_KEY: ${{ secrets.CLEARML_API_ACCESS_KEY }}
      CLEARML_API_SECRET_KEY: ${{ secrets.CLEARML_API_SECRET_KEY }}
    steps:
      - id: gate
        uses: example/promotion-gate@main
        with:
          dashboard-url: https://gate.example
"""


def with_inputs(**inputs: str) -> str:
    return SHORT + "".join(f"          {name.replace('_', '-')}: {value!r}\n" for name, value in inputs.items())


def statuses(world: SmallWorld, commit: str) -> dict[str, str]:
    return {
        status.context: status.state
        for status in world.as_user("noor").get_commit(commit).get_combined_status().statuses
    }


def comments(world: SmallWorld, pull: int) -> list[str]:
    return [comment.body for comment in world.as_user("noor").get_issue(pull).get_comments()]


def test_a_fork_is_judged_on_pull_request_target_with_nothing_checked_out(
    owls: SmallWorld, run: Callable[..., Job]
) -> None:
    pull, _, candidate = candidate_of(owls)
    event = pull_event("pull_request_target", pull, fork="stranger/owls")
    job = run(owls, SHORT, "pull_request_target", event)
    assert (job.code, job.outputs("gate")["candidate-task-id"]) == (0, candidate), job.log
    assert statuses(owls, pull.head.sha) == {"model-gate": "success"}
    assert len(comments(owls, pull.number)) == 1
    assert f"https://gate.example/review?pr={pull.number}" in job.summary


def candidate_of(world: SmallWorld, accuracy: float = 0.95) -> tuple[PullRequest, str, str]:
    best = world.run(world.main(), tags=["best"])
    pull = world.pull("Try")
    return pull, best, world.run(pull.head.sha, {"test/accuracy": [accuracy]})


def test_a_fork_without_secrets_is_told_why_nothing_was_judged(owls: SmallWorld, run: Callable[..., Job]) -> None:
    pull, _, _ = candidate_of(owls)
    event = pull_event("pull_request", pull, fork="stranger/owls")
    job = run(owls, SHORT, "pull_request", event, secrets={}, token="token-lena")
    assert (job.code, job.outputs("gate")) == (3, job.outputs("gate") | {"verdict": "unknown", "exit-code": "3"})
    assert "a pull request from a fork a token that only reads and no secrets: ClearML cannot be asked" in job.summary
    assert statuses(owls, pull.head.sha) == {}


def test_dependabot_with_keys_of_its_own_is_judged_and_told_why_nothing_is_posted(
    owls: SmallWorld, run: Callable[..., Job]
) -> None:
    pull, _, _ = candidate_of(owls, 0.5)
    event = pull_event("pull_request", pull, author="dependabot[bot]")
    owls.forge.fail(
        "POST /api/v3/repos/skyline/owls/issues", status=403
    )  # a person who reads may comment, this may not
    job = run(owls, SHORT, "pull_request", event, token="token-lena")
    assert job.code == 1, job.log
    assert "FAILED" in job.summary
    assert job.log.count("not posted: GitHub gives a pull request from Dependabot a token that only reads") == 1
    assert (statuses(owls, pull.head.sha), comments(owls, pull.number)) == ({}, [])


def test_a_merge_queue_gets_the_verdict_of_its_pull_request_on_its_own_commit(
    owls: SmallWorld, run: Callable[..., Job]
) -> None:
    pull, _, candidate = candidate_of(owls)
    decide(owls.connect(), decision(owls, pull.number))
    queued = owls.commit("Merge by the queue", {"train.py": "print(2)\n"}, owls.main())
    job = run(owls, SHORT, "merge_group", queue_event(pull, queued))
    assert (job.code, job.outputs("gate")["candidate-task-id"]) == (0, candidate), job.log
    assert statuses(owls, queued) == {"model-gate": "success", "model-approval": "success"}


def test_a_withdrawn_approval_is_not_green_in_the_queue(owls: SmallWorld) -> None:
    pull, _, _ = candidate_of(owls)
    decide(owls.connect(), decision(owls, pull.number))
    queued = owls.commit("Merge by the queue", {"train.py": "print(2)\n"}, owls.main())
    world = owls.connect()
    review = check(world, Question(pull=pull.number))
    mirror(world, review, queued)
    world.forge.post_status(pull.head.sha, "model-approval", "failure", "Rolled back by noor", "")
    mirror(world, review, queued)
    assert statuses(owls, queued)["model-approval"] == "failure"


@pytest.mark.parametrize("name", ["push", "workflow_dispatch"])
def test_a_branch_is_judged_by_its_last_commit(owls: SmallWorld, run: Callable[..., Job], name: str) -> None:
    pull, _, candidate = candidate_of(owls)
    sha = pull.head.sha
    event = push_event(sha, "try") if name == "push" else example(name)
    github = {"GITHUB_SHA": sha} if name == "workflow_dispatch" else {}
    job = run(owls, with_inputs(comment="false", reports=""), name, event, github=github)
    assert job.code == 0, job.log
    assert job.outputs("gate") == job.outputs("gate") | {"candidate-task-id": candidate, "report-path": ""}
    assert statuses(owls, sha) == {"model-gate": "success"}
    assert comments(owls, pull.number) == []


def test_a_commit_id_that_contradicts_the_event_is_a_mistake_of_configuration(
    owls: SmallWorld, run: Callable[..., Job]
) -> None:
    pull = owls.pull("Try")
    workflow = SHORT.replace("    env:\n", f"    env:\n      COMMIT_ID: {'a' * 40}\n")
    job = run(owls, workflow, "pull_request", pull_event("pull_request", pull))
    assert (job.code, job.outputs("gate")["exit-code"]) == (2, "2")
    assert f"the event is about commit {pull.head.sha}" in job.log


def test_what_passed_is_promoted_where_workflow_and_base_branch_say_so(
    owls: SmallWorld, run: Callable[..., Job]
) -> None:
    owls.set_policy(f"[approval]\nallow_automatic = true\n{POLICY}")
    pull, _, candidate = candidate_of(owls)
    job = run(owls, with_inputs(promote="auto"), "pull_request", pull_event("pull_request", pull))
    assert job.code == 0, job.log
    assert owls.holders() == [candidate]
    assert statuses(owls, pull.head.sha) == {"model-gate": "success", "model-approval": "success"}
    assert f"promoted without a person: {candidate} is the best now" in job.summary
    (record,) = [record for record in ledger_of(owls, pull.number) if record.kind == "approve"]
    run_page = f"{owls.environment['GITHUB_SERVER_URL']}/skyline/owls/actions/runs/1234"
    assert record.reviewer.how == f"automatic, as gate.toml on main allows: workflow run {run_page}, started by mira"


def ledger_of(world: SmallWorld, pull: int) -> tuple[Record, ...]:
    return check(world.connect(), Question(pull=pull)).ledger.records


def test_the_inputs_alone_are_enough_to_promote_what_passed(
    without_policy: SmallWorld, run: Callable[..., Job]
) -> None:
    world = without_policy
    best = world.run(world.main(), {"test/accuracy": [0.9]}, tags=[TAG, "keep"])
    pull = world.pull("Try")
    candidate = world.run(pull.head.sha, {"test/accuracy": [0.95]}, tags=["mine"])
    workflow = NEW.replace("        env:", "          promote: auto\n        env:")
    job = run(world, workflow, "pull_request", pull_event("pull_request", pull))
    assert job.code == 0, job.log
    assert (world.tags(best), world.tags(candidate)) == (["keep"], [TAG, "mine"])


def test_a_workflow_that_promotes_against_the_base_branch_is_refused(owls: SmallWorld, run: Callable[..., Job]) -> None:
    pull, best, _ = candidate_of(owls)
    job = run(owls, with_inputs(promote="auto"), "pull_request", pull_event("pull_request", pull))
    assert (job.code, owls.holders()) == (2, [best])
    assert "promote is auto, but gate.toml on main leaves approvals to people" in job.log


def test_a_text_that_a_stranger_wrote_is_never_run(owls: SmallWorld, run: Callable[..., Job], tmp_path: Path) -> None:
    pull, _, _ = candidate_of(owls)
    event = pull_event("pull_request", pull)
    evil = '"; touch evil; $(touch evil) `touch evil` #'
    event["pull_request"]["title"] = event["pull_request"]["head"]["ref"] = evil
    job = run(owls, with_inputs(scope=evil, reports=evil), "pull_request", event)
    assert job.code == 2, job.log
    assert [*tmp_path.rglob("evil")] == []


LENIENT = {
    "CLEARML_PROJECT": PROJECT,
    "CLEARML_TASK_NAME": TASK,
    "CLEARML_SCALAR_TITLE": "test",
    "CLEARML_SCALAR_SERIES": "accuracy",
    "CLEARML_SCALAR_THRESHOLD": "100",
}


def test_inputs_of_a_pull_request_turn_no_status_of_the_policy_green(owls: SmallWorld, run: Callable[..., Job]) -> None:
    pull, best, _ = candidate_of(owls, 0.1)
    event = pull_event("pull_request", pull)
    lenient = with_inputs(policy="none", promote="auto") + "".join(
        f"          {name}: {value!r}\n" for name, value in {**LENIENT, "CLEARML_BEST_TAGNAME": "best"}.items()
    )
    assert run(owls, lenient, "pull_request", event).code == 2
    assert run(owls, lenient.replace("'auto'", "'manual'"), "pull_request", event).code == 0
    assert (statuses(owls, pull.head.sha), owls.holders()) == ({"model-gate/inputs": "success"}, [best])


def test_beside_a_policy_the_inputs_choose_the_model_and_the_policy_judges(owls: SmallWorld) -> None:
    pull, _, candidate = candidate_of(owls, 0.1)
    for tag in ("", "Best Performance", "best"):
        review = check(owls.connect(**LENIENT, CLEARML_BEST_TAGNAME=tag), Question(pull=pull.number))
        assert (review.name, review.verdict.exit_code, review.candidate and review.candidate.id) == (
            "owls",
            1,
            candidate,
        )
    other = check(owls.connect(**LENIENT, CLEARML_BEST_TAGNAME="champion"), Question(pull=pull.number))
    assert other.scope.context("model-gate") == "model-gate/inputs"


def test_a_policy_that_is_elsewhere_is_named_and_must_be_there(owls: SmallWorld, run: Callable[..., Job]) -> None:
    pull, _, _ = candidate_of(owls)
    strict = POLICY.replace('allowed_loss = "1pp"', "min = 0.99")
    owls.as_user("tomas").create_file("models/owls.toml", "Another policy", strict, branch="main")
    event = pull_event("pull_request", pull)
    assert run(owls, with_inputs(policy="models/owls.toml"), "pull_request", event).code == 1
    missing = run(owls, with_inputs(policy="models/cats.toml"), "pull_request", event)
    assert missing.code == 2
    assert "has no models/cats.toml on main" in missing.log


def test_a_folder_of_the_workspace_is_not_run_in_place_of_the_gate(owls: SmallWorld, tmp_path: Path) -> None:
    pull, _, _ = candidate_of(owls)
    for name in (
        "gate/__init__.py",
        "gate/__main__.py",
        "typer.py",
        "hashlib.py",
        "pip/__main__.py",
        "venv/__main__.py",
    ):
        file = tmp_path / "runner" / "workspace" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("import pathlib\npathlib.Path(__file__).with_name('was-here').touch()\nraise SystemExit(0)\n")
    (tmp_path / "workflow.yml").write_text(SHORT)
    event = pull_event("pull_request", pull)
    runner = machine(owls, tmp_path / "runner", tmp_path / "temp", "pull_request", event)
    job = runner.run(tmp_path / "workflow.yml")
    assert job.outputs("gate")["verdict"] == "passed", job.log
    assert [*tmp_path.rglob("was-here")] == []


def test_no_name_adds_an_output_of_its_own(owls: SmallWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pull, _, candidate = candidate_of(owls)
    for name, value in {**owls.environment, "GITHUB_OUTPUT": str(tmp_path / "output")}.items():
        monkeypatch.setenv(name, value)
    ending, folder = Ending(), tmp_path / "reports\nverdict=forged"
    wish = judge.Wish(pull.number, None, None, judge.Format.text, None, post=False, reports=folder)
    assert ending(judge.check(wish, 30, ending)) == 0
    written = (tmp_path / "output").read_text().splitlines()
    assert written[:2] == ["verdict=passed", f"candidate-task-id={candidate}"]
    assert len(written) == 6


def test_a_host_without_its_scheme_is_asked_by_https(owls: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEARML_API_HOST", owls.environment["CLEARML_API_HOST"].removeprefix("http://"))
    with pytest.raises(ServiceError, match="HTTPSConnectionPool"):
        owls.connect().tracker.holders("best", PROJECT, TASK)
