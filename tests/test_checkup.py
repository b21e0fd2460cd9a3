"""`gate doctor`: every line against servers that are well, and against each thing that can be wrong with them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import JSONResponse

from gate.checkup import Line, Patient, State, exit_code
from gate.checkup.clearml import version
from gate.checkup.clocks import judged
from gate.checkup.rounds import CHECKS
from gate.cli.checkup import checkup
from gate.cli.doctor import Format
from gate.vitals import TrackerVitals, ahead
from tests.small_world import POLICY, REPOSITORY, SmallWorld

ROOT = Path(__file__).parents[1]
Examine = Callable[..., "Report"]


class Report(NamedTuple):
    """What it ended with, and each check's lines as (state, found, remedy)."""

    code: int
    lines: dict[str, list[tuple[str, str, str]]]

    def states(self, name: str) -> list[str]:
        return [state for state, _, _ in self.lines[name]]

    def said(self, name: str) -> str:
        return " | ".join(found for _, found, _ in self.lines[name])


@pytest.fixture
def examine(
    owls: SmallWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Examine:
    """The doctor in a folder without a gate.toml, with the small world's settings changed as given (None: unset)."""
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path / "folder")

    def run(timeout: float = 60, **changed: str | None) -> Report:
        for name, value in {**owls.environment, **changed}.items():
            monkeypatch.delenv(name, raising=False)
            if value is not None:
                monkeypatch.setenv(name, value)
        code = checkup(Format.json, timeout)
        found = json.loads(capsys.readouterr().out)
        assert found["exit_code"] == code
        lines: dict[str, list[tuple[str, str, str]]] = {}
        for line in found["checks"]:
            lines.setdefault(line["name"], []).append((line["state"], line["found"], line["remedy"]))
        return Report(code, lines)

    return run


def protect(owls: SmallWorld, *contexts: str) -> None:
    checks = {"strict": False, "contexts": list(contexts)}
    body = {"required_status_checks": checks, "enforce_admins": True, "required_pull_request_reviews": None}
    url = f"{owls.environment['GITHUB_API_URL']}/repos/{REPOSITORY}/branches/main/protection"
    head = {"Authorization": "token token-tomas"}
    requests.put(url, json={**body, "restrictions": None}, headers=head, timeout=20).raise_for_status()


def healthy(owls: SmallWorld) -> str:
    """A best run with an artifact, and a branch that requires the approval."""
    protect(owls, "model-approval", "model-gate")
    return owls.run(owls.main(), tags=["best"], rows=[("1", "owl", "owl")])


def test_a_healthy_world_is_said_to_be_one_and_is_left_as_it_was(owls: SmallWorld, examine: Examine) -> None:
    best = healthy(owls)
    before = len(owls.forge.heard), len(owls.tracker.heard)
    found = examine()
    assert found.code == 0
    assert best in found.said("tag")
    assert "predictions" in found.said("file server")
    unsure = {name for name, lines in found.lines.items() if lines[0][0] != "ok"}
    assert unsure == {"approval", "ledger"}, "nobody bound the status to an App, and no ledger was begun"
    assert {heard.line.split()[0] for heard in owls.forge.heard[before[0] :]} == {"GET"}
    calls = {heard.line.rsplit("/", 1)[-1] for heard in owls.tracker.heard[before[1] :]}
    assert calls == {"auth.login", "debug.ping", "projects.get_all_ex", "tasks.get_all_ex"}


NOBODY = "http://127.0.0.1:9"  # the port of discard, where nothing listens
CASES: dict[str, tuple[dict[str, str | None], str, str, str, int]] = {
    # what is changed; the check, its state, what it says, and the exit code
    "token refused": ({"GITHUB_TOKEN": "nonsense"}, "github", "wrong", "401", 2),
    "no token": ({"GITHUB_TOKEN": None}, "github token", "wrong", "GITHUB_TOKEN is not set", 2),
    "reader": ({"GITHUB_TOKEN": "token-lena"}, "contents", "wrong", "may not write", 2),
    "other repository": ({"GITHUB_REPOSITORY": "skyline/cats"}, "github", "wrong", "does not know the repository", 2),
    "no repository": ({"GITHUB_REPOSITORY": None}, "settings", "wrong", "set it to owner/name", 2),
    "not a size": ({"GATE_CACHE_BYTES": "lots"}, "settings", "wrong", "GATE_CACHE_BYTES", 2),
    "not an address": ({"GATE_DASHBOARD_URL": "gate"}, "settings", "wrong", "GATE_DASHBOARD_URL is 'gate'", 2),
    "forge down": ({"GITHUB_API_URL": NOBODY}, "github", "unreachable", "GitHub does not answer", 4),
    "keys refused": ({"CLEARML_API_SECRET_KEY": "s3cr3t-s3cr3t"}, "clearml", "wrong", "refuses the login", 2),
    "tracker down": ({"CLEARML_API_HOST": NOBODY}, "clearml", "unreachable", "ClearML does not answer", 4),
}


