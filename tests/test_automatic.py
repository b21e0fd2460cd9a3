"""Promotion without a person: by the same steps, only where the base branch allows it, and never against a person."""

from __future__ import annotations

import pytest

from gate.config import ConfigError
from gate.identity import Automatic, Person
from gate.ports import ServiceError
from gate.review import Review
from gate.workflow import Question, Refused, Settlement, check, decide, settle
from gate.workflow.automatic import prepare, promote
from gate.workflow.book import history
from gate.workflow.reconcile import APPROVAL
from gate.workflow.scopes import scopes_of_default_branch
from tests.reviewer import a_better_candidate, decision
from tests.small_world import POLICY, SmallWorld

ALLOWED = f"[approval]\nallow_automatic = true\n{POLICY}"
WORKFLOW = Automatic("workflow run 1234, started by mira")


def judged(owls: SmallWorld, pull: int) -> Review:
    return check(owls.connect(), Question(pull=pull))


def promoted(owls: SmallWorld, pull: int) -> str:
    record = promote(owls.connect(), judged(owls, pull), WORKFLOW)
    return record.kind if record else "nothing to do"


@pytest.fixture
def allowed(owls: SmallWorld) -> SmallWorld:
    owls.set_policy(ALLOWED)
    return owls


def test_what_passed_becomes_the_best_and_the_ledger_says_how(allowed: SmallWorld) -> None:
    number, best, candidate = a_better_candidate(allowed)
    assert promoted(allowed, number) == "promoted"
    assert (allowed.tags(best), allowed.tags(candidate)) == (["keep"], ["best", "mine"])
    world = allowed.connect()
    records = history(world.forge, judged(allowed, number).scope)
    assert [record.kind for record in records] == ["bootstrap", "approve", "promoted"]
    how = "automatic, as gate.toml on main allows: workflow run 1234, started by mira"
    assert {(record.reviewer.login, record.reviewer.id, record.reviewer.how) for record in records[1:]} == {
        ("promotion-gate", 0, how)
    }
    assert world.forge.status(judged(allowed, number).commit, APPROVAL) == "success"
    assert promoted(allowed, number) == "nothing to do"


def test_the_tag_is_added_before_it_is_taken_and_success_comes_last(allowed: SmallWorld) -> None:
    number, best, candidate = a_better_candidate(allowed)
    promoted(allowed, number)
    assert allowed.tracker.bodies("tasks.update_tags") == [
        {"ids": [candidate], "add_tags": ["best"]},
        {"ids": [best], "remove_tags": ["best"]},
    ]
    writes = [heard for heard in allowed.forge.heard if heard.line.startswith(("POST", "PUT"))]
    assert "statuses" in writes[-1].line
    assert writes[-1].body["state"] == "success"


@pytest.mark.parametrize("policy", [POLICY, f"[approval]\nallow_automatic = false\n{POLICY}"], ids=["silent", "no"])
def test_a_policy_that_does_not_allow_it_is_said_before_anything_is_judged(owls: SmallWorld, policy: str) -> None:
    owls.set_policy(policy)
    number, best, _ = a_better_candidate(owls)
    with pytest.raises(ConfigError, match="leaves approvals to people"):
        prepare(owls.connect(), Question(pull=number))
    with pytest.raises(Refused, match="leaves approvals to people"):
        promoted(owls, number)
    assert owls.holders() == [best]


@pytest.mark.parametrize("more", ["approvals = 2", 'team = "skyline/reviewers"'])
def test_a_policy_that_asks_for_people_cannot_allow_it(owls: SmallWorld, more: str) -> None:
    owls.set_policy(f"[approval]\nallow_automatic = true\n{more}\n{POLICY}")
    number, _, _ = a_better_candidate(owls)
    with pytest.raises(ConfigError, match=r"approval\.allow_automatic: a workflow is n"):
        prepare(owls.connect(), Question(pull=number))


def test_only_what_passed_is_promoted(allowed: SmallWorld) -> None:
    pull = allowed.pull("First")
    allowed.run(pull.head.sha)
    with pytest.raises(Refused, match="the verdict is review"):
        promoted(allowed, pull.number)
    assert allowed.holders() == []


@pytest.mark.parametrize("kind", ["reject", "changes"])
def test_what_a_person_turned_down_stays_so(allowed: SmallWorld, kind: str) -> None:
    number, best, _ = a_better_candidate(allowed)
    decide(allowed.connect(), decision(allowed, number, kind=kind))
    with pytest.raises(Refused, match=f"{kind} by noor at .*: a person must decide anew"):
        promoted(allowed, number)
    assert allowed.holders() == [best]


def test_what_was_rolled_back_stays_so(allowed: SmallWorld) -> None:
    number, best, _ = a_better_candidate(allowed)
    promoted(allowed, number)
    world = allowed.connect()
    (scope,) = scopes_of_default_branch(world)
    settle(world, scope, Settlement("rollback", best, 1, Person("noor", "acting as"), "it forgets barn owls"))
    assert judged(allowed, number).verdict.exit_code == 0
    with pytest.raises(Refused, match="a person must decide anew"):
        promoted(allowed, number)
    assert allowed.holders() == [best]


def test_a_commit_without_a_pull_request_is_promoted_by_nobody(allowed: SmallWorld) -> None:
    commit = allowed.main()
    allowed.run(commit, {"test/accuracy": [0.8]}, tags=["best"])
    allowed.run(commit, {"test/accuracy": [0.9]})
    with pytest.raises(Refused, match="no pull request has"):
        promote(allowed.connect(), check(allowed.connect(), Question(commit=commit)), WORKFLOW)


def test_a_promotion_that_was_cut_short_is_finished_by_the_next_one(allowed: SmallWorld) -> None:
    number, _, candidate = a_better_candidate(allowed)
    review = judged(allowed, number)
    allowed.tracker.fail("tasks.update_tags", status=500)
    with pytest.raises(ServiceError):
        promote(allowed.connect(), review, WORKFLOW)
    assert judged(allowed, number).verdict.exit_code == 5
    prepare(allowed.connect(), Question(pull=number))
    assert allowed.holders() == [candidate]
    assert promoted(allowed, number) == "nothing to do"
