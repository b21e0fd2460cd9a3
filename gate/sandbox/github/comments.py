"""Comments in the conversation of a pull request."""

from __future__ import annotations

import sqlite3
from typing import Any

from gate.sandbox.github.accounts import node_id
from gate.sandbox.github.call import Answer, RepoCall
from gate.sandbox.github.errors import ApiError, not_found, refused
from gate.sandbox.github.pagination import listing
from gate.sandbox.github.pull_requests import wanted
from gate.sandbox.github.store import now

LONGEST = 65536
IN_ISSUE = "SELECT * FROM comments WHERE repo = ? AND number = ? AND updated_at >= ? ORDER BY id"


def create(call: RepoCall) -> Answer:
    """``POST issues/{number}/comments``."""
    number, moment = wanted(call).number, now()
    id = call.world.store.insert(
        "comments",
        repo=call.repo.id,
        number=number,
        author=call.account.id,
        body=_body(call),
        created_at=moment,
        updated_at=moment,
    )
    return Answer(show(call, _numbered(call, str(id))), 201)


def every(call: RepoCall) -> Answer:
    """``GET issues/{number}/comments``, oldest first, optionally only those changed ``since``."""
    since = call.query.get("since", "")
    rows = call.world.store.rows(IN_ISSUE, call.repo.id, wanted(call).number, since)
    return listing(call, rows, lambda row: show(call, row))


def read(call: RepoCall) -> Answer:
    """``GET issues/comments/{id}``."""
    return Answer(show(call, _numbered(call, call.at["id"])))


def change(call: RepoCall) -> Answer:
    """``PATCH issues/comments/{id}``."""
    row = _own(call)
    call.world.store.update("comments", row["id"], body=_body(call), updated_at=now())
    return Answer(show(call, _numbered(call, call.at["id"])))


def remove(call: RepoCall) -> Answer:
    """``DELETE issues/comments/{id}``."""
    call.world.store.rows("DELETE FROM comments WHERE id = ?", _own(call)["id"])
    return Answer(status=204)


def show(call: RepoCall, row: sqlite3.Row) -> dict[str, Any]:
    """A comment."""
    accounts = call.world.accounts
    author = accounts.numbered(row["author"])
    return {
        "id": row["id"],
        "node_id": node_id("IssueComment", row["id"]),
        "url": f"{call.api}/issues/comments/{row['id']}",
        "html_url": f"{call.html}/pull/{row['number']}#issuecomment-{row['id']}",
        "issue_url": f"{call.api}/issues/{row['number']}",
        "user": accounts.show(author),
        "author_association": "OWNER" if author.id == call.repo.owner.id else "CONTRIBUTOR",
        **{field: row[field] for field in ("body", "created_at", "updated_at")},
    }


def _body(call: RepoCall) -> str:
    body = call.need("body", str)
    if not body.strip():
        raise refused("IssueComment", "body", "missing_field")
    if len(body) > LONGEST:
        raise refused("IssueComment", "body", "custom", f"body is too long (maximum is {LONGEST} characters)")
    return body


def _numbered(call: RepoCall, id: str) -> sqlite3.Row:
    row = call.world.store.row("SELECT * FROM comments WHERE id = ? AND repo = ?", id, call.repo.id)
    if row is None:
        raise not_found()
    return row


def _own(call: RepoCall) -> sqlite3.Row:
    row = _numbered(call, call.at["id"])
    if row["author"] != call.account.id and not call.may("write"):
        raise ApiError(403, "Must have push access to repository.")
    return row