@pytest.mark.parametrize("case", CASES)
def test_each_thing_that_is_wrong_with_the_settings_has_its_line(owls: SmallWorld, examine: Examine, case: str) -> None:
    healthy(owls)
    changed, check, state, words, code = CASES[case]
    found = examine(**changed)
    assert (found.states(check), found.code) == ([state], code)
    assert words in found.said(check)
    assert all(remedy for lines in found.lines.values() for state, _, remedy in lines if state in ("wrong", "unsure"))


@pytest.mark.parametrize(("down", "up"), [("forge down", "clearml"), ("tracker down", "approval")])
def test_a_service_that_is_down_does_not_hide_the_other(owls: SmallWorld, examine: Examine, down: str, up: str) -> None:
    healthy(owls)
    found = examine(**CASES[down][0])
    assert found.states(up)[0] in ("ok", "unsure")
    assert "not asked" in {state for lines in found.lines.values() for state, _, _ in lines}


def test_every_mistake_of_both_policies_has_a_line(owls: SmallWorld, examine: Examine) -> None:
    healthy(owls)
    owls.set_policy(POLICY.replace('"max"', '"up"').replace('"1pp"', '"soon"'))
    Path("gate.toml").write_text("[gate]\nprojet = 'Owls'\n", encoding="utf-8")
    found = examine()
    assert found.states("policy") == ["wrong", "wrong"]
    assert set(found.states("gate.toml here")) == {"wrong"}
    assert "projet" in found.said("gate.toml here")
    assert found.states("tag") == ["not asked"]
    assert found.code == 2


def test_a_branch_without_a_policy_is_told_how_to_get_one(owls: SmallWorld, examine: Examine) -> None:
    repo = owls.as_user("tomas")
    repo.delete_file("gate.toml", "No policy", repo.get_contents("gate.toml").sha, branch="main")
    assert "`gate init`" in examine().said("policy")


def moved(owls: SmallWorld, path: str, text: str = POLICY) -> None:
    """The policy lies elsewhere, and there is none in its usual place."""
    repo = owls.as_user("tomas")
    repo.delete_file("gate.toml", "Elsewhere", repo.get_contents("gate.toml").sha, branch="main")
    repo.create_file(path, "Here", text, branch="main")


def test_a_policy_that_lies_elsewhere_is_looked_for_there(owls: SmallWorld, examine: Examine) -> None:
    healthy(owls)
    moved(owls, "ml/gate.toml")
    found = examine(GATE_POLICY="ml/gate.toml")
    assert (found.states("policy"), found.code) == (["ok"], 0), found.said("policy")
    assert "from ml/gate.toml on main" in found.said("policy")
    assert "no gate.toml" not in found.said("contents")
    assert "no other.toml on main" in examine(GATE_POLICY="other.toml").said("policy")


def test_the_policy_at_hand_is_the_one_that_is_named(owls: SmallWorld, examine: Examine) -> None:
    Path("mine.toml").write_text("[gate]\nprojet = 'Owls'\n", encoding="utf-8")
    assert "projet" in examine(GATE_POLICY="mine.toml").said("gate.toml here")


def test_without_a_policy_the_inputs_count_and_are_examined(owls: SmallWorld, examine: Examine) -> None:
    best = healthy(owls)
    owls.set_policy("nobody reads this")
    inputs = {"CLEARML_PROJECT": "Owls", "CLEARML_TASK_NAME": "train", "CLEARML_BEST_TAGNAME": "best"}
    scalars = {"CLEARML_SCALAR_TITLE": "test", "CLEARML_SCALAR_SERIES": "accuracy", "CLEARML_SCALAR_MIN_MAX": "MAX"}
    found = examine(GATE_POLICY="none", **inputs, **scalars)
    assert best in found.said("tag"), found.said("policy")
    assert set(examine(GATE_POLICY="none", CLEARML_PROJECT=None, CLEARML_TASK_NAME=None).states("policy")) == {"wrong"}


