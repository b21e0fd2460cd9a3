"""Promotions that are overtaken, cut or half reported: every write of them meets a faulty or a faster world."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gate.ports import ServiceError
from gate.workflow import Question, Refused, check, decide, reconcile
from gate.workflow.book import open_book
from gate.workflow.reconcile import APPROVAL
from tests.reviewer import a_better_candidate, decision
from tests.small_world import SmallWorld


def kinds(owls: SmallWorld, number: int) -> list[str]:
    place = check(owls.connect(), Question(pull=number)).scope
    return [record.kind for record in open_book(owls.connect().forge, place).ledger.records]


def status(owls: SmallWorld, number: int) -> str | None:
    return owls.connect().forge.status(owls.as_user("noor").get_pull(number).head.sha, APPROVAL)


def another_candidate(owls: SmallWorld) -> tuple[int, str]:
    pull = owls.pull("Look twice", author="tomas")
    return pull.number, owls.run(pull.head.sha, {"test/accuracy": [0.9]})


def test_a_success_that_could_not_be_posted_is_posted_before_the_next_decision(owls: SmallWorld) -> None:
    first, *_ = a_better_candidate(owls)
    click = decision(owls, first)
    for _ in range(3):  # PyGithub sends a failed request twice more
        owls.forge.fail("/statuses/", saying='"success"', status=502)
    with pytest.raises(ServiceError, match="success"):
        decide(owls.connect(), click)
    assert (kinds(owls, first), status(owls, first)) == (["bootstrap", "approve", "promoted"], "pending")
    second, _ = another_candidate(owls)
    decide(owls.connect(), decision(owls, second, kind="reject"))
    assert (status(owls, first), status(owls, second)) == ("success", "failure")


@pytest.mark.parametrize("record", ["approve", "promoted"])
def test_a_record_whose_write_was_reported_as_failed_counts_and_is_written_once(owls: SmallWorld, record: str) -> None:
    number, _, candidate = a_better_candidate(owls)
    click = decision(owls, number)
    owls.forge.fail("PUT ", saying=f'"{record} ', status=502, applied=True)
    assert decide(owls.connect(), click).kind == "promoted"
    assert (owls.holders(), status(owls, number)) == ([candidate], "success")
    assert kinds(owls, number) == ["bootstrap", "approve", "promoted"]


def test_an_approval_that_another_worker_finished_at_once_was_not_refused(owls: SmallWorld) -> None:
    number, _, candidate = a_better_candidate(owls)
    click = decision(owls, number)
    place = check(owls.connect(), Question(pull=number)).scope

    def before_the_read_back() -> None:
        owls.forge.overtake("GET /api/v3/repos/skyline/owls/contents/scopes", lambda: reconcile(owls.connect(), place))

    owls.forge.overtake("PUT ", before_the_read_back, saying='"approve ')
    assert decide(owls.connect(), click).kind == "promoted"
    assert owls.holders() == [candidate]


def test_a_best_that_came_after_the_first_rejection_is_the_previous_best_of_the_next_approval(owls: SmallWorld) -> None:
    number, candidate = another_candidate(owls)
    decide(owls.connect(), decision(owls, number, kind="reject"))
    best = owls.run(owls.main(), {"test/accuracy": [0.5]}, tags=["best"])
    assert decide(owls.connect(), decision(owls, number)).kind == "promoted"
    assert owls.holders() == [candidate]
    assert kinds(owls, number) == ["reject", "bootstrap", "approve", "promoted"]
    assert owls.tags(best) == []


def test_two_holders_are_a_conflict_even_where_the_ledger_knows_no_best(owls: SmallWorld) -> None:
    number, _ = another_candidate(owls)
    decide(owls.connect(), decision(owls, number, kind="reject"))
    owls.run(owls.main(), tags=["best"])
    owls.run(owls.main(), tags=["best"])
    assert check(owls.connect(), Question(pull=number)).verdict.exit_code == 5


WHEN = [
    # the second one asks for leave, or it has read everything and is about to write
    ("POST ", '"pending"'),
    ("PUT ", '"approve '),
]


@pytest.mark.parametrize(("where", "saying"), WHEN, ids=["before the last look", "after the last look"])
def test_of_two_approvals_at_the_same_moment_one_wins_and_the_other_moves_nothing(
    owls: SmallWorld, where: str, saying: str
) -> None:
    first, _, winner = a_better_candidate(owls)
    second, _ = another_candidate(owls)
    clicks = decision(owls, first), decision(owls, second)
    owls.forge.overtake(where, lambda: decide(owls.connect(), clicks[0]), saying)
    with pytest.raises(Refused, match="same moment"):
        decide(owls.connect(), clicks[1])
    assert owls.holders() == [winner]
    assert status(owls, second) != "success"
    assert kinds(owls, first) == ["bootstrap", "approve", "promoted"]


def test_a_promotion_that_another_worker_recorded_first_is_recorded_once(owls: SmallWorld) -> None:
    number, _, candidate = a_better_candidate(owls)
    click = decision(owls, number)
    place = check(owls.connect(), Question(pull=number)).scope
    moment = datetime.now(UTC) + timedelta(seconds=5)
    later = replace(owls.connect(), now=lambda: moment)
    owls.forge.overtake("PUT ", lambda: reconcile(later, place), saying=f'"promoted {candidate}"')
    assert decide(owls.connect(), click).at == moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert kinds(owls, number) == ["bootstrap", "approve", "promoted"]
    assert (owls.holders(), status(owls, number)) == ([candidate], "success")


def test_a_promotion_cut_in_flight_is_finished_before_another_is_decided(owls: SmallWorld) -> None:
    first, _, candidate = a_better_candidate(owls)
    second, _ = another_candidate(owls)
    clicks = decision(owls, first), decision(owls, second)
    owls.tracker.fail("tasks.update_tags", status=500)
    with pytest.raises(ServiceError):
        decide(owls.connect(), clicks[0])
    with pytest.raises(Refused, match="changed since") as refused:
        decide(owls.connect(), clicks[1])
    assert "in flight" not in str(refused.value)
    assert (owls.holders(), status(owls, first)) == ([candidate], "success")
    assert decide(owls.connect(), decision(owls, second)).kind == "promoted"


@pytest.mark.parametrize("moment", ["add_tags", "remove_tags"])
def test_a_tag_given_by_hand_amid_a_promotion_ends_it_in_a_conflict(owls: SmallWorld, moment: str) -> None:
    number, best, _ = a_better_candidate(owls)
    third = owls.run(owls.main())
    click = decision(owls, number)
    by_hand = {"ids": [third], "add_tags": ["best"]}
    owls.tracker.overtake("tasks.update_tags", lambda: owls.call("tasks.update_tags", by_hand), moment)
    record = decide(owls.connect(), click)
    assert (record.kind, record.comment) == ("conflict", f"{third} holds the tag and no record explains it")
    assert record.best is not None
    assert record.best.task == best
    assert status(owls, number) == "error"
    assert third in owls.holders()
    assert check(owls.connect(), Question(pull=number)).verdict.exit_code == 5
    owls.call("tasks.update_tags", {"ids": owls.holders(), "remove_tags": ["best"]})
    owls.call("tasks.update_tags", {"ids": [best], "add_tags": ["best"]})
    assert check(owls.connect(), Question(pull=number)).verdict.exit_code == 5, "a person has not settled it yet"


def test_a_tag_that_is_taken_away_again_and_again_is_an_error_and_no_success(owls: SmallWorld) -> None:
    number, _, candidate = a_better_candidate(owls)
    click = decision(owls, number)
    by_hand = {"ids": [candidate], "remove_tags": ["best"]}
    for _ in range(20):
        owls.tracker.overtake("tasks.get_all_ex", lambda: owls.call("tasks.update_tags", by_hand), saying="__$all")
    with pytest.raises(ServiceError, match="is not at rest"):
        decide(owls.connect(), click)
    assert status(owls, number) == "pending"


def test_a_token_that_may_not_post_statuses_is_found_before_anything_is_recorded(owls: SmallWorld) -> None:
    number, best, _ = a_better_candidate(owls)
    click = decision(owls, number)
    owls.forge.fail("/statuses/", saying='"pending"', status=403)
    with pytest.raises(ServiceError, match="lacks a permission"):
        decide(owls.connect(), click)
    assert (kinds(owls, number), owls.holders()) == ([], [best])
