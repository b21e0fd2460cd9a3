"""`gate retrain` as it is started by cron, CI or a person: what it says, does, and ends with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.retraining_world import LOOP, Loop, loop_in
from tests.small_world import POLICY, SmallWorld

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "gate", "retrain"]


def gate_retrain(owls: SmallWorld, *arguments: str, **changed: str) -> tuple[int, str, str]:
    environment = {**os.environ, **owls.environment, **changed}
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
    assert "would begin: 1 dataset versions are taken as known" in err
    assert f"would train on dataset {new} (version): version 1.1.0 is new" in err
    assert (len(owls.forge.bodies("PUT ")), len(owls.forge.bodies("POST "))) == before
    assert loop.clones() == []


def test_one_look_starts_what_is_due_and_the_next_asks_for_review(owls: SmallWorld) -> None:
    loop = loop_in(owls)
    loop.version("1.1.0")
    code, out, err = gate_retrain(owls, "--once")
    assert code == 0, err
    assert "is queued" in out
    assert "base run cloned" in err
    loop.work()
    code, out, err = gate_retrain(owls, "--once")
    assert (code, out) == (0, "owls: not started: no dataset version is new\n")
    assert "pull request 1" in err


def test_a_training_that_failed_ends_with_one_and_is_not_repeated(owls: SmallWorld) -> None:
    loop = loop_in(owls)
    loop.turn()
    loop.version("1.1.0")
    loop.turn()
    loop.work(ends="failed")
    code, _, err = gate_retrain(owls, "--once")
    assert (code, "ended as failed" in err) == (1, True)
    assert gate_retrain(owls, "--once")[0] == 0
    assert len(loop.clones()) == 1


def test_what_is_not_known_ends_with_three(owls: SmallWorld) -> None:
    loop = loop_in(owls)
    loop.turn()
    loop.version("1.1.0")
    owls.call("tasks.update_tags", {"ids": [loop.best], "remove_tags": ["best"]})
    code, out, _ = gate_retrain(owls, "--once")
    assert code == 3
    assert "exactly one run must hold the tag 'best'" in out


def test_without_a_loop_in_the_policy_it_is_configuration(owls: SmallWorld) -> None:
    owls.set_policy(POLICY)
    code, _, err = gate_retrain(owls)
    assert code == 2
    assert "has no [retrain]" in err


def test_a_queue_that_is_not_there_is_named_and_made_up_for_later(owls: SmallWorld) -> None:
    loop = loop_in(owls, LOOP.replace("training", "gpu"))
    loop.version("1.1.0")
    code, _, err = gate_retrain(owls, "--once")
    assert code == 4
    assert "no queue 'gpu'" in err
    owls.call("queues.create", {"name": "gpu"})
    assert gate_retrain(owls, "--once")[0] == 0
    assert [clone["status"] for clone in loop.clones()] == ["queued"]


def test_now_is_done_in_the_name_of_the_tokens_person_who_must_be_allowed_to(owls: SmallWorld) -> None:
    loop = loop_in(owls)
    loop.turn()
    asked = ("--now", "--reason", "the labels were corrected")
    code, _, err = gate_retrain(owls, *asked, GITHUB_TOKEN="token-lena")
    assert (code, "deciding needs write" in err, loop.clones()) == (1, True, [])
    assert gate_retrain(owls, *asked)[0] == 2, "a bot answers for nothing"
    assert gate_retrain(owls, "--now", GITHUB_TOKEN="token-noor")[0] == 1, "without a reason"
    assert gate_retrain(owls, *asked, GITHUB_TOKEN="token-noor")[0] == 0
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
