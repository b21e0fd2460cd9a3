"""Who tells people of what: the process that caused it, once, as far as [notify] wants it, and without consequences."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gate.cli import drift, judge
from gate.cli.ending import Ending
from gate.config import ConfigError, explained, parse
from gate.notice import EVENTS
from gate.workflow import Question, Refused, Settlement, check, decide, publish, reconcile
from gate.workflow.scopes import scopes_of_default_branch
from gate.workflow.settle import settle
from gate.workflow.start import start
from tests.browser import ROOT
from tests.chat import Answer, Chat
from tests.chat import chat as listening
from tests.drift_world import watched
from tests.reviewer import a_better_candidate, a_minute_ago, decision
from tests.small_world import POLICY, SmallWorld


@pytest.fixture
def receiver() -> Iterator[Chat]:
    with listening() as found:
        yield found


# -- of what


def test_a_candidate_that_waits_is_told_once_for_each_commit(owls: SmallWorld, receiver: Chat) -> None:
    number, _, candidate = a_better_candidate(owls)
    for _ in range(2):
        world = owls.connect(**receiver.environment)
        assert publish(world, check(world, Question(pull=number))) == []
        assert world.notifier.drain(10) == []
    head = owls.as_user("noor").get_pull(number).head.sha
    world.forge.post_status(head, "model-gate", "failure", "for a moment", "")
    publish(world, check(world, Question(pull=number)))
    assert world.forge.status(head, "model-gate") == "success"
    assert world.notifier.drain(10) == []
    (body,) = [body for _, body in receiver.heard]
    assert body["text"].startswith(f"A candidate waits for a person: #{number} Look at both eyes, by mira")
    assert candidate in json.dumps(body)
    assert f"/pull/{number}" in body["text"]


def test_what_did_not_pass_waits_for_nobody(owls: SmallWorld, receiver: Chat) -> None:
    owls.run(owls.main(), {"test/accuracy": [0.80]}, tags=["best"])
    pull = owls.pull("Look away")
    owls.run(pull.head.sha, {"test/accuracy": [0.5]})
    world = owls.connect(**receiver.environment)
    publish(world, check(world, Question(pull=pull.number)))
    assert (world.notifier.drain(10), receiver.heard) == ([], [])


@pytest.mark.parametrize(
    ("kind", "title"), [("approve", "Approved"), ("reject", "Not approved"), ("changes", "Not approved")]
)
def test_a_decision_is_told_with_who_and_why(owls: SmallWorld, receiver: Chat, kind: str, title: str) -> None:
    number, _, candidate = a_better_candidate(owls)
    world = owls.connect(GATE_DASHBOARD_URL="http://gate.example", **receiver.environment)
    decide(world, decision(owls, number, kind=kind, comment="better on <!channel> owls"))
    assert world.notifier.drain(10) == []
    ((_, body),) = receiver.heard
    assert body["text"].startswith(f"{title}: ")
    assert all(word in body["text"] for word in (candidate, "noor", f"http://gate.example/review?pr={number}"))
    said = json.dumps(body)
    assert "<!channel>" not in said
    assert "&lt;!channel&gt;" in said


def test_an_override_a_rollback_and_a_settled_tag_have_names_of_their_own(owls: SmallWorld, receiver: Chat) -> None:
    owls.set_policy(f"[approval]\nallow_override = true\n{POLICY}")
    best = owls.run(owls.main(), {"test/accuracy": [0.8]}, tags=["best"])
    pull = owls.pull("Look away")
    worse = owls.run(pull.head.sha, {"test/accuracy": [0.5]})
    world = owls.connect(**receiver.environment)
    tomorrow = (world.now() + timedelta(days=1)).isoformat()
    click = decision(owls, pull.number, kind="override", expires=tomorrow)
    assert decide(world, click).kind == "promoted"
    (policy,) = scopes_of_default_branch(world)
    settle(world, policy, Settlement("rollback", best, 1, click.person, "worse after all"))
    owls.call("tasks.update_tags", {"ids": [worse], "add_tags": ["best"]})
    settle(world, policy, Settlement("restore", "", 2, click.person, "nobody decided that"))
    assert world.notifier.drain(10) == []
    assert receiver.titles == ["Approved against the verdict", "Rolled back", "A tag moved by hand was settled"]


def test_a_conflict_is_told(owls: SmallWorld, receiver: Chat) -> None:
    number, *_ = a_better_candidate(owls)
    stranger = owls.run(owls.main(), name="another")
    world = owls.connect(**receiver.environment)
    click = decision(owls, number)
    owls.tracker.overtake("tasks.update_tags", lambda: _steal(owls, stranger))
    assert decide(world, click).kind == "conflict"
    world.notifier.drain(10)
    assert receiver.titles == ["Conflict"]


def _steal(owls: SmallWorld, run: str) -> None:
    owls.call("tasks.edit", {"task": run, "name": "train", "force": True})
    owls.call("tasks.update_tags", {"ids": [run], "add_tags": ["best"]})


# -- by whom


def test_of_many_processes_the_one_whose_record_was_appended_tells(owls: SmallWorld, receiver: Chat) -> None:
    number, *_ = a_better_candidate(owls)
    slow, fast = (replace(owls.connect(**receiver.environment), worker=name) for name in ("slow", "fast"))
    (policy,) = scopes_of_default_branch(slow)
    start(slow, policy.place(slow.tracker.server))
    one, other = (decision(owls, number, kind="reject", login=login) for login in ("noor", "tomas"))
    owls.forge.overtake("PUT /api/v3/repos/skyline/owls/contents", lambda: decide(fast, other))
    with pytest.raises(Refused, match="at the same moment"):
        decide(slow, one)
    assert [world.notifier.drain(10) for world in (slow, fast)] == [[], []]
    (body,) = [body for _, body in receiver.heard]
    assert body["text"].startswith("Not approved: tomas rejected")


def test_whoever_finishes_what_another_left_tells_of_it(owls: SmallWorld, receiver: Chat) -> None:
    number, *_ = a_better_candidate(owls)
    for _ in range(3):
        owls.tracker.fail("tasks.update_tags", status=502)
    crashed = a_minute_ago(owls.connect(**receiver.environment))
    click = decision(owls, number)
    with pytest.raises(Exception, match="502"):
        decide(crashed, click)
    assert receiver.heard == []
    (policy,) = scopes_of_default_branch(crashed)
    other = replace(owls.connect(**receiver.environment), worker="another")
    for _ in range(2):
        reconcile(other, policy.place(other.tracker.server))
    assert other.notifier.drain(10) == []
    assert receiver.titles == ["Approved"]


# -- as far as it is wanted

SILENT = POLICY.replace("[[scope]]", '[notify]\nevents = ["conflict"]\n[[scope]]')
LOUDER = POLICY + '[scope.notify]\nevents = ["rejected"]\n'


@pytest.mark.parametrize(("policy", "heard"), [(SILENT, []), (LOUDER, ["Not approved"])], ids=["other", "own"])
def test_only_what_the_policy_names_is_told(owls: SmallWorld, receiver: Chat, policy: str, heard: list[str]) -> None:
    owls.set_policy(policy)
    number, *_ = a_better_candidate(owls)
    world = owls.connect(**receiver.environment)
    publish(world, check(world, Question(pull=number)))
    decide(world, decision(owls, number, kind="reject"))
    world.notifier.drain(10)
    assert receiver.titles == heard


def test_the_policy_says_it_for_all_models_or_for_one_and_the_explanation_repeats_it() -> None:
    more = POLICY.replace('name = "owls"', 'name = "more"').replace('task = "train"', 'task = "train more"')
    first, second = parse(f'[notify]\nevents = ["waiting"]\n{LOUDER}{more}', "gate.toml")
    assert (first.told, second.told) == ({"rejected"}, {"waiting"})
    assert parse(POLICY, "gate.toml")[0].told == set(EVENTS)
    assert "People are told in their chat of: rejected." in explained([first], "gate.toml")
    assert "told" not in explained(parse(POLICY, "gate.toml"), "gate.toml")


@pytest.mark.parametrize("line", ['events = ["wating"]', 'url = "https://chat"', 'events = ["waiting", "waiting"]'])
def test_a_mistake_in_notify_is_told_with_its_line(line: str) -> None:
    with pytest.raises(ConfigError, match=r"gate\.toml:2"):
        parse(f"[notify]\n{line}\n{POLICY}", "gate.toml")


# -- without consequences


def test_a_chat_that_is_gone_changes_no_exit_code_and_its_address_is_nowhere(
    owls: SmallWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    number, *_ = a_better_candidate(owls)
    with listening(*[Answer(404)] * 5) as receiver:
        for name, value in {**owls.environment, **receiver.environment}.items():
            monkeypatch.setenv(name, value)
        wish = judge.Wish(number, None, None, judge.Format.text, None, post=True)
        assert judge.check(wish, 60, Ending()) == 0
    said = capsys.readouterr()
    assert said.out.startswith("PASSED")
    assert "not notified: waiting: 127.0.0.1 answered 404" in said.err
    assert "secret" not in said.out + said.err


def test_a_chat_that_hangs_holds_a_check_up_for_seconds_and_no_longer(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    with listening(*[Answer(seconds=600)] * 9) as receiver:
        given = {**os.environ, **owls.environment, **receiver.environment, "GATE_TIMEOUT": "120"}
        line = [sys.executable, "-m", "gate", "check", "--pr", str(number)]
        done = subprocess.run(line, env=given, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    assert (done.returncode, "not notified: " in done.stderr) == (0, True), done.stderr


def test_drift_is_told_by_the_command_once_in_a_week(
    owls: SmallWorld, receiver: Chat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = watched(owls, tmp_path)
    for name, value in {**owls.environment, **receiver.environment}.items():
        monkeypatch.setenv(name, value)

    def look(begin: str | None = None) -> int:
        window = drift.Window(begin)
        wish = drift.Wish(None, None, None, None, window, None, None, None, judge.Format.json, tmp_path / "report")
        assert drift.drift(wish, 60) == 1
        return len(receiver.heard)

    assert (look(), look()) == (1, 1)
    (body,) = [body for _, body in receiver.heard]
    assert body["text"].startswith("The best model has drifted: ")
    assert next(iter(runs.values())) in body["text"]
    (mark,) = (tmp_path / "cache" / "promotion-gate" / "notices").iterdir()
    os.utime(mark, (0, time.time() - 8 * 86_400))
    assert look("2013-05-02") == 1, "a window of somebody's own is nobody's news"
    assert look() == 2
