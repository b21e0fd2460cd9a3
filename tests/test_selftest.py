"""`gate selftest`: every call of the ports is tried, what does not hold is named, and nothing is left behind."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest
from starlette.responses import JSONResponse

from gate.cli.doctor import Format
from gate.cli.selftest import Wish, selftest
from gate.config import ConfigError
from gate.ports import Forge, Tracker
from gate.selftest.trial import CLEANUP, STEPS
from tests.small_world import REPOSITORY, SmallWorld

SCRATCH = "tomas/scratch"
Try = Callable[[], tuple[int, dict[str, dict[str, Any]]]]


@pytest.fixture
def attempt(owls: SmallWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Try:
    """The selftest against a scratch repository, as JSON: its exit code, and each call by its service and name."""
    token = "token-tomas"
    owls.as_user("tomas")._requester.requestJsonAndCheck(
        "POST", "/user/repos", input={"name": "scratch", "auto_init": True}
    )
    for name, value in {**owls.environment, "GITHUB_TOKEN": token}.items():
        monkeypatch.setenv(name, value)

    def run() -> tuple[int, dict[str, dict[str, Any]]]:
        code = selftest(Wish(SCRATCH, True, False, Format.json, 60))
        said = capsys.readouterr()
        assert token not in said.out + said.err
        found = json.loads(said.out)
        assert found["exit_code"] == code
        return code, {f"{call['service']} {call['name']}": call for call in found["calls"]}

    return run


def left(owls: SmallWorld) -> tuple[list[str], int, list[str]]:
    """Branches and open pull requests of the scratch repository, and the projects of ClearML."""
    github = owls.as_user("tomas")._requester
    _, branches = github.requestJsonAndCheck("GET", f"/repos/{SCRATCH}/branches")
    _, pulls = github.requestJsonAndCheck("GET", f"/repos/{SCRATCH}/pulls")
    projects = owls.call("projects.get_all_ex", {"search_hidden": True})["projects"]
    return [branch["name"] for branch in branches], len(pulls), [project["name"] for project in projects]


CLEAN = (["main"], 0, [])


def test_everything_the_gate_relies_on_holds_in_the_sandbox_and_nothing_is_left(owls: SmallWorld, attempt: Try) -> None:
    before = len(owls.forge.heard)
    code, calls = attempt()
    assert {name: call["found"] for name, call in calls.items() if call["state"] != "held"} == {}
    assert (code, len(calls)) == (0, len(STEPS) + len(CLEANUP))
    assert all(call["answers"] for name, call in calls.items() if name != "ClearML link")
    assert any(answer.startswith("POST") and answer.endswith(" 201") for answer in calls["GitHub comment"]["answers"])
    touched = {heard.line.split("/repos/")[1] for heard in owls.forge.heard[before:] if "/repos/" in heard.line}
    assert all(path.startswith(SCRATCH) for path in touched), "and no other repository"
    assert left(owls) == CLEAN


@pytest.mark.parametrize("port", [Tracker, Forge], ids=["Tracker", "Forge"])
def test_every_call_of_the_ports_is_tried(port: type[Protocol]) -> None:  # type: ignore[valid-type]
    promised = {name for name in vars(port) if not name.startswith("_") and name != "server"}
    named = {word.strip() for step in STEPS for word in step.name.split(":")[0].split(",")}
    assert promised - named == set()


def test_what_the_service_does_not_keep_is_broken_and_the_rest_goes_on(owls: SmallWorld, attempt: Try) -> None:
    empty = {"state": "pending", "statuses": [], "sha": "", "total_count": 0}
    for _ in range(2):
        owls.forge.answer("scratch/commits/", "", JSONResponse(empty))
    code, calls = attempt()
    assert (code, calls["GitHub post_status, status"]["state"]) == (1, "broken")
    assert calls["GitHub statuses"]["state"] == "held"
    assert left(owls) == CLEAN


def test_a_service_that_refuses_is_a_failure_and_what_follows_from_it_is_skipped(
    owls: SmallWorld, attempt: Try
) -> None:
    owls.forge.fail("POST /api/v3/repos/tomas/scratch/pulls", status=403)
    code, calls = attempt()
    assert (code, calls["GitHub ask"]["state"], calls["GitHub comment"]["state"]) == (4, "failed", "skipped")
    assert calls["GitHub ask"]["answers"][-1].endswith(" 403")
    assert left(owls) == CLEAN


@pytest.mark.parametrize("where", ["POST /api/v3/repos/tomas/scratch/pulls", "tasks.completed", "tasks.delete"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_interrupted_it_still_cleans_up(owls: SmallWorld, attempt: Try, where: str, number: int) -> None:
    owls.forge.overtake(where, lambda: os.kill(os.getpid(), number))
    owls.tracker.overtake(where, lambda: os.kill(os.getpid(), number))
    if where == "tasks.delete":  # amid the cleaning up itself, which is not disturbed
        assert attempt()[0] == 0
    else:
        assert selftest(Wish(SCRATCH, True, False, Format.text, 60)) == 130
    assert left(owls) == CLEAN


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (Wish(REPOSITORY, True, False, Format.text, 60), "under review"),
        (Wish(REPOSITORY.upper(), True, False, Format.text, 60), "under review"),
        (Wish(SCRATCH, False, False, Format.text, 60), "add --yes"),
        (Wish(REPOSITORY, False, True, Format.text, 60), "add --yes"),
        (Wish("scratch", True, False, Format.text, 60), "owner/name"),
    ],
    ids=["under review", "in another case", "no consent", "under review, no consent", "no repository"],
)
def test_nothing_is_written_without_consent(owls: SmallWorld, attempt: Try, wish: Wish, words: str) -> None:
    before = len(owls.forge.heard), len(owls.tracker.heard)
    with pytest.raises(ConfigError, match=words):
        selftest(wish)
    assert (len(owls.forge.heard), len(owls.tracker.heard)) == before


def test_every_call_is_documented() -> None:
    text = (Path(__file__).parents[1] / "docs" / "install.md").read_text(encoding="utf-8")
    assert "gate selftest --repository" in text
