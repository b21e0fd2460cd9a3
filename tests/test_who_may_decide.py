"""Whose decision counts, on which state of the pull request, and what the ledger then says about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from github import InputGitAuthor, InputGitTreeElement

from gate.ledger import Model, Record, Reviewer
from gate.sandbox.github.accounts import NOREPLY
from gate.workflow import Question, Refused, check, decide
from gate.workflow.book import open_book
from gate.workflow.decide import IN_NAME_OF_NOBODY, objections
from tests.records import ledger
from tests.reviewer import a_better_candidate, decision
from tests.small_world import SmallWorld


def records(owls: SmallWorld, number: int) -> tuple[Record, ...]:
    place = check(owls.connect(), Question(pull=number)).scope
    return open_book(owls.connect().forge, place).ledger.records


def a_pull_of_three(owls: SmallWorld, author: str, committer: str, opener: str) -> int:
    """A pull request with a better candidate, made by three people."""
    repo = owls.as_user(opener)
    people = [InputGitAuthor(login, f"{login}@{NOREPLY}") for login in (author, committer)]
    tree = repo.create_git_tree([InputGitTreeElement("train.py", "100644", "blob", content="print(3)\n")])
    sha = repo.create_git_commit("Look thrice", tree, [repo.get_git_commit(owls.main())], *people).sha
    repo.create_git_ref("refs/heads/three", sha)
    owls.run(owls.main(), {"test/accuracy": [0.8]}, tags=["best"])
    owls.run(sha, {"test/accuracy": [0.9]})
    return int(repo.create_pull(base="main", head="three", title="Look thrice", body="").number)


@pytest.mark.parametrize("maker", ["author", "committer", "opener"])
def test_nobody_who_made_the_pull_request_may_approve_it(owls: SmallWorld, maker: str) -> None:
    others = {"author": "tomas", "committer": "tomas", "opener": "tomas"}
    number = a_pull_of_three(owls, **{**others, maker: "noor"})
    (best,) = owls.holders()
    with pytest.raises(Refused, match="noor wrote this pull request; another person must approve it"):
        decide(owls.connect(), decision(owls, number, login="noor"))
    assert owls.holders() == [best]
    assert decide(owls.connect(), decision(owls, number, login="mira")).kind == "promoted"


def test_an_author_may_reject_the_own_pull_request(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    assert decide(owls.connect(), decision(owls, number, kind="reject", login="mira")).kind == "reject"


def test_a_closed_pull_request_is_not_decided(owls: SmallWorld) -> None:
    number, best, _ = a_better_candidate(owls)
    click = decision(owls, number)
    owls.as_user("mira").get_pull(number).edit(state="closed")
    with pytest.raises(Refused, match="not open any more"):
        decide(owls.connect(), click)
    assert owls.holders() == [best]


def test_a_pull_request_without_a_candidate_is_not_even_rejected(owls: SmallWorld) -> None:
    number = owls.pull("Not trained").number
    with pytest.raises(Refused, match="there is no candidate run"):
        decide(owls.connect(), decision(owls, number, kind="reject"))


def test_nothing_is_decided_while_a_promotion_is_in_flight(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    review = check(owls.connect(), Question(pull=number))
    click = decision(owls, number, kind="reject")
    assert objections(review, click, datetime.now(UTC)) == []
    in_flight = replace(review, ledger=ledger("approve"))
    click = replace(click, packet=in_flight.packet_digest)
    assert objections(in_flight, click, datetime.now(UTC)) == ["another promotion is in flight"]


def test_the_ledger_says_who_decided_what_on_which_evidence(owls: SmallWorld) -> None:
    number, best, candidate = a_better_candidate(owls)
    pull = owls.as_user("noor").get_pull(number)
    click = decision(owls, number, comment=" better on owls\n")
    decide(replace(owls.connect(), now=lambda: datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)), click)
    bootstrap, approve, promoted = records(owls, number)
    old, new = Model(best, owls.main()), Model(candidate, pull.head.sha, number)
    noor = Reviewer("noor", owls.connect().forge.account("noor").id, "acting as")
    began = (bootstrap.kind, bootstrap.epoch, bootstrap.best, bootstrap.reviewer)
    assert began == ("bootstrap", 0, old, IN_NAME_OF_NOBODY)
    said = (approve.kind, approve.epoch, approve.candidate, approve.previous_best, approve.best)
    assert said == ("approve", 1, new, old, old)
    assert (approve.packet, approve.reviewer, approve.comment) == (click.packet, noor, "better on owls")
    assert {record.at for record in (bootstrap, approve, promoted)} == {"2030-01-02T03:04:05Z"}
    follows = {"kind": "promoted", "best": new, "seq": 3, "previous_hash": approve.hash}
    assert promoted == replace(approve, **follows).sealed()


def test_a_rejection_is_recorded_without_a_new_epoch_or_best(owls: SmallWorld) -> None:
    number, best, candidate = a_better_candidate(owls)
    record = decide(owls.connect(), decision(owls, number, kind="reject"))
    assert record.candidate is not None
    assert record.best is not None
    assert (record.epoch, record.candidate.task, record.best.task) == (0, candidate, best)
    assert decide(owls.connect(), decision(owls, number)).epoch == 1
