"""Commit statuses: what others said about a commit, the newest word of each context counting."""

from __future__ import annotations

import sqlite3
from typing import Any

from gate.sandbox.github import commits
from gate.sandbox.github.accounts import node_id
from gate.sandbox.github.bare import SHA
from gate.sandbox.github.call import Answer, RepoCall
from gate.sandbox.github.errors import ApiError, explained, malformed, refused
from gate.sandbox.github.pagination import listing, window
from gate.sandbox.github.repositories import Repository
from gate.sandbox.github.store import now
from gate.sandbox.github.world import World

STATES = ("error", "failure", "pending", "success")
LONGEST = {"description": 140, "context": 255}
MOST = 1000
NEWEST_FIRST = "SELECT * FROM statuses WHERE repo = ? AND sha = ? ORDER BY id DESC"
OF_CONTEXT = "SELECT count(*) FROM statuses WHERE repo = ? AND sha = ? AND context = ?"


def create(call: RepoCall) -> Answer:
    """``POST statuses/{sha}``."""
    sha = _commit(call)
    fields = {
        "state": call.need("state", str),
        "description": call.text("description"),
        "target_url": call.text("target_url") or None,
        "context": call.take("context", str, "default"),
    }
    _check(fields)
    with call.world.store.transaction():
        if call.world.store.count(OF_CONTEXT, call.repo.id, sha, fields["context"]) >= MOST:
            raise explained("Status", "This SHA and context has reached the maximum number of statuses.")
        id = call.world.store.insert(
            "statuses", repo=call.repo.id, sha=sha, creator=call.account.id, created_at=now(), **fields
        )
    row = call.world.store.rows("SELECT * FROM statuses WHERE id = ?", id)[0]
    return Answer(show(call, row), 201)


def every(call: RepoCall) -> Answer:
    """``GET commits/{ref}/statuses``: all, newest first."""
    sha = _known(call)
    rows = call.world.store.rows(NEWEST_FIRST, call.repo.id, sha)
    return listing(call, rows, lambda row: show(call, row))


def combined(call: RepoCall) -> Answer:
    """``GET commits/{ref}/status``: the newest of each context, and what they come to."""
    sha = _known(call)
    rows = newest(call.world, call.repo, sha)
    shown, headers = window(call, rows)
    body = {
        "state": together([row["state"] for row in rows]),
        "statuses": [show_simply(call, row) for row in shown],
        "sha": sha,
        "total_count": len(rows),
        "repository": call.world.repositories.show(call.repo),
        "commit_url": f"{call.api}/commits/{sha}",
        "url": f"{call.api}/commits/{sha}/status",
    }
    return Answer(body, headers=headers)


def newest(world: World, repo: Repository, sha: str) -> list[sqlite3.Row]:
    """The newest status of each context."""
    rows = world.store.rows(NEWEST_FIRST, repo.id, sha)
    first: dict[str, sqlite3.Row] = {}
    for row in rows:
        first.setdefault(row["context"].casefold(), row)
    return list(first.values())


def results(world: World, repo: Repository, sha: str) -> dict[str, str]:
    """The newest state of each context, by its name in lower case."""
    return {row["context"].casefold(): row["state"] for row in newest(world, repo, sha)}


def together(states: list[str]) -> str:
    """Failure if one failed, success if all succeeded, pending otherwise (also of none)."""
    if {"error", "failure"} & set(states):
        return "failure"
    return "success" if set(states) == {"success"} else "pending"


def show_simply(call: RepoCall, row: sqlite3.Row) -> dict[str, Any]:
    """A status of the combined status."""
    creator = call.world.accounts.numbered(row["creator"])
    return {
        "url": f"{call.api}/statuses/{row['sha']}",
        "avatar_url": call.world.accounts.show(creator)["avatar_url"],
        "id": row["id"],
        "node_id": node_id("StatusContext", row["id"]),
        "updated_at": row["created_at"],
        **{field: row[field] for field in ("state", "description", "target_url", "context", "created_at")},
    }


def show(call: RepoCall, row: sqlite3.Row) -> dict[str, Any]:
    """A status of a list, with who set it."""
    accounts = call.world.accounts
    return {**show_simply(call, row), "creator": accounts.show(accounts.numbered(row["creator"]))}


def _check(fields: dict[str, str | None]) -> None:
    if fields["state"] not in STATES:
        raise refused("Status", "state", "custom", "state is not included in the list")
    for field, most in LONGEST.items():
        if len(fields[field] or "") > most:
            raise refused("Status", field, "custom", f"{field} is too long (maximum is {most} characters)")
    target = fields["target_url"]
    if target is not None and not target.startswith(("http://", "https://")):
        raise malformed("target_url must use http(s) scheme")


def _commit(call: RepoCall) -> str:
    """A status belongs to a commit, which only its sha names."""
    sha = call.at["sha"]
    if SHA.fullmatch(sha) is None:
        raise explained("Status", f"No commit found for SHA: {sha}")
    try:
        return commits.found(call, sha)
    except ApiError as unknown:
        raise explained("Status", f"No commit found for SHA: {sha}") from unknown


def _known(call: RepoCall) -> str:
    return commits.found(call, call.at["ref"])
