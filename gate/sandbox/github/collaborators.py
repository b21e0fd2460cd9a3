"""Who collaborates on a repository, and how far."""

from __future__ import annotations

from gate.sandbox.github.accounts import Account
from gate.sandbox.github.call import Answer, RepoCall
from gate.sandbox.github.errors import ApiError, not_found, refused
from gate.sandbox.github.permissions import GRANTED, SHOWN, flags, grant, revoke, role


def add(call: RepoCall) -> Answer:
    """``PUT collaborators/{login}``: at once, without an invitation."""
    permission = call.take("permission", str, "push")
    if permission not in GRANTED:
        raise refused("Repository", "permission")
    grant(call.world, call.repo, _named(call) or _missing(), GRANTED[permission])
    return Answer(status=204)


def remove(call: RepoCall) -> Answer:
    """``DELETE collaborators/{login}``."""
    revoke(call.world, call.repo, _named(call) or _missing())
    return Answer(status=204)


def permission(call: RepoCall) -> Answer:
    """``GET collaborators/{login}/permission``."""
    account = _named(call)
    if account is None:
        raise ApiError(404, f"{call.at['login']} is not a user")
    name = role(call.world, call.repo, account)
    user = {**call.world.accounts.show(account), "permissions": flags(name), "role_name": name}
    return Answer({"permission": SHOWN.get(name, name), "role_name": name, "user": user})


def _named(call: RepoCall) -> Account | None:
    return call.world.accounts.named(call.at["login"])


def _missing() -> Account:
    raise not_found()
