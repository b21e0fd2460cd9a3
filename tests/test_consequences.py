"""What the Review page says an approval will do, before anybody does it: and that it then does just that."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from gate.approval import APPROVAL, Approval
from gate.consequences import may_override, of_approving
from gate.ledger import Ledger, Model
from gate.verdict import Outcome
from gate.workflow import Question, check, decide
from gate.workflow.authority import Leave, leave
from tests.drawn_reviews import COMMIT, VERDICTS, airports, review
from tests.records import chain, ledger
from tests.reviewer import a_better_candidate, decision
from tests.small_world import SmallWorld

PASSED = VERDICTS["passed"]()
GREEN = f"Status model-approval of commit {COMMIT[:12]} turns green, so pull request #7 may be merged."
MERGE = (
    "When it is merged, and not before, tag best moves from run old, the best now, to run new, this candidate. "
    "All other tags stay."
)


def test_the_tag_moves_and_the_status_turns_green_and_it_says_who_may_undo_it() -> None:
    found = of_approving(PASSED)
    moves = "Tag best moves from run old, the best now, to run new, this candidate. All other tags stay."
    assert (found.steps, found.why_not) == ((moves, GREEN), "")
    assert found.undo == (
        "To undo it: anyone with write permission on skyline/flights may roll back to run old on the page History, "
        "and the commit turns red."
    )
    assert "turns status model-approval of commit c0ffee000000 red" in found.otherwise


def test_a_first_best_takes_the_tag_from_nobody() -> None:
    found = of_approving(VERDICTS["review"]())
    assert found.steps[0] == "Tag best, which no run holds yet, goes to run new, this candidate."
    assert "no earlier best to go back to" in found.undo


def test_of_several_approvals_only_the_last_moves_the_tag() -> None:
    two = replace(PASSED, approval=Approval(approvals=2, team="skyline/reviewers"))
    assert of_approving(two).steps == (
        "Your approval is recorded, as 1 of 2. No tag moves yet: the last approval moves it.",
    )
    assert "anyone with write permission on skyline/flights in team skyline/reviewers" in of_approving(two).undo
    packet = replace(two, ledger=ledger("vote")).packet_digest
    voted = replace(two, ledger=ledger("vote", packet=packet))
    assert of_approving(voted).steps[-1] == GREEN


def test_where_the_merge_promotes_the_green_comes_first() -> None:
    later = replace(PASSED, approval=Approval(promote_on="merge"))
    assert of_approving(later).steps == (GREEN, MERGE)
    other = chain("grant", waiting=Model("other", "0" * 40, 3))
    assert of_approving(replace(later, ledger=Ledger(tuple(other)))).steps[2] == (
        "The approval of run other, which waits for its merge, is withdrawn: its commit turns red."
    )


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("failed", "the verdict is failed, and the policy allows no override"),
        ("unknown", "no run of this commit can be a candidate, so there is nothing to decide yet"),
        ("conflict", "which run is best is in conflict: a person must settle it first, in the inbox"),
    ],
)
def test_what_cannot_be_approved_says_why_and_promises_nothing(name: str, why: str) -> None:
    found = of_approving(VERDICTS[name]())
    assert (found.steps, found.why_not, found.undo) == ((), why, "")
    assert bool(found.otherwise) == (name != "unknown"), "without a run nothing can be rejected either"


def test_a_promotion_in_flight_is_waited_for_and_not_settled() -> None:
    assert "it is finished by itself" in of_approving(review(airports(lost=3), ledger=ledger("approve"))).why_not


def test_an_override_is_offered_only_where_the_policy_allows_it() -> None:
    failed = VERDICTS["failed"]()
    allowed = replace(failed, approval=Approval(allow_override=True))
    assert (may_override(failed), may_override(allowed)) == (False, True)
    assert of_approving(allowed).steps[-1] == GREEN
    for name in ("passed", "unknown", "conflict"):
        assert not may_override(replace(VERDICTS[name](), approval=Approval(allow_override=True))), name


def test_an_approval_does_what_was_said(owls: SmallWorld) -> None:
    number, best, candidate = a_better_candidate(owls)
    seen = check(owls.connect(), Question(pull=number))
    assert seen.verdict.outcome is Outcome.PASSED
    moves, green = of_approving(seen).steps
    decide(owls.connect(), decision(owls, number))
    said_from, said_to = re.findall(r"run (\w{12})", moves)
    assert (best.startswith(said_from), candidate.startswith(said_to)) == (True, True)
    assert owls.holders() == [candidate]
    assert seen.commit.startswith(re.findall(r"commit (\w{12})", green)[0])
    assert owls.connect().forge.status(seen.commit, APPROVAL) == "success"


def test_leave_is_known_before_the_click_and_is_what_the_click_finds(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    world, seen = owls.connect(), check(owls.connect(), Question(pull=number))
    person = {login: decision(owls, number, login=login).person for login in ("noor", "mira", "lena")}
    assert leave(world, seen, person["noor"]) == Leave()
    assert leave(world, seen, person["mira"]) == Leave(
        approving=("mira wrote this pull request; another person must approve it",)
    )
    assert leave(world, seen, person["lena"]) == Leave(
        deciding=("lena has read permission on skyline/owls; deciding needs write",)
    )
