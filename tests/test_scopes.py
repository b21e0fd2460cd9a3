"""A repository that holds several models: each is judged, decided and shown by itself."""

from __future__ import annotations

import pytest

from gate.config import SeveralScopes
from gate.identity import Person
from gate.verdict import Outcome
from gate.workflow import Decision, Question, check, decide, publish
from tests.small_world import POLICY, SmallWorld

BATS = POLICY.replace('name = "owls"', 'name = "bats"').replace('task = "train"', 'task = "train bats"')


def two_scopes(world: SmallWorld) -> tuple[int, str]:
    """A pull request's number and head: a better model of owls, a worse one of bats."""
    world.set_policy(POLICY + BATS)
    main = world.main()
    pull = world.pull("Look at both eyes")
    for name, old, new in (("train", 0.8, 0.9), ("train bats", 0.8, 0.1)):
        world.run(main, {"test/accuracy": [old]}, tags=["best"], name=name)
        world.run(pull.head.sha, {"test/accuracy": [new]}, name=name)
    return pull.number, pull.head.sha


def test_the_status_of_one_scope_does_not_hide_that_of_another(owls: SmallWorld) -> None:
    number, head = two_scopes(owls)
    world = owls.connect()
    for scope in ("bats", "owls"):
        assert publish(world, check(world, Question(pull=number, scope=scope))) == []
    assert world.forge.status(head, "model-gate/owls") == "success"
    assert world.forge.status(head, "model-gate/bats") == "failure"
    assert world.forge.status(head, "model-gate") is None


def test_approving_one_scope_does_not_approve_another(owls: SmallWorld) -> None:
    number, head = two_scopes(owls)
    world = owls.connect()
    packet = check(world, Question(pull=number, scope="owls")).packet_digest
    decide(world, Decision("approve", number, "owls", packet, Person("noor", "acting as"), "better on owls", "n"))
    assert world.forge.status(head, "model-approval/owls") == "success"
    assert world.forge.status(head, "model-approval/bats") is None
    assert len(world.tracker.holders("best", "Owls", "train bats")) == 1


def test_without_a_scope_the_question_lists_them(owls: SmallWorld) -> None:
    number, _ = two_scopes(owls)
    with pytest.raises(SeveralScopes) as error:
        check(owls.connect(), Question(pull=number))
    assert error.value.names == ("owls", "bats")


def test_inputs_beside_a_policy_choose_its_scope_or_speak_under_a_name_of_their_own(owls: SmallWorld) -> None:
    number, head = two_scopes(owls)
    inputs = {
        "CLEARML_PROJECT": "Owls",
        "CLEARML_TASK_NAME": "train",
        "CLEARML_SCALAR_TITLE": "test",
        "CLEARML_SCALAR_SERIES": "accuracy",
        "CLEARML_SCALAR_THRESHOLD": "99",
    }
    chosen = check(owls.connect(**inputs), Question(pull=number))
    assert (chosen.name, chosen.policy.source) == ("owls", "gate.toml on main")
    other = owls.connect(**{**inputs, "CLEARML_TASK_NAME": "train bats", "CLEARML_BEST_TAGNAME": "another tag"})
    lax = check(other, Question(pull=number))
    assert (lax.name, lax.verdict.outcome) == ("inputs", Outcome.REVIEW)
    publish(other, lax)
    assert other.forge.status(head, "model-gate/inputs") == "success"
    assert other.forge.status(head, "model-gate/bats") is None
