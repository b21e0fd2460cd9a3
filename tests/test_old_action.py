"""What ClearML's own action did wrong, row by row: each case must end in a safe outcome here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from starlette.responses import PlainTextResponse

from gate.lease import Lease
from gate.ports import ServiceError
from gate.sandbox.serve import serve
from gate.workflow import Refused, decide, reconcile
from gate.workflow.reconcile import APPROVAL
from gate.workflow.scopes import places
from tests.faulty import Faulty
from tests.fresh_python import fresh_python
from tests.reviewer import a_better_candidate, a_minute_ago, decision
from tests.small_world import POLICY, PROJECT, TASK, SmallWorld

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text())

INPUTS = {
    "CLEARML_PROJECT": PROJECT,
    "CLEARML_TASK_NAME": TASK,
    "CLEARML_SCALAR_TITLE": "test",
    "CLEARML_SCALAR_SERIES": "accuracy",
    "CLEARML_BEST_TAGNAME": "champion",
}
BOTH_TAGS = ["best", "champion", "keep"]  # the policy's, the inputs', and one that is nobody's business


def gate(
    command: str, *arguments: str, python: Path | str = sys.executable, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    """The command as CI runs it, in a process of its own."""
    line = [str(python), "-m", "gate", command, *arguments]
    given = {**os.environ, **environment}
    return subprocess.run(line, env=given, cwd=cwd, capture_output=True, text=True, timeout=150, check=False)


def gate_check(world: SmallWorld, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`gate check` with the old action's inputs."""
    return gate("check", "--format", "json", *arguments, **{**world.environment, **INPUTS, **environment})


def verdict(done: subprocess.CompletedProcess[str]) -> tuple[int, str]:
    report = json.loads(done.stdout)
    jsonschema.validate(report, SCHEMA)
    assert report["exit_code"] == done.returncode
    return done.returncode, report["verdict"]


def approving_ends(world: SmallWorld, pull: int) -> str:
    """What a person's Approve comes to: ``promoted``, or ``refused`` with nothing moved."""
    before = {task: world.tags(task) for task in world.holders()}
    try:
        return decide(world.connect(), decision(world, pull)).kind
    except Refused:
        assert {task: world.tags(task) for task in world.holders()} == before
        assert world.connect().forge.names("scopes", "gate-ledger") == []
        return "refused"


def policy(direction: str, margin: str) -> str:
    return POLICY.replace('"max"', f'"{direction}"').replace('"1pp"', f'"{margin}"')


ROWS = [
    # the old action's row, best's curve, candidate's curve, better is, threshold in percent, exit code, verdict
    ("candidate far worse", [0.9], [0.1], "max", "0", 1, "failed"),
    ("better", [0.8], [0.9], "max", "0", 0, "passed"),
    ("negative metric, equal, MAX", [-2.0], [-2.0], "max", "0", 0, "passed"),
    ("negative metric, worse, MAX", [-2.0], [-2.5], "max", "10", 1, "failed"),
    ("best = 0 with a threshold, equal", [0.0], [0.0], "max", "3", 0, "passed"),
    ("best = 0 with a threshold, better", [0.0], [0.1], "max", "3", 0, "passed"),
    ("best = 0 with a threshold, worse", [0.0], [-0.1], "max", "3", 1, "failed"),
    ("NaN loss (stored as 0), MIN", [0.5], [0.0], "min", "0", 3, "unknown"),
    ("peak 0.95 then 0.2", [0.9], [0.95, 0.2], "max", "0", 1, "failed"),
    ("exact boundary, 8 % of 0.52", [0.52], [0.4784], "max", "8", 0, "passed"),
]


