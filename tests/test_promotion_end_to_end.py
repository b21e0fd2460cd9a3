"""The main job through the real SDK and the real PyGithub: check, approve, promote."""

from __future__ import annotations

import pytest

from gate.verdict import Outcome
from gate.workflow import Question, Refused, check, decide, publish, reconcile
from gate.workflow.reconcile import APPROVAL
from tests.reviewer import a_better_candidate, decision
from tests.small_world import SmallWorld


def test_an_approved_candidate_is_the_only_best_and_its_commit_is_green(owls: SmallWorld) -> None:
    number, best, candidate = a_better_candidate(owls)
    world = owls.connect()
    assert check(world, Question(pull=number)).verdict.outcome is Outcome.PASSED
    record = decide(world, decision(owls, number))
    assert (record.kind, record.epoch) == ("promoted", 1)
    assert owls.tags(best) == ["keep"]
    assert owls.tags(candidate) == ["best", "mine"]
    head = owls.as_user("noor").get_pull(number).head.sha
    assert world.forge.status(head, APPROVAL) == "success"


def test_a_step_is_told_once_it_is_done(owls: SmallWorld) -> None:
    number, best, candidate = a_better_candidate(owls)
    head = owls.as_user("noor").get_pull(number).head.sha
    seen = []

    def told(step: str) -> None:
        seen.append((step.split("(")[0], sorted(owls.holders()), owls.connect().forge.status(head, APPROVAL)))

    decide(owls.connect(), decision(owls, number), told)
    both = sorted([best, candidate])
    assert seen == [
        ("Reading everything again", [best], None),
        ("Asking GitHub for leave: status pending", [best], None),
        ("Recording the decision", [best], "pending"),
        ("Done: AddTag", both, "pending"),
        ("Done: RemoveTag", [candidate], "pending"),
        ("Done: Append", [candidate], "pending"),
        ("Done: PostStatus", [candidate], "success"),
    ]


def test_a_second_click_changes_nothing(owls: SmallWorld) -> None:
    number, _, candidate = a_better_candidate(owls)
    first = decision(owls, number)
    decide(owls.connect(), first)
    with pytest.raises(Refused, match="changed since"):
        decide(owls.connect(), first)
    assert owls.holders() == [candidate]
    place = check(owls.connect(), Question(pull=number)).scope
    assert [r.kind for r in reconcile(owls.connect(), place).ledger.records] == ["bootstrap", "approve", "promoted"]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"login": "mira"}, "another person must approve"),
        ({"login": "lena"}, "read permission"),
        ({"login": "nobody-knows"}, "deciding needs write"),
        ({"comment": "  "}, "needs a comment"),
        ({"packet": "0" * 64}, "changed since"),
    ],
)
def test_a_decision_that_may_not_be_made_moves_nothing(owls: SmallWorld, changed: dict[str, str], why: str) -> None:
    number, best, _ = a_better_candidate(owls)
    with pytest.raises(Refused, match=why):
        decide(owls.connect(), decision(owls, number, **changed))
    assert owls.holders() == [best]
    assert owls.connect().forge.names("scopes", "gate-ledger") == []


def test_a_push_after_the_reviewer_looked_makes_the_decision_stale(owls: SmallWorld) -> None:
    number, best, _ = a_better_candidate(owls)
    seen = decision(owls, number)
    pull = owls.as_user("mira").get_pull(number)
    pushed = owls.commit("more", {"train.py": "print(2)\n"}, pull.head.sha)
    owls.as_user("mira").get_git_ref(f"heads/{pull.head.ref}").edit(pushed)
    owls.run(pushed, {"test/accuracy": [0.99]})
    with pytest.raises(Refused, match="changed since"):
        decide(owls.connect(), seen)
    assert owls.holders() == [best]


def test_a_rejection_turns_the_commit_red_and_moves_no_tag(owls: SmallWorld) -> None:
    number, best, _ = a_better_candidate(owls)
    record = decide(owls.connect(), decision(owls, number, kind="reject"))
    assert record.kind == "reject"
    assert owls.holders() == [best]
    head = owls.as_user("noor").get_pull(number).head.sha
    assert owls.connect().forge.status(head, APPROVAL) == "failure"


def test_publishing_twice_leaves_one_comment_and_one_status(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    for _ in range(2):
        assert publish(owls.connect(), check(owls.connect(), Question(pull=number))) == []
    repo = owls.as_user("noor")
    assert repo.get_issue(number).get_comments().totalCount == 1
    head = repo.get_pull(number).head.sha
    _, statuses = repo.requester.requestJsonAndCheck("GET", f"{repo.url}/commits/{head}/statuses")
    assert [status["context"] for status in statuses] == ["model-gate"]


STATES = [
    # the best's accuracy, the candidate's, another holder, what the commit status says
    (0.8, 0.9, False, "success"),
    (0.9, 0.1, False, "failure"),
    (0.8, None, False, "error"),
    (None, 0.9, False, "success"),
    (0.8, 0.9, True, "error"),
]


@pytest.mark.parametrize(("best", "new", "other", "state"), STATES)
def test_the_commit_status_says_what_the_verdict_says(
    owls: SmallWorld, best: float | None, new: float | None, other: bool, state: str
) -> None:
    for accuracy in [best] * (best is not None) + [0.5] * other:
        owls.run(owls.main(), {"test/accuracy": [accuracy]}, tags=["best"])
    pull = owls.pull("Try")
    owls.run(pull.head.sha, {"test/accuracy": [new]} if new is not None else {"test/other": [1.0]})
    review = check(owls.connect(), Question(pull=pull.number))
    assert publish(owls.connect(), review) == []
    assert owls.connect().forge.status(pull.head.sha, "model-gate") == state


def test_what_cannot_be_published_is_told_and_does_not_hide_the_rest(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    review = check(owls.connect(), Question(pull=number))
    owls.forge.fail("POST /api/v3/repos/skyline/owls/statuses", status=403)
    owls.forge.fail("POST /api/v3/repos/skyline/owls/issues", status=403)
    trouble = publish(owls.connect(), review)
    assert ["comment" in trouble[0], "status model-gate" in trouble[1], len(trouble)] == [True, True, 2]
    assert publish(owls.connect(), review) == []


def test_two_holders_are_a_conflict_and_nothing_is_promoted(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    owls.run(owls.main(), tags=["best"])
    assert check(owls.connect(), Question(pull=number)).verdict.exit_code == 5
    with pytest.raises(Refused, match="unknown"):
        decide(owls.connect(), decision(owls, number))
    assert len(owls.holders()) == 2


def test_a_tag_moved_by_hand_after_a_promotion_is_a_conflict(owls: SmallWorld) -> None:
    number, best, candidate = a_better_candidate(owls)
    decide(owls.connect(), decision(owls, number))
    owls.call("tasks.update_tags", {"ids": [candidate], "remove_tags": ["best"]})
    owls.call("tasks.update_tags", {"ids": [best], "add_tags": ["best"]})
    assert check(owls.connect(), Question(pull=number)).verdict.exit_code == 5
