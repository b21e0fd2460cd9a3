"""Whether a person, or a workflow, may decide: asked of the forge and of the policy at the moment of the decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from gate.approval import Approval
from gate.identity import Automatic, Person
from gate.ledger import Reviewer
from gate.ports import Absent, Account
from gate.review import Review
from gate.verdict import Outcome
from gate.workflow.refusal import Refused
from gate.workflow.world import World

NOBODY = "promotion-gate"  # the login of a decision that no person made
AHEAD = timedelta(minutes=5)  # a clock that differs by more is no clock


def authorised(world: World, person: Person, terms: Approval, reasons: list[str]) -> Reviewer:
    """The person as the ledger names it.

    Raises:
        Refused: with ``reasons``, and with what stands against the person.
    """
    account = account_of(world, person.login)
    found = [*reasons, *_sign_in(world, person, terms), *_standing(world, person, account, terms)]
    if found or account is None:
        raise Refused(*found)
    return Reviewer(account.login, account.id, person.how)


def account_of(world: World, login: str) -> Account | None:
    try:
        return world.forge.account(login)
    except Absent:
        return None


def _sign_in(world: World, person: Person, terms: Approval) -> list[str]:
    if person.signed_in is None or not terms.max_sign_in_age:
        return []
    age = world.now() - person.signed_in
    if age > terms.max_sign_in_age:
        return [
            f"{person.login} signed in at {person.signed_in:%Y-%m-%d %H:%M} UTC, which is too long ago: sign in again"
        ]
    return [f"the sign-in of {person.login} is of the future; a clock is wrong"] if age < -AHEAD else []


def _standing(world: World, person: Person, account: Account | None, terms: Approval) -> list[str]:
    if account is None or not account.may_write:
        held = account.permission if account else "no"
        return [f"{person.login} has {held} permission on {world.repository}; deciding needs write"]
    if person.id and person.id != account.id:
        return [f"the login {person.login} belongs to another account now ({account.id}, not {person.id})"]
    if terms.team and not world.forge.in_team(terms.team, account.login):
        return [f"{account.login} is no member of {terms.team}, whose members decide"]
    return []


def own_work(world: World, review: Review, person: Person, account: Account | None) -> list[str]:
    """Why a person may not approve this one: it is their own."""
    if review.approval.allow_self_approval or account is None or review.pull is None:
        return []
    makers = world.forge.makers(review.pull.number)
    if account.id in makers.ids | {review.pull.author_id} or account.login.lower() in makers.logins:
        return [f"{account.login} wrote this pull request; another person must approve it"]
    names = {name.casefold() for name in (account.login, *person.owner_names)}
    if review.candidate and review.candidate.owner.casefold() in names:
        return [f"{account.login} owns the run {review.candidate.id}; another person must approve it"]
    return []


@dataclass(frozen=True)
class Leave:
    """Why a person may not decide at all, or only not approve; both empty where nothing is known against it."""

    deciding: tuple[str, ...] = ()
    approving: tuple[str, ...] = ()


def leave(world: World, review: Review, person: Person) -> Leave:
    """Asked before a person takes the trouble of a comment; at the click everything is asked again."""
    account, terms = account_of(world, person.login), review.approval
    deciding = (*_sign_in(world, person, terms), *_standing(world, person, account, terms))
    return Leave(deciding, tuple(own_work(world, review, person, account)))


def automatically(review: Review, workflow: Automatic, reasons: list[str]) -> Reviewer:
    """A workflow as the ledger names it: it is nobody, and the policy of the base branch let it.

    Raises:
        Refused: with ``reasons``, and where the policy, the verdict or the pull request leave it to people.
    """
    terms, found = review.approval, list(reasons)
    if not terms.allow_automatic:
        found.append(not_allowed(review.policy.source))
    if terms.approvals > 1 or terms.team:
        found.append("the policy asks for several people, or for members of a team")
    if review.verdict.outcome is not Outcome.PASSED:
        found.append(f"the verdict is {review.verdict.outcome.value}: only what passed is promoted without a person")
    if review.pull is not None and review.pull.fork:
        found.append("the pull request comes from a fork: a person must approve it")
    if found:
        raise Refused(*found)
    return Reviewer(NOBODY, 0, f"automatic, as {review.policy.source} allows: {workflow.how}")


def not_allowed(source: str) -> str:
    """Why nothing is promoted without a person, and what to do about it."""
    return f"{source} leaves approvals to people; [approval] with allow_automatic = true there would let a workflow"
