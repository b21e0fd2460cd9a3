"""Rolling back, and settling a tag that was moved by hand: the approvals that end are withdrawn before a tag moves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gate.config import ScopePolicy
from gate.identity import Person
from gate.ports import ServiceError
from gate.workflow import Question, Refused, Settlement, check, decide, reconcile, settle
from gate.workflow.book import open_book, verify
from gate.workflow.scopes import scopes_of_default_branch
from gate.workflow.statuses import APPROVAL
from tests.reviewer import a_better_candidate, decision
from tests.small_world import SmallWorld

NOOR = Person("noor", "test")


def policy(owls: SmallWorld) -> ScopePolicy:
    (found,) = scopes_of_default_branch(owls.connect())
    return found


def wish(owls: SmallWorld, kind: str, task: str = "", **changed: object) -> Settlement:
    world = owls.connect()
    epoch = open_book(world.forge, policy(owls).place(world.tracker.server)).ledger.epoch
    drawn = Settlement(kind, task, epoch, NOOR, "recall of owls fell")  # type: ignore[arg-type]
    return replace(drawn, **changed)  # type: ignore[arg-type]


def promoted(owls: SmallWorld) -> tuple[int, str, str]:
    number, best, candidate = a_better_candidate(owls)
    assert decide(owls.connect(), decision(owls, number)).kind == "promoted"
    return number, best, candidate


def status(owls: SmallWorld, number: int) -> tuple[str, str]:
    head = owls.as_user("noor").get_pull(number).head.sha
    return owls.connect().forge.statuses(head, APPROVAL)[0]


def move(owls: SmallWorld, task: str, *, add: bool) -> None:
    owls.call("tasks.update_tags", {"ids": [task], ("add_tags" if add else "remove_tags"): ["best"]})


def test_a_rollback_returns_the_tag_and_turns_the_open_pull_request_red(owls: SmallWorld) -> None:
    number, best, candidate = promoted(owls)
    record = settle(owls.connect(), policy(owls), wish(owls, "rollback", best))
    assert (record.kind, record.epoch, record.best and record.best.task) == ("rolled_back", 2, best)
    assert (owls.tags(best), owls.tags(candidate)) == (["best", "keep"], ["mine"])
    assert status(owls, number) == ("failure", "Rolled back by noor: recall of owls fell")


def test_the_approval_is_withdrawn_before_any_tag_moves(owls: SmallWorld) -> None:
    number, best, candidate = promoted(owls)
    seen = []
    told = lambda step: seen.append((step.split("(")[0], owls.holders(), status(owls, number)[0]))  # noqa: E731
    settle(owls.connect(), policy(owls), wish(owls, "rollback", best), told)
    both = sorted([best, candidate])
    assert seen[2:] == [
        ("Done: PostStatus", [candidate], "failure"),
        ("Done: AddTag", both, "failure"),
        ("Done: RemoveTag", [best], "failure"),
        ("Done: Append", [best], "failure"),
    ]


def test_a_rollback_withdraws_every_approval_since(owls: SmallWorld) -> None:
    first, best, _ = promoted(owls)
    pull = owls.pull("Look twice", author="tomas")
    owls.run(pull.head.sha, {"test/accuracy": [0.9]})
    decide(owls.connect(), decision(owls, pull.number))
    settle(owls.connect(), policy(owls), wish(owls, "rollback", best))
    assert [status(owls, number)[0] for number in (first, pull.number)] == ["failure", "failure"]
    assert owls.holders() == [best]


def test_what_is_merged_already_keeps_its_status(owls: SmallWorld) -> None:
    number, best, _ = promoted(owls)
    owls.as_user("tomas").get_pull(number).merge()
    settle(owls.connect(), policy(owls), wish(owls, "rollback", best))
    assert (owls.holders(), status(owls, number)[0]) == ([best], "success")


def test_a_success_that_arrives_after_the_rollback_is_withdrawn_again(owls: SmallWorld) -> None:
    number, best, _ = promoted(owls)
    settle(owls.connect(), policy(owls), wish(owls, "rollback", best))
    head = owls.as_user("noor").get_pull(number).head.sha
    owls.connect().forge.post_status(head, APPROVAL, "success", "late", "")
    reconcile(owls.connect(), policy(owls).place(owls.connect().tracker.server))
    assert status(owls, number)[0] == "failure"


def test_who_was_rolled_back_can_be_approved_again(owls: SmallWorld) -> None:
    number, best, candidate = promoted(owls)
    settle(owls.connect(), policy(owls), wish(owls, "rollback", best))
    assert decide(owls.connect(), decision(owls, number)).kind == "promoted"
    assert (owls.holders(), status(owls, number)[0]) == ([candidate], "success")


WRONG = [
    ({"person": Person("lena", "test")}, "read permission"),
    ({"comment": " "}, "needs a comment"),
    ({"epoch": 0}, "the best has changed since you looked"),
    ({"task": "f" * 32}, "was never the best before this one"),
]


@pytest.mark.parametrize(("changed", "why"), WRONG)
def test_a_rollback_that_may_not_be_moves_nothing(owls: SmallWorld, changed: dict[str, object], why: str) -> None:
    number, best, candidate = promoted(owls)
    with pytest.raises(Refused, match=why):
        settle(owls.connect(), policy(owls), replace(wish(owls, "rollback", best), **changed))
    assert (owls.holders(), status(owls, number)[0]) == ([candidate], "success")


def test_the_best_itself_is_nothing_to_roll_back_to(owls: SmallWorld) -> None:
    _, _, candidate = promoted(owls)
    with pytest.raises(Refused, match="there is nothing to roll back"):
        settle(owls.connect(), policy(owls), wish(owls, "rollback", candidate))


def test_a_tag_moved_by_hand_is_adopted_by_a_person(owls: SmallWorld) -> None:
    number, _, candidate = promoted(owls)
    stranger = owls.run(owls.main(), tags=["best"])
    assert check(owls.connect(), Question(pull=number)).verdict.exit_code == 5
    record = settle(owls.connect(), policy(owls), wish(owls, "adopt", stranger))
    assert (record.kind, record.best and record.best.task) == ("adopted", stranger)
    assert owls.holders() == [stranger]
    assert candidate not in owls.holders()
    assert status(owls, number)[0] == "failure"
    assert check(owls.connect(), Question(pull=number)).verdict.exit_code != 5


def test_a_tag_moved_by_hand_is_given_back_by_a_person(owls: SmallWorld) -> None:
    number, best, candidate = promoted(owls)
    move(owls, candidate, add=False)
    move(owls, best, add=True)
    record = settle(owls.connect(), policy(owls), wish(owls, "restore"))
    assert (record.kind, record.epoch, owls.holders()) == ("restored", 2, [candidate])
    assert status(owls, number)[0] == "success"


def test_a_tag_that_nobody_holds_is_given_back(owls: SmallWorld) -> None:
    _, _, candidate = promoted(owls)
    move(owls, candidate, add=False)
    assert settle(owls.connect(), policy(owls), wish(owls, "restore")).kind == "restored"
    assert owls.holders() == [candidate]


def test_a_conflict_is_settled_by_adopting_or_restoring_and_by_nothing_else(owls: SmallWorld) -> None:
    number, best, _ = a_better_candidate(owls)
    click, third = decision(owls, number), owls.run(owls.main())
    owls.tracker.overtake("tasks.update_tags", lambda: move(owls, third, add=True))
    assert decide(owls.connect(), click).kind == "conflict"
    with pytest.raises(Refused, match="adopt or restore a best first"):
        decide(owls.connect(), decision(owls, number, kind="reject"))
    assert settle(owls.connect(), policy(owls), wish(owls, "restore")).kind == "restored"
    assert owls.holders() == [best]
    assert decide(owls.connect(), decision(owls, number)).kind == "promoted"


def test_where_nothing_is_wrong_there_is_nothing_to_adopt_or_restore(owls: SmallWorld) -> None:
    _, _, candidate = promoted(owls)
    for kind in ("adopt", "restore"):
        with pytest.raises(Refused, match=f"there is nothing to {kind}"):
            settle(owls.connect(), policy(owls), wish(owls, kind, candidate))


def test_another_tag_moved_amid_an_adoption_is_a_conflict(owls: SmallWorld) -> None:
    promoted(owls)
    stranger, late = owls.run(owls.main(), tags=["best"]), owls.run(owls.main())
    owls.tracker.overtake("tasks.update_tags", lambda: move(owls, late, add=True), "remove_tags")
    assert settle(owls.connect(), policy(owls), wish(owls, "adopt", stranger)).kind == "conflict"


@pytest.mark.parametrize("write", ['"failure"', "add_tags", "remove_tags", '"rolled_back '])
def test_a_rollback_cut_at_any_write_is_finished_by_the_next_look(owls: SmallWorld, write: str) -> None:
    number, best, candidate = promoted(owls)
    chosen = wish(owls, "rollback", best)
    server = owls.tracker if "tags" in write else owls.forge
    for _ in range(3):
        server.fail("", saying=write, status=502)
    with pytest.raises(ServiceError):
        settle(owls.connect(), policy(owls), chosen)
    assert set(owls.holders()) & {best, candidate}, "never a moment without a best"
    world = owls.connect()
    place = policy(owls).place(world.tracker.server)
    assert reconcile(world, place).ledger.records[-1].kind == "rolled_back"
    assert (owls.holders(), status(owls, number)[0], verify(world.forge, place)) == ([best], "failure", 5)