@pytest.mark.parametrize(
    ("best", "new", "direction", "percent", "code", "word"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_row(
    owls: SmallWorld, best: list[float], new: list[float], direction: str, percent: str, code: int, word: str
) -> None:
    owls.set_policy(policy(direction, f"{percent}%"))
    holder = owls.run(owls.main(), {"test/accuracy": best}, tags=BOTH_TAGS)
    pull = owls.pull("Try")
    candidate = owls.run(pull.head.sha, {"test/accuracy": new})
    inputs = {"CLEARML_SCALAR_MIN_MAX": direction.upper(), "CLEARML_SCALAR_THRESHOLD": percent}
    assert verdict(gate_check(owls, "--pr", str(pull.number), **inputs)) == (code, word)
    assert (owls.tags(holder), owls.tags(candidate)) == (BOTH_TAGS, [])
    if word == "passed":
        assert approving_ends(owls, pull.number) == "promoted"
        assert (owls.tags(holder), owls.tags(candidate)) == (["champion", "keep"], ["best"])
    else:
        assert approving_ends(owls, pull.number) == "refused"


def test_row_no_best_anywhere_needs_a_metric_and_a_person(owls: SmallWorld) -> None:
    pull = owls.pull("First")
    owls.run(pull.head.sha, {"test/other": [0.5]})
    assert verdict(gate_check(owls, "--pr", str(pull.number))) == (3, "unknown")
    assert approving_ends(owls, pull.number) == "refused"
    first = owls.run(pull.head.sha, {"test/accuracy": [0.5]})
    assert verdict(gate_check(owls, "--pr", str(pull.number))) == (0, "review")
    assert owls.holders() == []
    assert approving_ends(owls, pull.number) == "promoted"
    assert owls.holders() == [first]


def test_row_better_takes_one_tag_from_the_old_best_and_leaves_no_window_without_a_best(owls: SmallWorld) -> None:
    number, best, candidate = a_better_candidate(owls)
    decide(owls.connect(), decision(owls, number))
    assert owls.tracker.bodies("tasks.update_tags") == [
        {"ids": [candidate], "add_tags": ["best"]},
        {"ids": [best], "remove_tags": ["best"]},
    ]
    assert owls.tracker.bodies("tasks.edit") == []
    assert (owls.tags(best), owls.tags(candidate)) == (["keep"], ["best", "mine"])


@pytest.mark.parametrize("applied", [False, True], ids=["before it is applied", "after it was applied"])
@pytest.mark.parametrize("nth", [1, 2], ids=["first tag call fails with 500", "second tag call fails with 500"])
def test_row_is_finished_by_the_next_reconcile(owls: SmallWorld, nth: int, applied: bool) -> None:
    number, best, candidate = a_better_candidate(owls)
    click = decision(owls, number)
    owls.tracker.fail("tasks.update_tags", nth=nth, status=500, applied=applied)
    with pytest.raises(ServiceError, match="update_tags"):
        decide(a_minute_ago(owls.connect()), click)
    head = owls.as_user("noor").get_pull(number).head.sha
    assert owls.connect().forge.status(head, APPROVAL) == "pending"
    assert owls.holders(), "never a moment without a best"
    assert verdict(gate_check(owls, "--pr", str(number), CLEARML_BEST_TAGNAME="best")) == (5, "unknown")
    done = gate("reconcile", **owls.environment)
    assert (done.returncode, done.stdout) == (0, f"owls: at rest, best is {candidate}\n")
    assert (owls.tags(best), owls.tags(candidate)) == (["keep"], ["best", "mine"])
    assert owls.connect().forge.status(head, APPROVAL) == "success"


def test_row_tag_calls_that_go_on_failing_leave_one_best_and_no_green(owls: SmallWorld) -> None:
    number, best, candidate = a_better_candidate(owls)
    click = decision(owls, number)
    head = owls.as_user("noor").get_pull(number).head.sha
    for _ in range(3):
        owls.tracker.fail("tasks.update_tags", status=500)
    with pytest.raises(ServiceError):
        decide(owls.connect(), click)
    tried: list[tuple[list[str], str | None]] = []
    for worker in ("second", "third", "fourth"):  # processes, each of which first waits for the one before
        world = replace(owls.connect(), worker=worker, lease=Lease(1.0, 0.4))
        with suppress(ServiceError):
            reconcile(world, places(world)[0])
        tried.append((owls.holders(), world.forge.status(head, APPROVAL)))
    assert tried == [([best], "pending"), ([best], "pending"), ([candidate], "success")]


def test_row_a_name_that_only_partly_matches_is_neither_candidate_nor_best(owls: SmallWorld) -> None:
    owls.run(owls.main(), tags=BOTH_TAGS)
    pull = owls.pull("Try")
    owls.run(pull.head.sha, name=f"{TASK} more", tags=BOTH_TAGS)
    assert verdict(gate_check(owls, "--pr", str(pull.number))) == (3, "unknown")
    assert approving_ends(owls, pull.number) == "refused"
    owls.run(pull.head.sha)
    assert verdict(gate_check(owls, "--pr", str(pull.number))) == (0, "passed")


def test_row_two_tasks_tagged_are_a_conflict(owls: SmallWorld) -> None:
    owls.run(owls.main(), tags=BOTH_TAGS)
    owls.run(owls.main(), tags=BOTH_TAGS)
    pull = owls.pull("Try")
    owls.run(pull.head.sha)
    assert verdict(gate_check(owls, "--pr", str(pull.number))) == (5, "unknown")
    assert approving_ends(owls, pull.number) == "refused"


@pytest.mark.parametrize("state", ["archived", "failed", "in_progress"])
def test_row_best_archived_or_failed_is_not_used(owls: SmallWorld, state: str) -> None:
    best = owls.run(owls.main(), tags=BOTH_TAGS, status="completed" if state == "archived" else state)
    if state == "archived":
        owls.call("tasks.archive", {"tasks": [best]})
    pull = owls.pull("Try")
    owls.run(pull.head.sha, {"test/accuracy": [0.99]})
    done = gate_check(owls, "--pr", str(pull.number))
    assert verdict(done) == (3, "unknown")
    assert f"run {best} ({state})" in json.loads(done.stdout)["findings"][1]["found"]
    assert approving_ends(owls, pull.number) == "refused"


def test_row_the_ratchet_does_not_turn_because_a_green_check_moves_no_best(owls: SmallWorld) -> None:
    best = owls.run(owls.main(), {"test/accuracy": [0.90]}, tags=BOTH_TAGS)
    found = []
    for accuracy in (0.88, 0.86, 0.84):
        pull = owls.pull(f"Lose a little: {accuracy}")
        owls.run(pull.head.sha, {"test/accuracy": [accuracy]})
        found.append(verdict(gate_check(owls, "--pr", str(pull.number), CLEARML_SCALAR_THRESHOLD="3")))
    assert found == [(0, "passed"), (1, "failed"), (1, "failed")]
    assert owls.holders() == [best]


def test_row_fresh_install_starts_in_an_environment_of_its_own(owls: SmallWorld, tmp_path: Path) -> None:
    owls.run(owls.main(), tags=BOTH_TAGS)
    pull = owls.pull("Try")
    owls.run(pull.head.sha)
    python = fresh_python(tmp_path / "venv", ROOT)
    given = {**owls.environment, **INPUTS, "HOME": str(tmp_path)}
    line = ("--format", "json", "--pr", str(pull.number))
    assert verdict(gate("check", *line, python=python, cwd=tmp_path, **given)) == (0, "passed")


def test_row_fresh_install_with_an_sdk_that_does_not_import_is_not_green(owls: SmallWorld, tmp_path: Path) -> None:
    owls.run(owls.main(), tags=BOTH_TAGS)
    pull = owls.pull("Try")
    owls.run(pull.head.sha)
    broken = tmp_path / "clearml"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise ImportError(\"cannot import name 'FileLoader'\")\n")
    done = gate_check(owls, "--pr", str(pull.number), PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (4, "")
    assert "cannot import name 'FileLoader'" in done.stderr


SHA = "a" * 40
NO_COMMITS = {
    "empty": "",
    "short": "abc1234",
    "one digit short": SHA[1:],
    "one digit long": f"{SHA}a",
    "upper case": SHA.upper(),
    "anything": ".*",
    "a pattern": "[0-9a-f]{40}",
    "an alternative": f"{SHA}|{SHA}",
    "anchored": f"^{SHA[1:]}",
    "a blank before": f" {SHA}",
    "a blank after": f"{SHA} ",
    "a newline after": f"{SHA}\n",
    "a branch": "main",
}


def asked_servers(*arguments: str, **environment: str) -> tuple[subprocess.CompletedProcess[str], int]:
    """`gate check` against a server that knows nothing, and how many requests it saw."""
    server = Faulty(PlainTextResponse("not found", 404))
    with serve(lambda _: server) as url:
        places = {"CLEARML_API_HOST": url, "CLEARML_FILES_HOST": url, "CLEARML_WEB_HOST": url, "GITHUB_API_URL": url}
        keys = {"CLEARML_API_ACCESS_KEY": "k", "CLEARML_API_SECRET_KEY": "s", "GITHUB_REPOSITORY": "skyline/owls"}
        done = gate("check", *arguments, **{**places, **keys, **INPUTS, **environment})
    return done, len(server.heard)


@pytest.mark.parametrize("commit", NO_COMMITS.values(), ids=NO_COMMITS)
@pytest.mark.parametrize("way", ["--commit", "COMMIT_ID"])
def test_row_commit_id_that_is_no_full_sha_is_refused_before_any_query(way: str, commit: str) -> None:
    given = ([], {"COMMIT_ID": commit}) if way == "COMMIT_ID" else ([way, commit], {})
    done, requests = asked_servers(*given[0], **given[1])
    assert (done.returncode, done.stdout, requests) == (2, "", 0)
    assert "give all 40 lower-case hexadecimal digits" in done.stderr


def test_a_full_sha_is_asked_for() -> None:
    done, requests = asked_servers("--commit", SHA)
    assert done.returncode == 4
    assert requests > 0


def test_uncommitted_changes_are_named_as_the_reason(owls: SmallWorld) -> None:
    owls.run(owls.main(), tags=BOTH_TAGS)
    pull = owls.pull("Try")
    run = owls.run(pull.head.sha, diff="- a\n+ b\n")
    done = gate_check(owls, "--pr", str(pull.number))
    assert verdict(done) == (3, "unknown")
    assert json.loads(done.stdout)["refused"] == [{"id": run, "reason": "it ran with uncommitted changes"}]


def test_a_dead_service_is_exit_4_within_the_time_given(owls: SmallWorld) -> None:
    done = gate_check(owls, "--commit", SHA, "--timeout", "5", CLEARML_API_HOST="http://127.0.0.1:9")
    assert done.returncode == 4
    assert "ClearML does not answer" in done.stderr
