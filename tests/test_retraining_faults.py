"""Every write of the loop fails, before or after it took effect, or the process dies: each version is trained once."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from gate.lease import Lease
from gate.ports import Absent, ServiceError
from gate.retraining import cycles
from gate.workflow.retrain import retrain
from gate.workflow.retraining_book import open_journal
from tests.faulty import Faulty
from tests.retraining_world import LOOP, Loop, loop_in
from tests.small_world import SmallWorld

ROOT = Path(__file__).parents[1]
WRITES = {
    # which server, and what its request holds
    "triggered": ("forge", "PUT ", "retraining: triggered"),
    "the branch": ("forge", "/git/refs", "retrain/"),
    "the commit": ("forge", "PUT ", "Retrain on dataset"),
    "clone": ("tracker", "tasks.clone", ""),
    "set up": ("tracker", "tasks.edit", "version_num"),
    "enqueue": ("tracker", "tasks.enqueue", ""),
    "queued": ("forge", "PUT ", "retraining: queued"),
    "the pull request": ("forge", "POST /api/v3/repos/skyline/owls/pulls", ""),
    "asked": ("forge", "PUT ", "retraining: asked"),
}
FAULTS = [(500, False), (502, True)]
NAMES = [f"{status} {'after' if applied else 'instead of'} its effect" for status, applied in FAULTS]
QUICK = Lease(2.0, 1.0)


def turned(loop: Loop) -> None:
    with suppress(ServiceError, Absent):
        loop.turn()


def pulls(loop: Loop) -> list[str]:
    return sorted(pull.head.sha for pull in loop.owls.as_user("noor").get_pulls())


def assert_each_once(loop: Loop, versions: list[str]) -> None:
    """One clone and one pull request for each version, and nobody but the best ever held the tag."""
    assert loop.trained_on() == versions
    assert pulls(loop) == sorted(clone["script"]["version_num"] for clone in loop.clones())
    assert loop.owls.holders() == [loop.best]
    assert loop.owls.tags(loop.best) == ["best", "keep"]
    policy, world = loop.policy, loop.owls.connect()
    journal = open_journal(world.forge, policy.place(world.tracker.server)).journal
    assert [cycle.last.kind for cycle in cycles(journal)] == ["asked"] * len(versions)


@pytest.mark.parametrize(("status", "applied"), FAULTS, ids=NAMES)
def test_a_write_that_fails_is_made_up_for_and_nothing_is_trained_twice(
    owls: SmallWorld, status: int, applied: bool
) -> None:
    loop = loop_in(owls)
    loop.turn()
    versions = []
    for number, (write, (server, where, saying)) in enumerate(WRITES.items(), 1):
        versions.append(loop.version(f"1.{number}.0"))
        faulty: Faulty = getattr(owls, server)
        faulty.fail(where, saying, status=status, applied=applied)
        turned(loop)
        assert owls.holders() == [loop.best], write
        loop.turn()
        loop.work()
        turned(loop)
        loop.turn()
        assert faulty.faults == [], f"the fault at {write} was met"
        assert len(loop.clones()) == number, write
    assert_each_once(loop, versions)


@pytest.mark.parametrize("applied", [False, True], ids=["instead of its effect", "after its effect"])
@pytest.mark.parametrize("where", ["/git/refs", "PUT "])
def test_a_first_look_that_fails_loses_no_version(owls: SmallWorld, where: str, applied: bool) -> None:
    loop = loop_in(owls)
    owls.forge.fail(where, status=500, applied=applied)
    turned(loop)
    assert owls.forge.faults == []
    loop.turn()
    new = loop.version("1.1.0")
    loop.turn()
    assert loop.trained_on() == [new]


# Turns the loop as `gate retrain --once` does, and dies the moment the Nth thing is told.
DYING = """
import os, sys
from dataclasses import replace
from gate.connect import connect
from gate.lease import Lease
from gate.workflow.retrain import retrain
from gate.workflow.scopes import scopes_of_default_branch
last, told = int(sys.argv[1]), []
def tell(said):
    told.append(said)
    if len(told) == last:
        os._exit(9)
