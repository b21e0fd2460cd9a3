"""The retraining loop through the real SDK session and PyGithub: from a dataset version to a candidate in review."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gate.desk import Worker
from gate.identity import Person
from gate.ledger import LedgerDamaged
from gate.retraining import Wish
from gate.workflow import Question, Refused, check
from gate.workflow.retrain import Demand
from tests.drift_world import watched
from tests.retraining_world import LOOP, Loop, loop_in, with_data
from tests.small_world import SmallWorld

NOOR = Person("noor", "test")


def demand(nonce: str = "n", person: Person = NOOR, reason: str = "corrected labels") -> Demand:
    return Demand(Wish(reason, nonce), person)


def started(loop: Loop) -> dict[str, Any]:
    """The only clone, once a new version has come and the loop has looked."""
    loop.turn()
    loop.version("1.1.0")
    loop.turn()
    (clone,) = loop.clones()
    return clone


def test_a_new_version_leads_to_a_candidate_in_review_that_ran_exactly_the_commit_under_review(
    owls: SmallWorld,
) -> None:
    loop = loop_in(owls)
    clone = started(loop)
    assert loop.work() == clone["id"]
    (cycle,) = loop.turn().ended
    review = check(owls.connect(), Question(pull=cycle.last.pull))
    assert review.candidate is not None
    assert review.candidate.id == clone["id"]
    assert review.pull is not None
    assert review.pull.head == review.candidate.commit == clone["script"]["version_num"]
    assert review.verdict.outcome.value == "passed"
    pinned = json.loads(owls.as_user("noor").get_contents("retrain.json", ref=review.pull.head).decoded_content)
    assert pinned == {"dataset_id": loop.trained_on()[0], "trigger": f"version:{loop.trained_on()[0]}"}
    files = [file.filename for file in owls.as_user("noor").get_pull(cycle.last.pull).get_files()]
    assert files == ["retrain.json"]


def test_the_clone_differs_from_the_best_in_commit_data_and_tags_only(owls: SmallWorld) -> None:
    loop = loop_in(owls)
    clone = started(loop)
    assert (clone["name"], clone["parent"]["id"], clone["script"].get("diff")) == ("train", loop.best, "")
    assert owls.tags(clone["id"]) == [tag for tag in clone["tags"] if tag.startswith("retrain-")]
    assert owls.holders() == [loop.best]
    parameters = {f"{s}/{n}": e["value"] for s, names in clone["hyperparams"].items() for n, e in names.items()}
    (new,) = loop.trained_on()
    assert parameters == {"General/depth": "4", "General/dataset_id": new}, "what the base recorded of its data is gone"


def test_a_version_that_is_not_finished_is_waited_for(owls: SmallWorld) -> None:
    loop = loop_in(owls)
    loop.turn()
    half = loop.version("1.1.0", status="in_progress")
    assert loop.turn().started == []
    owls.call("tasks.completed", {"task": half})
    loop.turn()
    assert loop.trained_on() == [half]


def test_versions_that_came_while_the_loop_was_down_are_trained_in_their_order(owls: SmallWorld) -> None:
    loop = loop_in(owls)
    loop.turn()
    came = [loop.version(f"1.{number}.0") for number in (1, 2, 3)]
    for _ in came:
        loop.turn()
        loop.work()
    loop.turn()
    assert loop.trained_on() == came


def test_rows_are_read_from_what_the_versions_report(owls: SmallWorld) -> None:
    loop = loop_in(owls, LOOP + "min_new_rows = 500\n")
    loop.turn()
    few = loop.version("1.1.0", rows=1_300)
    assert "has 300 new rows; at least 500" in loop.turn().held[0]
    many = loop.version("1.2.0", rows=1_600)
    (cycle,) = loop.turn().started
    assert (cycle.start.dataset, cycle.start.versions) == (many, (few, many))


def test_a_model_that_drifted_is_trained_on_data_that_would_not_be_enough_otherwise(
    owls: SmallWorld, tmp_path: Path
) -> None:
    ids = watched(owls, tmp_path, LOOP + "min_new_rows = 10000\non_drift = true\n")
    loop = with_data(owls, ids["best"])
    loop.turn()
    few = loop.version("1.1.0", rows=10)
    (cycle,) = loop.turn().started
    assert (cycle.start.cause, cycle.start.dataset) == ("drift", few)
    assert "accuracy 0.8" in cycle.start.reason


def test_a_person_asks_for_a_training_and_is_named(owls: SmallWorld) -> None:
    loop = loop_in(owls)
    (cycle,) = loop.turn(demand()).started
    assert (cycle.start.cause, cycle.start.reviewer.login, cycle.start.reason) == ("manual", "noor", "corrected labels")
    loop.work()
    loop.turn()
    body = owls.as_user("noor").get_pulls()[0].body
    assert "asked for by noor" in body
    assert "corrected labels" in body


def test_the_same_wish_is_granted_once(owls: SmallWorld) -> None:
    loop = loop_in(owls, LOOP + "max_in_flight = 5\n")
    loop.turn(demand())
    assert loop.turn(demand()).held == ("this very training was decided on already",)
    assert len(loop.clones()) == 1


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (demand(person=Person("lena", "test")), "deciding needs write"),
        (demand(person=Person("nobody-at-all", "test")), "deciding needs write"),
        (demand(person=Person("noor", "test", id=424242)), "belongs to another account"),
        (demand(reason=" "), "needs a reason"),
    ],
    ids=["reader", "stranger", "other account", "no reason"],
)
def test_who_may_not_decide_may_not_retrain(owls: SmallWorld, asked: Demand, why: str) -> None:
    loop = loop_in(owls)
    with pytest.raises(Refused, match=why):
        loop.turn(asked)
    assert loop.clones() == []
    assert owls.forge.bodies("PUT /api/v3/repos/skyline/owls/contents/retraining") == []


def test_a_sign_in_of_long_ago_does_not_retrain(owls: SmallWorld) -> None:
    loop = loop_in(owls)
    world = owls.connect()
    old = replace(NOOR, signed_in=world.now() - timedelta(days=2))
    with pytest.raises(Refused, match="sign in again"):
        loop.turn(demand(person=old))


def test_a_run_that_was_deleted_or_stopped_ends_its_training_with_the_reason(owls: SmallWorld) -> None:
    loop = loop_in(owls)
    clone = started(loop)
    owls.call("tasks.stopped", {"task": clone["id"], "force": True})
    (cycle,) = loop.turn().ended
    assert (cycle.last.kind, cycle.last.reason) == ("failed", f"run {clone['id']} ended as stopped")
    assert loop.turn().started == []


def test_a_run_whose_commit_was_changed_afterwards_is_no_candidate(owls: SmallWorld) -> None:
    loop = loop_in(owls)
    clone = started(loop)
    owls.call("tasks.edit", {"task": clone["id"], "script": {"version_num": "f" * 40}, "force": True})
    loop.work()
    (cycle,) = loop.turn().ended
    assert (cycle.last.kind, "did not run the commit" in cycle.last.reason) == ("failed", True)


def test_a_clone_that_somebody_cloned_by_hand_is_not_taken_for_it(owls: SmallWorld) -> None:
    loop = loop_in(owls)
    loop.turn()
    loop.version("1.1.0")

    def copied() -> None:
        (draft,) = loop.clones()
        owls.call("tasks.clone", {"task": draft["id"]})

    owls.tracker.overtake("tasks.edit", copied, saying="version_num")
    loop.turn()
    ours, copy = loop.clones()
    assert loop.queued() == [ours["id"]]
    assert copy["status"] == "created"


def test_a_journal_that_was_changed_by_hand_stops_the_loop(owls: SmallWorld) -> None:
    loop = loop_in(owls)
    loop.turn()
    repo = owls.as_user("tomas")
    place = loop.policy.place(owls.connect().tracker.server)
    found = repo.get_contents(f"retraining/{place.key}/000001.jsonl", ref="gate-ledger")
    text = found.decoded_content.decode().replace('"kind":"began"', '"kind":"asked"')
    repo.update_file(found.path, "Touch it", text, found.sha, branch="gate-ledger")
    with pytest.raises(LedgerDamaged, match="was changed"):
        loop.turn()


def test_the_dashboard_brings_what_is_in_flight_to_its_pull_request(owls: SmallWorld) -> None:
    loop = loop_in(owls)
    started(loop)
    loop.work()
    worker = Worker(owls.connect)
    worker.recover()
    assert worker.recovery == "done"
    assert [pull.title for pull in owls.as_user("noor").get_pulls()] == [
        "Retrain owls on version 1.1.0 of owl pictures"
    ]


def test_a_second_look_at_rest_writes_nothing_and_asks_little(owls: SmallWorld) -> None:
    loop = loop_in(owls)
    loop.turn()
    loop.turn()
    asked = len(owls.forge.heard) + len(owls.tracker.heard)
    writes = len(owls.forge.bodies("PUT "))
    loop.turn()
    assert len(owls.forge.bodies("PUT ")) == writes
    assert len(owls.forge.heard) + len(owls.tracker.heard) - asked <= 20
