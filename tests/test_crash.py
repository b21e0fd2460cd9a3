"""A process killed after any effect of an approval, and started again, ends with one best and the right statuses."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gate.lease import Lease
from gate.workflow import Question, check, reconcile
from gate.workflow.reconcile import APPROVAL
from tests.small_world import SmallWorld

ROOT = Path(__file__).parents[1]
# Decides as the dashboard's worker does, and dies the moment the Nth step is told.
DYING = """
import os, sys
from gate.connect import connect
from gate.identity import Person
from gate.workflow import Decision, Question, check, decide
pull, last = int(sys.argv[1]), int(sys.argv[2])
world = connect()
packet = check(world, Question(pull=pull)).packet_digest
steps = []
def told(step):
    steps.append(step)
    if len(steps) == last:
        os._exit(9)
decide(world, Decision("approve", pull, "owls", packet, Person("noor", "test"), "good", "n"), told)
os._exit(0)
"""
STEPS = 7  # read, pending, recorded, tag added, tag removed, promoted, success


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_a_promotion_cut_after_any_step_is_finished_by_the_next_start(owls: SmallWorld, step: int) -> None:
    best = owls.run(owls.main(), {"test/accuracy": [0.8]}, tags=["best", "keep"])
    pull = owls.pull("Better")
    candidate = owls.run(pull.head.sha, {"test/accuracy": [0.9]})
    environment = {**os.environ, **owls.environment}
    command = [sys.executable, "-c", DYING, str(pull.number), str(step)]
    assert subprocess.run(command, env=environment, cwd=ROOT, timeout=60, check=False).returncode == 9
    assert owls.holders(), "never a moment without a best"
    world = replace(owls.connect(), lease=Lease(2.0, 1.0))  # the dead worker's is soon over
    place = check(world, Question(pull=pull.number)).scope
    reconcile(world, place)
    decided = step > 3  # the third step is told before the record is appended
    assert owls.holders() == ([candidate] if decided else [best])
    status = world.forge.status(pull.head.sha, APPROVAL)
    assert status == ("success" if decided else {1: None, 2: None, 3: "pending"}[step])
    assert reconcile(world, place) == reconcile(world, place)
