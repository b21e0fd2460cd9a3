"""Repositories: their records, their folders, and how the API shows them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from gate.sandbox.github.accounts import Account, Accounts, node_id
from gate.sandbox.github.bare import Bare
from gate.sandbox.github.store import Store, now

LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}
SWITCHES = {
    "has_issues": True,
    "has_projects": False,
    "has_downloads": False,
    "has_wiki": False,
    "has_pages": False,
    "has_discussions": False,
    "archived": False,
    "disabled": False,
    "is_template": False,
    "web_commit_signoff_required": False,
}
MERGING = {
    "allow_squash_merge": True,
    "allow_merge_commit": True,
    "allow_rebase_merge": False,
    "allow_auto_merge": False,
    "delete_branch_on_merge": False,
}
ZEROES = ("forks", "forks_count", "stargazers_count", "watchers", "watchers_count", "size")
NEVER = ("homepage", "language", "mirror_url", "license")


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
        self._links = lru_cache(maxsize=256)(self._build_links)

    def create(
        self, owner: Account, name: str, *, private: bool, description: str | None, branch: str, parent: int | None
    ) -> Repository:
        """Record a repository and make its empty git repository; the name must be free."""
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
            **SWITCHES,
            **MERGING,
            **dict.fromkeys(ZEROES, 0),
            **dict.fromkeys(NEVER),
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

    def _build_links(self, full_name: str) -> dict[str, str]:
        api, html = f"{self._url}/api/v3/repos/{full_name}", f"{self._url}/{full_name}"
        host = self._url.partition("://")[2]
        return {
            **{field: api + suffix for field, suffix in LINKS.items()},
            "url": api,
            "html_url": html,
            "clone_url": f"{html}.git",
            "svn_url": html,
            "git_url": f"git://{host}/{full_name}.git",
            "ssh_url": f"ssh://git@{host}/{full_name}.git",
        }