@pytest.mark.parametrize(
    ("policy", "check", "state", "words"),
    [
        (POLICY.replace('"Owls"', '"owls"'), "project", "wrong", "no project 'owls'"),
        (POLICY.replace('"train"', '"trian"'), "runs", "wrong", "'trian'"),
        (POLICY.replace('"best"', '"champion"'), "tag", "unsure", "nobody holds 'champion'"),
    ],
    ids=["project", "task", "tag"],
)
def test_a_name_that_clearml_does_not_have_is_said(
    owls: SmallWorld, examine: Examine, policy: str, check: str, state: str, words: str
) -> None:
    healthy(owls)
    owls.set_policy(policy)
    found = examine()
    assert found.states(check) == [state]
    assert words in found.said(check)


def test_two_holders_are_both_named(owls: SmallWorld, examine: Examine) -> None:
    both = [healthy(owls), owls.run(owls.main(), tags=["best"])]
    found = examine()
    assert found.states("tag") == ["wrong"]
    assert all(run in found.said("tag") for run in both)


def test_an_artifact_that_is_gone_is_found_though_it_was_read_before(owls: SmallWorld, examine: Examine) -> None:
    healthy(owls)
    assert examine().states("file server") == ["ok"]
    (kept,) = owls.connect().tracker.holders("best", "Owls", "train")
    owls._http.delete(kept.artifacts["predictions"].uri, timeout=20).raise_for_status()
    found = examine()
    assert (found.states("file server"), found.code) == (["wrong"], 2)


def test_a_status_nobody_requires_is_wrong_and_one_of_an_app_is_well(owls: SmallWorld, examine: Examine) -> None:
    owls.run(owls.main(), tags=["best"])
    found = examine()
    assert (found.states("approval"), found.code) == (["unsure"], 0), "rulesets are not served here: who knows"
    rule = {"required_status_checks": [{"context": "Model-Approval", "integration_id": 7}]}
    rules = [{"type": "required_status_checks", "parameters": rule}]
    owls.forge.answer("/rules/branches/main", "", JSONResponse(rules))
    found = examine()
    assert "of the App 7" in found.said("approval")
    owls.forge.answer("/rules/branches/main", "", JSONResponse([]))
    assert examine().states("approval") == ["wrong"]


def test_an_approval_for_another_scope_is_not_taken_for_this_one(owls: SmallWorld, examine: Examine) -> None:
    protect(owls, "model-approval")
    owls.set_policy(POLICY + POLICY.replace('name = "owls"', 'name = "more"').replace("train", "train more"))
    owls.forge.answer("/rules/branches/main", "", JSONResponse([]))
    assert examine().states("approval") == ["wrong", "wrong"]


def answered_with(owls: SmallWorld, **headers: str) -> None:
    """The next answer about the repository is as ever, with more headers."""
    url = f"{owls.environment['GITHUB_API_URL']}/repos/{REPOSITORY}"
    body = requests.get(url, headers={"Authorization": "token token-gate-bot"}, timeout=20).json()
    owls.forge.answer(f"GET /api/v3/repos/{REPOSITORY}", "", JSONResponse(body, headers=headers))


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        ("repo, user", ["ok"] * 3),
        ("public_repo", ["ok"] * 3),
        ("repo:status", ["wrong", "ok", "wrong"]),
        ("", ["wrong"] * 3),
    ],
)
def test_the_scopes_of_a_classic_token_are_those_that_github_names(
    owls: SmallWorld, examine: Examine, scopes: str, expected: list[str]
) -> None:
    owls.github.add_account("noor", "ghp_token")
    answered_with(owls, **{"X-OAuth-Scopes": scopes})
    found = examine(GITHUB_TOKEN="ghp_token")
    assert [found.states(name)[0] for name in ("contents", "statuses", "pull requests")] == expected


