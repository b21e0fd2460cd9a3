"""What GitHub lets this token do, told from what it says: nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gate.approval import APPROVAL
from gate.checkup.clocks import judged
from gate.checkup.line import State
from gate.checkup.patient import Patient
from gate.config import ScopePolicy
from gate.ports import Absent
from gate.vitals import ForgeVitals
from gate.workflow.publish import CHECK

Found = Iterator[tuple[State, str, str]]
# Tokens whose own permissions GitHub tells nobody: what it says is the role of the person, or nothing.
CLOSED = {"github_pat_": "a fine-grained token", "ghs_": "an App's token, as that of Actions is"}
CLASSIC = ("ghp_", "gho_")
TRY = "`gate selftest` tries it in a scratch repository"


class Write(NamedTuple):
    """A permission of a workflow, what a classic token calls it, and what it is for."""

    permission: str
    scopes: frozenset[str]
    purpose: str


CONTENTS = Write("contents: write", frozenset({"repo", "public_repo"}), "the ledger's branch")
STATUSES = Write("statuses: write", frozenset({"repo", "public_repo", "repo:status"}), "commit statuses")
PULLS = Write("pull-requests: write", frozenset({"repo", "public_repo"}), "the comment")


def reached(patient: Patient) -> Found:
    home = patient.home
    yield State.OK, f"{home.name}, default branch {home.default_branch}", ""


def token(patient: Patient) -> Found:
    if not patient.environment.get("GITHUB_TOKEN"):
        yield State.WRONG, "GITHUB_TOKEN is not set", "set it; in a workflow: GITHUB_TOKEN: ${{ github.token }}"
        return
    try:
        account = patient.forge.whoami()
    except Absent as error:
        yield State.OK, f"accepted; {error}", ""
    else:
        yield State.OK, f"accepted; it speaks for {account.login}, who has the role {account.permission}", ""


def contents(patient: Patient) -> Found:
    found = patient.forge.read(patient.policy_file, patient.home.default_branch)
    yield _may(patient, CONTENTS, f"read{'' if found else f' (no {patient.policy_file})'}")


def statuses(patient: Patient) -> Found:
    patient.forge.status(patient.home.default_branch, CHECK)
    yield _may(patient, STATUSES, "read")


def pull_requests(patient: Patient) -> Found:
    count = len(patient.forge.pulls())
    yield _may(patient, PULLS, f"read ({count} open)")


def _may(patient: Patient, write: Write, reading: str) -> tuple[State, str, str]:
    """What is known of a permission to write, by the kind of token."""
    given = patient.environment.get("GITHUB_TOKEN", "")
    home, remedy = patient.home, f"give the token {write.permission}, for {write.purpose}"
    closed = next((said for prefix, said in CLOSED.items() if given.startswith(prefix)), "")
    if _lacks(write, home, given):
        scopes = ", ".join(sorted(home.scopes or ())) or "no scope"
        return State.WRONG, f"{reading}; a classic token with {scopes} may not write", remedy
    if closed:
        return State.UNSURE, f"{reading}; whether it may write GitHub tells nobody of {closed}", f"{remedy}; {TRY}"
    if not home.rights.get("push"):
        return State.WRONG, f"{reading}, but GitHub says that it may not write", remedy
    return State.OK, f"{reading} and written, for {write.purpose}", ""


def _lacks(write: Write, home: ForgeVitals, given: str) -> bool:
    """Whether a classic token has none of the scopes; of others GitHub names no scope at all."""
    if home.scopes is None or not (home.scopes or given.startswith(CLASSIC)):
        return False
    return not home.scopes & (write.scopes - {"public_repo"} if home.private else write.scopes)


def policy(patient: Patient) -> Found:
    for scope in patient.scopes:
        yield State.OK, f"{scope.name}: {_count(len(scope.policy.rules))}, from {scope.policy.source}", ""


def _count(rules: int) -> str:
    return f"{rules} rule{'' if rules == 1 else 's'}"


def approval(patient: Patient) -> Found:
    """Whether a merge takes the approval, and whether nobody else can post it."""
    required = {context.casefold(): app for context, app in patient.required.contexts.items()}
    for scope in patient.scopes:
        yield _approved(patient, required, context_of(scope, APPROVAL), context_of(scope, CHECK))


def context_of(scope: ScopePolicy, status: str) -> str:
    return scope.place("").context(status)


def _approved(patient: Patient, required: Mapping[str, int], context: str, check: str) -> tuple[State, str, str]:
    branch = patient.home.default_branch
    app = required.get(context.casefold())
    other = f"{check} is {'required too' if check.casefold() in required else 'not required'}"
    if app is None and not patient.required.known:
        said = f"{branch} requires no status {context} by its protection; the rulesets could not be read"
        return State.UNSURE, said, f"see Settings, Rules: require the status {context}"
    if app is None:
        return State.WRONG, f"{branch} does not require {context}; {other}", f"require the status {context} on {branch}"
    if app == 0:
        said = f"{branch} requires {context} of anybody who may write; {other}"
        return State.UNSURE, said, "bind it to an App of your own, or everybody with write access can forge it"
    return State.OK, f"{branch} requires {context} of the App {app}; {other}", ""


def clock(patient: Patient) -> Found:
    yield judged("GitHub", patient.home.skew)
