"""Who may do what in a repository."""

from __future__ import annotations

from gate.sandbox.github.accounts import Account
from gate.sandbox.github.errors import ApiError, not_found
from gate.sandbox.github.repositories import Repository
from gate.sandbox.github.world import World

# From least to most. The older API knows only four words: triage shows as read, maintain as write.
ROLES = ("none", "read", "triage", "write", "maintain", "admin")
SHOWN = {"triage": "read", "maintain": "write"}
GRANTED = {"pull": "read", "triage": "triage", "push": "write", "maintain": "maintain", "admin": "admin"}
REFUSALS = {"write": "Must have push access to repository.", "admin": "Must have admin rights to Repository."}


def role(world: World, repo: Repository, account: Account | None) -> str:
    """The strongest role an account (None: anybody) has; a public repository is read by all."""
    anybody = "none" if repo.private else "read"
    if account is None:
        return anybody
    if account.id == repo.owner.id:
        return "admin"
    row = world.store.row("SELECT role FROM collaborators WHERE repo = ? AND account = ?", repo.id, account.id)
    return max(anybody, row["role"] if row else "none", key=ROLES.index)


def may(world: World, repo: Repository, account: Account | None, needed: str) -> bool:
    """Whether the role suffices."""
    return ROLES.index(role(world, repo, account)) >= ROLES.index(needed)


def demand(world: World, repo: Repository, account: Account | None, needed: str) -> None:
    """Refuse as GitHub does: what may not be seen is not there, what may not be done is forbidden."""
    if not may(world, repo, account, "read"):
        raise not_found()
    if may(world, repo, account, needed):
        return
    if account is None:
        raise ApiError(401, "Requires authentication")
    if account.kind == "Bot":
        raise ApiError(403, "Resource not accessible by integration")
    raise ApiError(403, REFUSALS[needed])


def flags(role: str) -> dict[str, bool]:
    """A role as the five switches of a repository object."""
    return {name: ROLES.index(role) >= ROLES.index(least) for name, least in GRANTED.items()}


def grant(world: World, repo: Repository, account: Account, role: str) -> None:
    """Give an account a role."""
    world.store.rows("INSERT OR REPLACE INTO collaborators VALUES (?, ?, ?)", repo.id, account.id, role)


def revoke(world: World, repo: Repository, account: Account) -> None:
    """Take an account's role away."""
    world.store.rows("DELETE FROM collaborators WHERE repo = ? AND account = ?", repo.id, account.id)
