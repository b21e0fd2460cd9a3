"""`gate retrain` as it is started by cron, CI or a person: what it says, does, and ends with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gate.cli.bounded import guarded
from gate.cli.retrain import Wish, once
from tests.retraining_world import LOOP, Loop, loop_in
from tests.small_world import POLICY, SmallWorld

ROOT = Path(__file__).parents[1]
DUE = Wish(None, False, False, "", "")
COMMAND = [sys.executable, "-m", "gate", "retrain"]


def gate_retrain(owls: SmallWorld, *arguments: str) -> tuple[int, str, str]:
    environment = {**os.environ, **owls.environment}
    done = subprocess.run(
        [*COMMAND, *arguments], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_a_dry_run_says_what_would_be_done_and_changes_nothing(owls: SmallWorld) -> None:
    loop = loop_in(owls)
    new = loop.version("1.1.0")
    before = (len(owls.forge.bodies("PUT ")), len(owls.forge.bodies("POST ")))
    code, out, err = gate_retrain(owls, "--dry-run")
    assert (code, out) == (0, "owls: not started: no dataset version is new\n")
    assert "would begin: 1 of the dataset's versions are taken as known" in err
    assert f"would train on dataset {new} (version): version 1.1.0 is new" in err
    assert (len(owls.forge.bodies("PUT ")), len(owls.forge.bodies("POST "))) == before
    assert loop.clones() == []


def look(owls: SmallWorld, monkeypatch: pytest.MonkeyPatch, wish: Wish = DUE, **changed: str) -> int:
    """The same in this process."""
    for name, value in {**owls.environment, **changed}.items():
        monkeypatch.setenv(name, value)
    return guarded(lambda: once(wish, 100.0))


def test_one_look_starts_what_is_due_and_the_next_asks_for_review(
    owls: SmallWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loop = loop_in(owls)
    loop.version("1.1.0")
    assert look(owls, monkeypatch) == 0
    said = capsys.readouterr()
    assert "is queued" in said.out
    assert "base run cloned" in said.err
    loop.work()
    assert look(owls, monkeypatch) == 0
    said = capsys.readouterr()
    assert said.out == "owls: not started: no dataset version is new\n"
    assert "pull request 1" in said.err


def test_a_training_that_failed_ends_with_one_and_is_not_repeated(
    owls: SmallWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loop = loop_in(owls)
    loop.turn()
    loop.version("1.1.0")
    loop.turn()
    loop.work(ends="failed")
    assert look(owls, monkeypatch) == 1
    assert "ended as failed" in capsys.readouterr().err
    assert look(owls, monkeypatch) == 0
    assert len(loop.clones()) == 1


def test_what_is_not_known_ends_with_three(
    owls: SmallWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loop = loop_in(owls)
    loop.turn()
    loop.version("1.1.0")
    owls.call("tasks.update_tags", {"ids": [loop.best], "remove_tags": ["best"]})
    assert look(owls, monkeypatch) == 3
    assert "exactly one run must hold the tag 'best'" in capsys.readouterr().out


def test_what_cannot_be_obeyed_is_configuration(
    owls: SmallWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    owls.set_policy(POLICY)
    assert look(owls, monkeypatch) == 2
    assert "has no [retrain]" in capsys.readouterr().err
    assert look(owls, monkeypatch, replace(DUE, reason="why")) == 2
    assert "go with --now" in capsys.readouterr().err
    owls.set_policy(LOOP + POLICY + POLICY.replace('"owls"', '"bats"').replace('"train"', '"train bats"'))
    assert look(owls, monkeypatch, replace(DUE, now=True, reason="why")) == 2
    assert "several scopes" in capsys.readouterr().err


def test_a_queue_that_is_not_there_is_named_and_made_up_for_later(
    owls: SmallWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loop = loop_in(owls, LOOP.replace("training", "gpu"))
    loop.version("1.1.0")
    assert look(owls, monkeypatch) == 4
    assert "no queue 'gpu'" in capsys.readouterr().err
    owls.call("queues.create", {"name": "gpu"})
    assert look(owls, monkeypatch) == 0
    assert [clone["status"] for clone in loop.clones()] == ["queued"]


def test_now_is_done_in_the_name_of_the_tokens_person_who_must_be_allowed_to(
    owls: SmallWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loop = loop_in(owls)
    loop.turn()
    asked = replace(DUE, now=True, reason="the labels were corrected")
    assert look(owls, monkeypatch, asked, GITHUB_TOKEN="token-lena") == 1
    assert "deciding needs write" in capsys.readouterr().err
    assert look(owls, monkeypatch, asked, GITHUB_TOKEN="token-gate-bot") == 2, "a bot answers for nothing"
    assert look(owls, monkeypatch, replace(asked, reason=""), GITHUB_TOKEN="token-noor") == 1, "without a reason"
    assert loop.clones() == []
    assert look(owls, monkeypatch, asked, GITHUB_TOKEN="token-noor") == 0
    assert len(loop.clones()) == 1


def until(reached: Callable[[], object], process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 120
    while not reached():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.1)


def test_the_service_follows_what_happens_and_ends_tidily(owls: SmallWorld) -> None:
    loop: Loop = loop_in(owls)
    process = subprocess.Popen(
        [*COMMAND, "--interval", "1"],
        env={**os.environ, **owls.environment},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until(lambda: owls.forge.bodies("PUT "), process)
        owls.tracker.fail("projects.get_all_ex", status=400)
        loop.version("1.1.0")
        until(loop.queued, process)
        loop.work()
        until(lambda: list(owls.as_user("noor").get_pulls()), process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, err
    assert "stopped" in err
    assert "Traceback" not in err
    assert out.count("no dataset version is new") <= 3, "one line when it changes, not one for every look"
