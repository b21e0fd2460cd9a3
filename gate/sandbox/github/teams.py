"""Teams of an organisation, and who is in them."""

from __future__ import annotations

from typing import Any

from gate.sandbox.github.accounts import Account
from gate.sandbox.github.call import Answer, Call
from gate.sandbox.github.errors import not_found, refused
from gate.sandbox.github.store import Store

ROLES = ("member", "maintainer")


def add(store: Store, organization: Account, slug: str) -> None:
    """Make a team, or leave it as it is."""
    store.rows("INSERT OR IGNORE INTO teams (organization, slug) VALUES (?, ?)", organization.id, slug)


def put_member(call: Call) -> Answer:
    """``PUT /orgs/{org}/teams/{slug}/memberships/{login}``: at once, for every account counts as a member."""
    team, account, role = _team(call), _member(call), call.take("role", str, "member")
    if role not in ROLES:
        raise refused("TeamMember", "role")
    call.world.store.rows("INSERT OR REPLACE INTO memberships VALUES (?, ?, ?)", team, account.id, role)
    return Answer(_shown(call, role))


def member(call: Call) -> Answer:
    """``GET /orgs/{org}/teams/{slug}/memberships/{login}``: 404 for a stranger to it, and for no such team."""
    found = call.world.store.row(
        "SELECT role FROM memberships WHERE team = ? AND account = ?", _team(call), _member(call).id
    )
    if found is None:
        raise not_found()
    return Answer(_shown(call, found["role"]))


def remove_member(call: Call) -> Answer:
    """``DELETE /orgs/{org}/teams/{slug}/memberships/{login}``."""
    call.world.store.rows("DELETE FROM memberships WHERE team = ? AND account = ?", _team(call), _member(call).id)
    return Answer(status=204)


def _team(call: Call) -> int:
    """The team's number; a caller without a name sees none."""
    organization = call.account and call.world.accounts.named(call.at["org"])
    named = (organization.id if organization else 0, call.at["slug"])
    found = call.world.store.row("SELECT id FROM teams WHERE organization = ? AND slug = ?", *named)
    if found is None:
        raise not_found()
    return int(found["id"])


def _member(call: Call) -> Account:
    account = call.world.accounts.named(call.at["login"])
    if account is None:
        raise not_found()
    return account


def _shown(call: Call, role: str) -> dict[str, Any]:
    return {"url": str(call.url), "role": role, "state": "active"}
