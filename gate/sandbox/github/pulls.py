"""Pull requests: their records, and how they follow the branch they come from."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from gate.sandbox.github.bare import Bare
from gate.sandbox.github.errors import refused
from gate.sandbox.github.git import git
from gate.sandbox.github.repositories import Repository
from gate.sandbox.github.store import now
from gate.sandbox.github.world import World

OPEN_BETWEEN = (
    "SELECT 1 FROM pulls WHERE state = 'open' AND repo = ? AND head_repo = ? AND head_ref = ? AND base_ref = ?"
)
EXISTS = "A pull request already exists for"


@dataclass(frozen=True)
class Pull:
    """A pull request, as recorded, with the two commits it stands between."""

    id: int
    repo: Repository
    number: int
    title: str
    body: str | None
    author: int
    state: str
    head_repo: Repository
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str
    draft: bool
    created_at: str
    updated_at: str
    closed_at: str | None
    merged_at: str | None
    merged_by: int | None
    merge_sha: str | None


def head_name(number: int) -> str:
    """The reference of the base repository that keeps the head of a pull request alive."""
    return f"refs/pull/{number}/head"


def find(world: World, repo: Repository, number: str) -> Pull | None:
    """The pull request with this number, its head followed up to now."""
    if not number.isdecimal():
        return None
    row = world.store.row("SELECT * FROM pulls WHERE repo = ? AND number = ?", repo.id, int(number))
    return _followed(world, row) if row else None


def every(world: World, repo: Repository) -> list[Pull]:
    """All pull requests into a repository, newest first."""
    rows = world.store.rows("SELECT * FROM pulls WHERE repo = ? ORDER BY number DESC", repo.id)
    return [_followed(world, row) for row in rows]


def sync_all(world: World, repo: Repository) -> None:
    """Fetch what forks pushed to the open pull requests into a repository."""
    for row in world.store.rows("SELECT * FROM pulls WHERE repo = ? AND state = 'open'", repo.id):
        _follow(world, row)


def add(world: World, repo: Repository, head: tuple[Repository, str], base: tuple[str, str], **fields: object) -> int:
    """Record a pull request, keep its head alive, and answer its number; one may be open between two branches."""
    (head_repo, head_ref), (base_ref, base_sha) = head, base
    moment = now()
    with world.store.transaction():
        if world.store.row(OPEN_BETWEEN, repo.id, head_repo.id, head_ref, base_ref):
            raise refused("PullRequest", "base", "custom", f"{EXISTS} {head_repo.owner.login}:{head_ref}.")
        number = world.store.count("SELECT coalesce(max(number), 0) + 1 FROM pulls WHERE repo = ?", repo.id)
        id = world.store.insert(
            "pulls",
            repo=repo.id,
            number=number,
            state="open",
            head_repo=head_repo.id,
            head_ref=head_ref,
            base_ref=base_ref,
            base_sha=base_sha,
            created_at=moment,
            updated_at=moment,
            **fields,
        )
    _follow(world, world.store.rows("SELECT * FROM pulls WHERE id = ?", id)[0])
    return number


def _follow(world: World, row: sqlite3.Row) -> str:
    """Bring the kept head of an open pull request to the tip of its branch; without the branch it is closed."""
    bare, name = world.repositories.git(world.repositories.numbered(row["repo"])), head_name(row["number"])
    source = world.repositories.git(world.repositories.numbered(row["head_repo"]))
    kept = bare.ref(name)
    if kept and (row["state"] == "closed" or kept == source.branch(row["head_ref"])):
        return kept
    with world.following:
        _catch_up(world, row, bare, source)
    return bare.ref(name) or str(row["base_sha"])


def _catch_up(world: World, row: sqlite3.Row, bare: Bare, source: Bare) -> None:
    moment = now()
    if source.branch(row["head_ref"]) is None:
        world.store.update("pulls", row["id"], state="closed", closed_at=moment, updated_at=moment)
        return
    spec = f"+refs/heads/{row['head_ref']}:{head_name(row['number'])}"
    git(bare.folder, "fetch", "--quiet", str(source.folder), spec)
    world.store.update("pulls", row["id"], updated_at=moment)


def _followed(world: World, row: sqlite3.Row) -> Pull:
    head_sha = _follow(world, row)
    fields = dict(world.store.rows("SELECT * FROM pulls WHERE id = ?", row["id"])[0])
    repo = world.repositories.numbered(fields.pop("repo"))
    live = world.repositories.git(repo).branch(fields["base_ref"]) if fields["state"] == "open" else None
    return Pull(
        repo=repo,
        head_repo=world.repositories.numbered(fields.pop("head_repo")),
        head_sha=head_sha,
        base_sha=live or fields["base_sha"],
        draft=bool(fields.pop("draft")),
        **{name: value for name, value in fields.items() if name != "base_sha"},
    )