world = replace(connect(), lease=Lease(2.0, 1.0))
retrain(world, scopes_of_default_branch(world)[0], told=tell)
os._exit(0)
"""
STEPS = 7  # triggered, branch, commit, clone, set up, enqueued, queued


def test_a_process_that_dies_after_any_effect_is_taken_over_and_each_version_is_trained_once(owls: SmallWorld) -> None:
    loop = loop_in(owls)
    loop.turn()
    environment, versions = {**os.environ, **owls.environment}, []
    for step in range(1, STEPS + 1):
        versions.append(loop.version(f"1.{step}.0"))
        command = [sys.executable, "-c", DYING, str(step)]
        assert subprocess.run(command, env=environment, cwd=ROOT, timeout=120, check=False).returncode == 9
        loop.turn(world=replace(owls.connect(), worker=f"after {step}", lease=Lease(1.0, 0.2)))
        assert len(loop.clones()) == step
        loop.work()
        if step == STEPS:  # its pull request is opened, and nobody wrote that down
            assert (
                subprocess.run([*command[:-1], "1"], env=environment, cwd=ROOT, timeout=120, check=False).returncode
                == 9
            )
        loop.turn()
    assert_each_once(loop, versions)


def test_instances_side_by_side_train_nothing_twice(owls: SmallWorld) -> None:
    """With two in flight at once, so that the instances have different things to do, too."""
    loop = loop_in(owls, LOOP + "max_in_flight = 2\n")
    loop.turn()
    versions = [loop.version("1.1.0"), loop.version("1.2.0")]
    failures: list[Exception] = []

    def instance(name: str) -> None:
        try:
            loop.turn(world=replace(owls.connect(), worker=name))
        except Exception as error:
            failures.append(error)

    threads = [Thread(target=instance, args=(name,)) for name in ("one", "two", "three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(loop.trained_on()) == sorted(versions)
    assert len(loop.queued()) == 2
    assert owls.holders() == [loop.best]


MOMENTS = {
    "between decision and record": ("GET /api/v3/repos/skyline/owls/contents/retraining", "", 3),
    "at the trigger": ("PUT ", "retraining: triggered", 1),
    "at the queue": ("PUT ", "retraining: queued", 1),
    "at the pull request": ("PUT ", "retraining: asked", 1),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_instance_that_is_overtaken_does_nothing_twice(owls: SmallWorld, moment: str) -> None:
    loop = loop_in(owls)
    loop.turn()
    new = loop.version("1.1.0")
    ran = moment == "at the pull request"
    if ran:
        loop.turn()
        loop.work()
    where, saying, nth = MOMENTS[moment]
    other = replace(owls.connect(), worker="the other")
    owls.forge.overtake(where, lambda: loop.turn(world=replace(other, lease=QUICK)), saying, nth)
    loop.turn(world=replace(owls.connect(), lease=QUICK))
    assert owls.forge.faults == []
    assert loop.trained_on() == [new]
    assert len(pulls(loop)) == ran
    kinds = [event.kind for event in loop.turn().journal.events if event.kind != "takeover"]
    assert len(kinds) == len(set(kinds)), "nothing is written down twice"


def test_a_server_that_copies_all_tags_to_a_clone_makes_no_second_holder(owls: SmallWorld) -> None:
    """The draft gets the tag as soon as it is made: it is gone before the draft has the model's name, or is queued."""
    loop, seen = loop_in(owls), []
    loop.turn()
    loop.version("1.1.0")
    world = owls.connect()
    place = loop.policy.place(world.tracker.server)

    def spoil(said: str) -> None:
        if said.endswith("base run cloned"):
            (draft,) = loop.clones()
            owls.call("tasks.update_tags", {"ids": [draft["id"]], "add_tags": ["best"]})
        seen.append([run.id for run in world.tracker.holders("best", place.project, place.task)])

    retrain(world, loop.policy, told=spoil)
    assert seen, "it was looked at after every step"
    assert all(holders == [loop.best] for holders in seen)
    assert owls.holders() == [loop.best]
    (clone,) = loop.clones()
    assert (clone["name"], clone["status"], len(clone["tags"])) == ("train", "queued", 1)


def test_a_training_that_somebody_queued_a_moment_ago_is_queued(owls: SmallWorld) -> None:
    loop = loop_in(owls)
    tracker = owls.connect().tracker
    tracker.clone(loop.best, "train", "mark")
    (draft,) = tracker.marked("mark", loop.policy.project)
    for _ in range(2):
        tracker.enqueue(draft.id, "training")
    assert [clone["status"] for clone in loop.clones()] == ["queued"]