@pytest.mark.parametrize("prefix", ["ghs_", "github_pat_"])
def test_what_github_tells_nobody_is_not_claimed(owls: SmallWorld, examine: Examine, prefix: str) -> None:
    owls.github.add_account("gate-bot", f"{prefix}token", "Bot")
    found = examine(GITHUB_TOKEN=f"{prefix}token")
    assert found.states("contents") == ["unsure"]
    assert "gate selftest" in found.lines["contents"][0][2]


@pytest.mark.parametrize(
    ("skew", "state"),
    [(0.9, "ok"), (-4, "ok"), (20, "unsure"), (-26, "wrong"), (26, "wrong"), (None, "unsure")],
)
def test_a_clock_is_judged_by_what_a_lease_can_bear(skew: float | None, state: str) -> None:
    assert judged("GitHub", skew)[0] == state


@pytest.mark.parametrize("text", ["", "soon", "Sat, 99 Nov 2026 22:00:00 GMT"])
def test_a_header_that_is_no_time_is_none(text: str) -> None:
    assert ahead(text) is None


def test_a_header_is_compared_with_this_clock() -> None:
    assert ahead(formatdate(time.time() + 100, usegmt=True)) == pytest.approx(100, abs=2)


@pytest.mark.parametrize(
    ("api", "state"), [("2.34", "ok"), ("2.27", "ok"), ("2.26", "wrong"), ("2.9", "wrong"), ("", "wrong")]
)
def test_a_server_without_an_atomic_change_of_tags_is_too_old(api: str, state: str) -> None:
    patient = Patient({}, Path(), lambda: pytest.fail("asked"), lambda: pytest.fail("asked"))
    patient.clearml = TrackerVitals("http://clearml", "http://files", "1.0", api, None)
    assert [found[0] for found in version(patient)] == [state]


def test_no_secret_is_shown_whatever_repeats_it(owls: SmallWorld, examine: Examine) -> None:
    address = "ftp://gate:hunter2hunter2@ghp_topsecret/"
    found = examine(GATE_DASHBOARD_URL=address, GITHUB_TOKEN="ghp_topsecret", CLEARML_API_SECRET_KEY="s3cr3t-s3cr3t")
    assert "GATE_DASHBOARD_URL is 'ftp://…@…/'" in found.said("settings")
    assert not [secret for secret in ("hunter2", "topsecret", "s3cr3t") if secret in json.dumps(found.lines)]


def test_services_that_never_answer_end_in_time(examine: Examine) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(64)
        silent = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        begin = time.monotonic()
        found = examine(timeout=5, GITHUB_API_URL=silent, CLEARML_API_HOST=silent)
    assert time.monotonic() - begin < 6
    assert (found.states("github"), found.states("clearml"), found.code) == (["unreachable"], ["unreachable"], 4)


def test_the_text_has_one_line_each_in_which_nothing_is_hidden(
    owls: SmallWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    owls.set_policy(POLICY.replace('"train"', '"\\u001b[2J\\u202e"'))
    for name, value in owls.environment.items():
        monkeypatch.setenv(name, value)
    assert checkup(Format.text, 60) == 2
    said = capsys.readouterr().out
    assert not {"\x1b", "\u202e"} & set(said)
    lines = said.splitlines()
    assert {line.split(":")[0][2:] for line in lines[:-1]} == {check.name for check in CHECKS}
    assert all(line[0] in "✓?✗-" for line in lines[:-1])


@given(st.lists(st.sampled_from(list(State))))
def test_what_is_ours_to_mend_goes_before_what_may_pass(states: list[State]) -> None:
    expected = 2 if State.WRONG in states else 4 if State.UNREACHABLE in states else 0
    assert exit_code([Line("x", state, "") for state in states]) == expected


def test_every_check_is_documented() -> None:
    text = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    assert not [check.name for check in CHECKS if f"| {check.name} |" not in text]
    assert not [after for check in CHECKS for after in check.after if after not in {each.name for each in CHECKS}]


def test_the_command_ends_with_the_exit_code_of_what_it_found(tmp_path: Path) -> None:
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB", "CLEARML", "GATE"))}
    line = [sys.executable, "-m", "gate", "doctor", "--format", "json", "--timeout", "10"]
    environment = {**keep, "CLEARML_API_HOST": NOBODY, "HOME": str(tmp_path)}
    done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, json.loads(done.stdout)["exit_code"]) == (2, 2), done.stderr
    assert "looking at clearml" in done.stderr
