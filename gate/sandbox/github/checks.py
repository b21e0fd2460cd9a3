"""Check runs: like statuses, but written by a GitHub App only."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from gate.sandbox.github import commits
from gate.sandbox.github.accounts import node_id
from gate.sandbox.github.call import Answer, RepoCall
from gate.sandbox.github.errors import ApiError, malformed, not_found, refused
from gate.sandbox.github.pagination import window
from gate.sandbox.github.repositories import Repository
from gate.sandbox.github.store import now
from gate.sandbox.github.world import World

STATUSES = ("queued", "in_progress", "completed")
CONCLUSIONS = ("success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required")
SATISFYING = ("success", "neutral", "skipped")
TEXTS = ("details_url", "external_id", "started_at", "completed_at", "conclusion", "status", "name")
LONGEST_OUTPUT = 65535
ON_COMMIT = "SELECT * FROM check_runs WHERE repo = ? AND sha = ? ORDER BY id DESC"


def create(call: RepoCall) -> Answer:
    """``POST check-runs``."""
    _demand_app(call)
    sha = commits.found(call, call.need("head_sha", str))
    fields = _changed(call, {"name": call.need("name", str), "status": "queued", "started_at": now()})
    id = call.world.store.insert(
        "check_runs", repo=call.repo.id, sha=sha, app=call.account.id, fields=json.dumps(fields)
    )
    return Answer(show(call, _numbered(call, str(id))), 201)


def change(call: RepoCall) -> Answer:
    """``PATCH check-runs/{id}``; only by the App that made it."""
    _demand_app(call)
    row = _numbered(call, call.at["id"])
    if row["app"] != call.account.id:
        raise ApiError(403, "Invalid app_id: check run can only be modified by the GitHub App that created it.")
    fields = _changed(call, json.loads(row["fields"]))
    call.world.store.update("check_runs", row["id"], fields=json.dumps(fields))
    return Answer(show(call, _numbered(call, call.at["id"])))


def read(call: RepoCall) -> Answer:
    """``GET check-runs/{id}``."""
    return Answer(show(call, _numbered(call, call.at["id"])))


def of_commit(call: RepoCall) -> Answer:
    """``GET commits/{ref}/check-runs``: the latest of each name, optionally of one name."""
    rows = latest(call.world, call.repo, commits.found(call, call.at["ref"]))
    name = call.query.get("check_name")
    those = [row for row in rows if name in (None, json.loads(row["fields"])["name"])]
    shown, headers = window(call, those)
    return Answer({"total_count": len(those), "check_runs": [show(call, row) for row in shown]}, headers=headers)


def latest(world: World, repo: Repository, sha: str) -> list[sqlite3.Row]:
    """The latest check run of each name and App."""
    first: dict[tuple[int, str], sqlite3.Row] = {}
    for row in world.store.rows(ON_COMMIT, repo.id, sha):
        first.setdefault((row["app"], json.loads(row["fields"])["name"]), row)
    return list(first.values())


def results(world: World, repo: Repository, sha: str) -> dict[str, str]:
    """The result of each check run, in the words of statuses, by its name in lower case."""
    fields = [json.loads(row["fields"]) for row in latest(world, repo, sha)]
    return {one["name"].casefold(): _as_status(one.get("conclusion")) for one in fields}


def show(call: RepoCall, row: sqlite3.Row) -> dict[str, Any]:
    """A check run."""
    fields = json.loads(row["fields"])
    url = f"{call.api}/check-runs/{row['id']}"
    output = dict.fromkeys(("title", "summary", "text")) | fields.get("output", {})
    return {
        "id": row["id"],
        "node_id": node_id("CheckRun", row["id"]),
        "head_sha": row["sha"],
        "url": url,
        "html_url": f"{call.html}/commit/{row['sha']}",
        "check_suite": {"id": row["id"]},
        "app": _app(call, row["app"]),
        "pull_requests": [],
        "output": {**output, "annotations_count": 0, "annotations_url": f"{url}/annotations"},
        **{field: fields.get(field) for field in TEXTS},
    }


def _as_status(conclusion: str | None) -> str:
    if conclusion is None:
        return "pending"
    return "success" if conclusion in SATISFYING else "failure"


def _demand_app(call: RepoCall) -> None:
    if call.account.kind != "Bot":
        raise ApiError(403, "You must authenticate via a GitHub App.")


def _changed(call: RepoCall, fields: dict[str, Any]) -> dict[str, Any]:
    fields |= {name: call.text(name) for name in TEXTS if call.body.get(name) is not None}
    if "output" in call.body:
        fields["output"] = _output(call)
    if fields.get("conclusion") is not None:
        fields = {"completed_at": now(), **fields, "status": "completed"}
    if fields["status"] not in STATUSES:
        raise refused("CheckRun", "status")
    if fields.get("conclusion", "success") not in CONCLUSIONS:
        raise refused("CheckRun", "conclusion")
    if fields["status"] == "completed" and fields.get("conclusion") is None:
        raise malformed('"conclusion" wasn\'t supplied.')
    return fields


def _output(call: RepoCall) -> dict[str, Any]:
    output = {key: call.need("output", dict).get(key) for key in ("title", "summary", "text")}
    for text in filter(None, output.values()):
        if not isinstance(text, str) or len(text) > LONGEST_OUTPUT:
            raise malformed(f"Only a text of {LONGEST_OUTPUT} characters is allowed.")
    return output


def _numbered(call: RepoCall, id: str) -> sqlite3.Row:
    row = call.world.store.row("SELECT * FROM check_runs WHERE id = ? AND repo = ?", id, call.repo.id)
    if row is None:
        raise not_found()
    return row


def _app(call: RepoCall, id: int) -> dict[str, Any]:
    account = call.world.accounts.numbered(id)
    name = account.login.removesuffix("[bot]")
    return {
        "id": account.id,
        "slug": name,
        "node_id": node_id("App", account.id),
        "owner": call.world.accounts.show(account),
        "name": name,
        "description": None,
        "external_url": call.world.url,
        "html_url": f"{call.world.url}/apps/{name}",
        "created_at": account.created_at,
        "updated_at": account.created_at,
        "permissions": {"checks": "write"},
        "events": [],
    }
