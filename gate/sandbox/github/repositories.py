"""Repositories: their records, their folders, and how the API shows them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from gate.sandbox.github import repository_fields
from gate.sandbox.github.accounts import Account, Accounts, node_id
from gate.sandbox.github.bare import Bare
from gate.sandbox.github.store import Store, now


@dataclass(frozen=True)
class Repository:
    """One repository, as recorded."""

    id: int
    owner: Account
    name: str
    private: bool
    description: str | None
    parent: int | None
    default_branch: str
    created_at: str
    pushed_at: str

    @property
    def full_name(self) -> str:
        """OWNER/NAME."""
        return f"{self.owner.login}/{self.name}"


class Repositories:
    """The repositories of a sandbox."""

    def __init__(self, folder: Path, store: Store, accounts: Accounts, url: str) -> None:
        self._folder = folder
        self._store = store
        self._accounts = accounts
        self._url = url
        self._opened: dict[int, Bare] = {}
        self._lock = threading.Lock()
        self._links = lru_cache(maxsize=256)(partial(repository_fields.addresses, url))

    def create(
        self, owner: Account, name: str, branch: str, *, private: bool, description: str | None, parent: int | None
    ) -> Repository:
        """Record a repository and make its empty git repository; a taken name is an ``IntegrityError``."""
        moment = now()
        with self._store.transaction():
            id = self._store.insert(
                "repositories",
                owner=owner.id,
                name=name,
                private=private,
                description=description,
                parent=parent,
                default_branch=branch,
                created_at=moment,
                pushed_at=moment,
            )
            Bare(self._path(id)).create(branch)
        return self.numbered(id)

    def named(self, owner: str, name: str) -> Repository | None:
        """The repository OWNER/NAME."""
        account = self._accounts.named(owner)
        if account is None:
            return None
        row = self._store.row("SELECT id FROM repositories WHERE owner = ? AND name = ?", account.id, name)
        return self.numbered(row["id"]) if row else None

    def numbered(self, id: int) -> Repository:
        """The repository with this id, which must exist."""
        row = self._store.row("SELECT * FROM repositories WHERE id = ?", id)
        if row is None:
            raise KeyError(id)
        fields = dict(row)
        owner = self._accounts.numbered(fields.pop("owner"))
        return Repository(owner=owner, private=bool(fields.pop("private")), **fields)

    def git(self, repo: Repository) -> Bare:
        """Its git repository."""
        with self._lock:
            return self._opened.setdefault(repo.id, Bare(self._path(repo.id)))

    def pushed(self, repo: Repository) -> None:
        """Note that references moved; a first push may also decide the default branch."""
        self._store.update("repositories", repo.id, pushed_at=now())
        bare = self.git(repo)
        branches = bare.refs("refs/heads/")
        if branches and f"refs/heads/{repo.default_branch}" not in branches:
            first = next(iter(branches))
            bare.run("symbolic-ref", "HEAD", first)
            self._store.update("repositories", repo.id, default_branch=first.removeprefix("refs/heads/"))

    def api(self, repo: Repository) -> str:
        """Its address in the API."""
        return f"{self._url}/api/v3/repos/{repo.full_name}"

    def html(self, repo: Repository) -> str:
        """The address of its page."""
        return f"{self._url}/{repo.full_name}"

    def show(self, repo: Repository) -> dict[str, Any]:
        """A repository as other objects embed it."""
        return {
            **self._links(repo.full_name),
            "id": repo.id,
            "node_id": node_id("Repository", repo.id),
            "name": repo.name,
            "full_name": repo.full_name,
            "owner": self._accounts.show(repo.owner),
            "private": repo.private,
            "visibility": "private" if repo.private else "public",
            "description": repo.description,
            "fork": repo.parent is not None,
            "default_branch": repo.default_branch,
            "open_issues": 0,
            "open_issues_count": 0,
            "topics": [],
            "created_at": repo.created_at,
            "updated_at": repo.pushed_at,
            "pushed_at": repo.pushed_at,
            **repository_fields.FIXED,
        }

    def show_whole(self, repo: Repository, permissions: dict[str, bool]) -> dict[str, Any]:
        """A repository as ``GET /repos/{owner}/{repo}`` answers it to one caller."""
        opened = self._store.count("SELECT count(*) FROM pulls WHERE repo = ? AND state = 'open'", repo.id)
        forks = self._store.count("SELECT count(*) FROM repositories WHERE parent = ?", repo.id)
        whole = {
            **self.show(repo),
            "open_issues": opened,
            "open_issues_count": opened,
            "forks": forks,
            "forks_count": forks,
            "network_count": forks,
            "subscribers_count": 0,
            "permissions": permissions,
        }
        if repo.parent is None:
            return whole
        parent = self.show(self.numbered(repo.parent))
        return {**whole, "parent": parent, "source": parent}

    def close(self) -> None:
        """End the git processes."""
        for bare in self._opened.values():
            bare.reader.close()

    def _path(self, id: int) -> Path:
        return self._folder / f"{id}.git"
