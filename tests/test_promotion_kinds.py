"""What else people decide: override, request changes, several approvals, promotion at the merge."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gate.record import Record
from gate.standing import best_finding
from gate.verdict import Outcome
from gate.workflow import Question, Refused, check, decide, publish, reconcile
from gate.workflow.book import open_book
from gate.workflow.statuses import APPROVAL
from tests.reviewer import a_better_candidate, decision
from tests.small_world import POLICY, SmallWorld

SOON = (datetime.now(UTC) + timedelta(days=3)).isoformat()


def approval(owls: SmallWorld, lines: str) -> None:
    owls.set_policy(f"[approval]\n{lines}\n{POLICY}")


def a_worse_candidate(owls: SmallWorld) -> tuple[int, str, str]:
    best = owls.run(owls.main(), {"test/accuracy": [0.9]}, tags=["best"])
    pull = owls.pull("Look away")
    return pull.number, best, owls.run(pull.head.sha, {"test/accuracy": [0.1]})


def records(owls: SmallWorld, number: int) -> tuple[Record, ...]:
    return open_book(owls.connect().forge, check(owls.connect(), Question(pull=number)).scope).ledger.records


def said(owls: SmallWorld, number: int) -> tuple[str, str]:
    """State and description of the newest approval status."""
    head = owls.as_user("noor").get_pull(number).head.sha
    return owls.connect().forge.statuses(head, APPROVAL)[0]


def test_requested_changes_turn_the_commit_red_with_the_reason(owls: SmallWorld) -> None:
    number, best, _ = a_better_candidate(owls)
    asked = decide(owls.connect(), decision(owls, number, kind="changes", comment="say which owls"))
    assert (asked.kind, owls.holders()) == ("changes", [best])
    assert said(owls, number) == ("failure", "Changes requested by noor: say which owls")
    assert decide(owls.connect(), decision(owls, number)).kind == "promoted", "asked for, then made"


def test_a_rejection_says_why_in_the_status(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    decide(owls.connect(), decision(owls, number, kind="reject", comment="too slow\u202e evil"))
    assert said(owls, number) == ("failure", "Rejected by noor: too slow\N{REPLACEMENT CHARACTER} evil")


def test_a_failed_verdict_is_approved_only_by_an_override_that_the_policy_allows(owls: SmallWorld) -> None:
    number, best, _ = a_worse_candidate(owls)
    with pytest.raises(Refused, match="only passed or review can be approved"):
        decide(owls.connect(), decision(owls, number))
    with pytest.raises(Refused, match="the policy does not allow an override"):
        decide(owls.connect(), decision(owls, number, kind="override", expires=SOON))
    assert owls.holders() == [best]


ENDS = ["", "yesterday", "2020-01-01T00:00:00+00:00", (datetime.now(UTC) + timedelta(days=90)).isoformat()]


@pytest.mark.parametrize("expires", ENDS, ids=["none", "no time", "past", "too late"])
def test_an_override_without_an_end_in_reach_is_refused(owls: SmallWorld, expires: str) -> None:
    approval(owls, "allow_override = true")
    number, best, _ = a_worse_candidate(owls)
    with pytest.raises(Refused, match="an override needs an end, at the latest"):
        decide(owls.connect(), decision(owls, number, kind="override", expires=expires))
    assert owls.holders() == [best]


def test_an_override_is_shown_with_person_reason_and_end(owls: SmallWorld) -> None:
    approval(owls, "allow_override = true")
    number, _, candidate = a_worse_candidate(owls)
    record = decide(owls.connect(), decision(owls, number, kind="override", expires=SOON, comment="the camera is new"))
    assert record.best is not None
    assert record.best.override is not None
    assert (record.best.override.by, record.best.override.reason) == ("noor", "the camera is new")
    state, words = said(owls, number)
    assert state == "success"
    assert words.startswith(f"OVERRIDE by noor until {SOON[:10]}: the camera is new [ledger 3 ")
    assert owls.holders() == [candidate]
    publish(owls.connect(), check(owls.connect(), Question(pull=number)))
    comment = owls.as_user("noor").get_issue(number).get_comments()[0].body
    assert comment.split("## ")[1].splitlines()[2].startswith("> ⚠️ <b>Approved by OVERRIDE of noor"), "first of all"


def test_a_passed_verdict_needs_no_override_and_a_conflict_is_beyond_one(owls: SmallWorld) -> None:
    approval(owls, "allow_override = true")
    number, *_ = a_better_candidate(owls)
    with pytest.raises(Refused, match="there is nothing to override"):
        decide(owls.connect(), decision(owls, number, kind="override", expires=SOON))
    owls.run(owls.main(), tags=["best"])
    with pytest.raises(Refused, match="which no override settles"):
        decide(owls.connect(), decision(owls, number, kind="override", expires=SOON))


def test_two_people_must_approve_the_same_evidence(owls: SmallWorld) -> None:
    approval(owls, "approvals = 2")
    number, best, candidate = a_better_candidate(owls)
    first = decide(owls.connect(), decision(owls, number))
    assert (first.kind, owls.holders(), said(owls, number)[0]) == ("vote", [best], "pending")
    with pytest.raises(Refused, match="noor has approved this already; other people must"):
        decide(owls.connect(), decision(owls, number))
    assert decide(owls.connect(), decision(owls, number, login="tomas")).kind == "promoted"
    assert owls.holders() == [candidate]
    assert [record.kind for record in records(owls, number)] == ["bootstrap", "vote", "approve", "promoted"]


def test_approvals_of_other_evidence_do_not_count(owls: SmallWorld) -> None:
    approval(owls, "approvals = 2")
    number, best, candidate = a_better_candidate(owls)
    decide(owls.connect(), decision(owls, number))
    owls.call("tasks.edit", {"task": candidate, "comment": "touched", "force": True})
    assert decide(owls.connect(), decision(owls, number, login="tomas")).kind == "vote"
    assert owls.holders() == [best]


def test_a_stale_decision_says_what_changed(owls: SmallWorld) -> None:
    number, _, candidate = a_better_candidate(owls)
    seen = check(owls.connect(), Question(pull=number)).packet
    click = decision(owls, number, seen=seen)
    owls.report(candidate, "test/accuracy", [0.85, 0.99])
    with pytest.raises(Refused, match="what you saw has changed") as refused:
        decide(owls.connect(), click)
    found = {change.what: (change.seen, change.now) for change in refused.value.changes}
    was, now = found["metric test/accuracy"]
    assert "0.85" in was
    assert "0.99" in now


def test_a_decision_that_was_recorded_is_not_recorded_again(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    decide(owls.connect(), decision(owls, number, kind="reject", nonce="once"))
    with pytest.raises(Refused, match="this very decision was recorded already"):
        decide(owls.connect(), decision(owls, number, kind="reject", nonce="once"))


# -- promotion at the merge


def merged(owls: SmallWorld, number: int) -> None:
    assert owls.as_user("tomas").get_pull(number).merge().merged


def test_with_promote_on_merge_the_tag_moves_when_the_pull_request_is_merged(owls: SmallWorld) -> None:
    approval(owls, 'promote_on = "merge"')
    number, best, candidate = a_better_candidate(owls)
    record = decide(owls.connect(), decision(owls, number))
    assert (record.kind, owls.holders(), said(owls, number)[0]) == ("grant", [best], "success")
    place = check(owls.connect(), Question(pull=number)).scope
    assert reconcile(owls.connect(), place).ledger.tail == record, "nothing moves before"
    merged(owls, number)
    tail = reconcile(owls.connect(), place).ledger.tail
    assert tail is not None
    assert (tail.kind, tail.epoch, tail.reviewer.login, tail.packet) == ("promoted", 1, "noor", record.packet)
    assert (owls.holders(), tail.waiting) == ([candidate], None)


def test_a_second_approval_withdraws_the_first_that_waits(owls: SmallWorld) -> None:
    approval(owls, 'promote_on = "merge"')
    first, *_ = a_better_candidate(owls)
    decide(owls.connect(), decision(owls, first))
    pull = owls.pull("Look twice", author="tomas")
    candidate = owls.run(pull.head.sha, {"test/accuracy": [0.9]})
    decide(owls.connect(), decision(owls, pull.number))
    assert (said(owls, first)[0], said(owls, pull.number)[0]) == ("failure", "success")
    merged(owls, pull.number)
    reconcile(owls.connect(), check(owls.connect(), Question(pull=first)).scope)
    assert owls.holders() == [candidate]


def test_a_rejection_ends_what_waits_for_its_merge(owls: SmallWorld) -> None:
    approval(owls, 'promote_on = "merge"')
    number, best, _ = a_better_candidate(owls)
    decide(owls.connect(), decision(owls, number))
    assert decide(owls.connect(), decision(owls, number, kind="reject")).waiting is None
    merged(owls, number)
    reconcile(owls.connect(), check(owls.connect(), Question(commit=owls.main())).scope)
    assert owls.holders() == [best]


def test_what_is_merged_while_the_tag_is_in_the_wrong_hands_waits_for_a_person(owls: SmallWorld) -> None:
    approval(owls, 'promote_on = "merge"')
    number, best, candidate = a_better_candidate(owls)
    decide(owls.connect(), decision(owls, number))
    stranger = owls.run(owls.main(), tags=["best"])
    merged(owls, number)
    place = check(owls.connect(), Question(commit=owls.main())).scope
    reconcile(owls.connect(), place)
    assert owls.holders() == sorted([best, stranger])
    owls.call("tasks.update_tags", {"ids": [stranger], "remove_tags": ["best"]})
    reconcile(owls.connect(), place)
    assert owls.holders() == [candidate]


def test_an_expired_override_is_told_of_the_best(owls: SmallWorld) -> None:
    approval(owls, "allow_override = true")
    number, *_ = a_worse_candidate(owls)
    decide(owls.connect(), decision(owls, number, kind="override", expires=SOON, comment="the camera is new"))
    later = replace(owls.connect(), now=lambda: datetime.now(UTC) + timedelta(days=4))
    other = owls.pull("Look once more", author="tomas")
    owls.run(other.head.sha, {"test/accuracy": [0.95]})
    review = check(later, Question(pull=other.number))
    finding = best_finding(review.holders, review.ledger, "best", None, "main")
    assert finding.outcome is Outcome.PASSED
    assert "by OVERRIDE of noor" in finding.message
    assert review.verdict.findings[1].outcome is Outcome.REVIEW
    assert "which has ended: judge it again or roll back" in review.verdict.findings[1].message
