"""Who may not approve: whoever made it, owns it, signed in long ago or is not of the team."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import requests
from starlette.responses import JSONResponse

from gate.adapters.github_people import makers_of
from gate.identity import Person
from gate.ports import Makers
from gate.workflow import Refused, decide
from tests.reviewer import a_better_candidate, decision
from tests.small_world import POLICY, SmallWorld

NOW = datetime.now(UTC)


def signed(owls: SmallWorld, ago: timedelta) -> Person:
    return Person("noor", "test", owls.connect().forge.account("noor").id, NOW - ago)


@pytest.mark.parametrize(
    ("ago", "why"), [(timedelta(hours=13), "sign in again"), (timedelta(hours=-1), "of the future")]
)
def test_a_sign_in_of_long_ago_decides_nothing(owls: SmallWorld, ago: timedelta, why: str) -> None:
    number, best, _ = a_better_candidate(owls)
    with pytest.raises(Refused, match=why):
        decide(owls.connect(), decision(owls, number, person=signed(owls, ago)))
    assert owls.holders() == [best]


def test_a_fresh_sign_in_decides(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    assert decide(owls.connect(), decision(owls, number, person=signed(owls, timedelta(hours=1)))).kind == "promoted"


def test_the_policy_says_how_old_a_sign_in_may_be(owls: SmallWorld) -> None:
    owls.set_policy(f'[approval]\nmax_sign_in_age = "30m"\n{POLICY}')
    number, *_ = a_better_candidate(owls)
    with pytest.raises(Refused, match="sign in again"):
        decide(owls.connect(), decision(owls, number, person=signed(owls, timedelta(hours=1))))


def test_who_owns_the_run_may_not_approve_it(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    click = decision(owls, number)
    owner = owls.connect().tracker.runs(owls.holders())[0].owner
    with pytest.raises(Refused, match="noor owns the run"):
        decide(owls.connect(), replace(click, person=Person("noor", "test", owner_names=(owner,))))


def test_the_policy_may_allow_to_approve_one_s_own(owls: SmallWorld) -> None:
    owls.set_policy(f"[approval]\nallow_self_approval = true\n{POLICY}")
    number, *_ = a_better_candidate(owls)
    assert decide(owls.connect(), decision(owls, number, login="mira")).kind == "promoted"


def membership(owls: SmallWorld, login: str, method: str) -> None:
    url = f"{owls.environment['GITHUB_API_URL']}/orgs/skyline/teams/reviewers/memberships/{login}"
    head = {"Authorization": "token token-tomas"}
    requests.request(method, url, json={"role": "member"}, headers=head, timeout=20).raise_for_status()


def test_only_who_is_in_the_team_now_decides(owls: SmallWorld) -> None:
    owls.set_policy(f'[approval]\nteam = "skyline/reviewers"\n{POLICY}')
    number, best, candidate = a_better_candidate(owls)
    click = decision(owls, number)
    with pytest.raises(Refused, match="noor is no member of skyline/reviewers, whose members decide"):
        decide(owls.connect(), click)
    membership(owls, "noor", "PUT")
    membership(owls, "noor", "DELETE")
    with pytest.raises(Refused, match="noor is no member"):
        decide(owls.connect(), click)
    assert owls.holders() == [best]
    membership(owls, "noor", "PUT")
    assert decide(owls.connect(), click).kind == "promoted"
    assert owls.holders() == [candidate]


@pytest.mark.parametrize("team", ["skyline/nobody", "nobody/reviewers"])
def test_a_team_that_does_not_exist_admits_nobody(owls: SmallWorld, team: str) -> None:
    owls.set_policy(f'[approval]\nteam = "{team}"\n{POLICY}')
    number, *_ = a_better_candidate(owls)
    with pytest.raises(Refused, match=f"noor is no member of {team}"):
        decide(owls.connect(), decision(owls, number))


def test_who_was_only_invited_to_the_team_is_no_member(owls: SmallWorld) -> None:
    owls.set_policy(f'[approval]\nteam = "skyline/reviewers"\n{POLICY}')
    number, *_ = a_better_candidate(owls)
    invited = JSONResponse({"url": "x", "role": "member", "state": "pending"})
    owls.forge.answer("/memberships/noor", "", invited)
    with pytest.raises(Refused, match="noor is no member"):
        decide(owls.connect(), decision(owls, number))


def commit(message: str, author: int, email: str) -> SimpleNamespace:
    """A commit as PyGithub shows it."""
    account, signature = SimpleNamespace(id=author), SimpleNamespace(email=email)
    return SimpleNamespace(
        author=account,
        committer=None,
        commit=SimpleNamespace(author=signature, committer=signature, message=message),
    )


def test_a_co_author_is_found_by_number_by_login_and_by_another_commit() -> None:
    message = (
        "Look\n\nCo-authored-by: N <1002+noor@users.noreply.github.com>\n"
        "co-authored-by: T <tomas@users.noreply.github.com>\nCo-Authored-By: L <lena@owls.example>\n"
    )
    found = makers_of([commit(message, 1, "mira@owls.example"), commit("More", 5, "lena@owls.example")])
    assert found == Makers(frozenset({1, 5, 1002}), frozenset({"tomas"}))


def test_a_co_author_may_not_approve(owls: SmallWorld) -> None:
    owls.run(owls.main(), {"test/accuracy": [0.8]}, tags=["best"])
    pull = owls.pull("Look\n\nCo-authored-by: Noor <noor@users.noreply.sandbox.example>")
    owls.run(pull.head.sha, {"test/accuracy": [0.9]})
    with pytest.raises(Refused, match="noor wrote this pull request"):
        decide(owls.connect(), decision(owls, pull.number))
