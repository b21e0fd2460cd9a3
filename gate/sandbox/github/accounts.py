"""Who may call: accounts, their tokens, and how the API shows them."""

from __future__ import annotations

import hashlib
import sqlite3
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from gate.sandbox.github.store import Store, now

NOREPLY = "users.noreply.sandbox.example"
KINDS = ("User", "Bot", "Organization")
LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}


@dataclass(frozen=True)
class Account:
    """A person, a bot (the installation of a GitHub App) or an organisation."""

    id: int
    login: str
    kind: str
    created_at: str

    @property
    def email(self) -> str:
        """The address that ties a commit to this account."""
        return f"{self.login}@{NOREPLY}"


class Accounts:
    """The accounts of a sandbox."""

    def __init__(self, store: Store, url: str) -> None:
        self._store = store
        self._url = url

    def add(self, login: str, token: str, kind: str) -> int:
        """Make an account, or find it, and let the token speak for it."""
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")
        with self._store.transaction():
            known = self.named(login)
            fresh = {"login": login, "kind": kind, "created_at": now()}
            id = known.id if known else self._store.insert("accounts", **fresh)
            self._store.rows("INSERT OR REPLACE INTO tokens VALUES (?, ?)", digest(token), id)
        return id

    def named(self, login: str) -> Account | None:
        """The account with this login."""
        return self._one("login", login)

    def numbered(self, id: int) -> Account:
        """The account with this id, which must exist."""
        account = self._one("id", id)
        if account is None:
            raise KeyError(id)
        return account

    def holding(self, token: str) -> Account | None:
        """The account a token speaks for."""
        row = self._store.row("SELECT account FROM tokens WHERE digest = ?", digest(token))
        return self.numbered(row["account"]) if row else None

    def of_email(self, email: str) -> Account | None:
        """The account whose commits carry this address."""
        login, _, domain = email.rpartition("@")
        return self.named(login) if domain == NOREPLY else None

    def show(self, account: Account) -> dict[str, Any]:
        """A simple user."""
        own = f"{self._url}/api/v3/users/{account.login}"
        return {
            "login": account.login,
            "id": account.id,
            "node_id": node_id(account.kind, account.id),
            "avatar_url": f"{self._url}/avatars/{account.id}",
            "gravatar_id": "",
            "url": own,
            "html_url": f"{self._url}/{account.login}",
            "type": account.kind,
            "site_admin": False,
            "user_view_type": "public",
            **{field: own + suffix for field, suffix in LINKS.items()},
        }

    def show_whole(self, account: Account) -> dict[str, Any]:
        """A public user, as ``GET /users/{login}`` answers it."""
        public = self._store.count("SELECT count(*) FROM repositories WHERE owner = ? AND NOT private", account.id)
        blank = dict.fromkeys(("name", "company", "location", "email", "hireable", "bio"))
        counts = {"public_repos": public, "public_gists": 0, "followers": 0, "following": 0}
        times = {"created_at": account.created_at, "updated_at": account.created_at}
        return {**self.show(account), **blank, "blog": "", **counts, **times}

    def show_self(self, account: Account) -> dict[str, Any]:
        """A private user, as ``GET /user`` answers it."""
        private = self._store.count("SELECT count(*) FROM repositories WHERE owner = ? AND private", account.id)
        none = dict.fromkeys(("private_gists", "disk_usage", "collaborators"), 0)
        owned = {"total_private_repos": private, "owned_private_repos": private}
        whole = self.show_whole(account)
        return {**whole, **none, **owned, "two_factor_authentication": True, "user_view_type": "private"}

    def _one(self, column: str, value: str | int) -> Account | None:
        row = self._store.row(f"SELECT id, login, kind, created_at FROM accounts WHERE {column} = ?", value)
        return _account(row) if row else None


def _account(row: sqlite3.Row) -> Account:
    return Account(*row)


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def node_id(kind: str, id: int | str) -> str:
    """An opaque global id."""
    return b64encode(f"{kind}:{id}".encode()).decode()
