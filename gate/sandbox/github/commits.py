"""Commits as the REST API shows them: git's data, and GitHub's users beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from gate.sandbox.github import history
from gate.sandbox.github.accounts import node_id
from gate.sandbox.github.call import Answer, RepoCall
from gate.sandbox.github.errors import ApiError
from gate.sandbox.github.history import Change
from gate.sandbox.github.pagination import listing
from gate.sandbox.github.pulls import sync_all

UNSIGNED = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}


def read(call: RepoCall) -> Answer:
    """``GET commits/{ref}``."""
    sha = found(call, call.at["ref"])
    first = next(iter(call.git.commit(sha).parents), None)
    files = history.changes(call.git, first, sha)
    return Answer({**show(call, sha), "stats": stats(files), "files": [show_change(call, sha, file) for file in files]})


def every(call: RepoCall) -> Answer:
    """``GET commits``, optionally of one branch (``sha``) and one file (``path``)."""
    head = found(call, call.query.get("sha") or call.repo.default_branch)
    return listing(call, history.log(call.git, head, call.query.get("path")), lambda sha: show(call, sha))


def found(call: RepoCall, name: str) -> str:
    """The sha a name stands for; a pull request from a fork may have to be fetched first."""
    sha = call.git.revision(name)
    if sha is None:
        sync_all(call.world, call.repo)
        sha = call.git.revision(name)
    if sha is None:
        raise ApiError(422, f"No commit found for SHA: {name}")
    return sha


def show(call: RepoCall, sha: str) -> dict[str, Any]:
    """A commit of the commits API."""
    commit = call.git.commit(sha)
    return {
        "sha": sha,
        "node_id": node_id("Commit", sha),
        "url": f"{call.api}/commits/{sha}",
        "html_url": f"{call.html}/commit/{sha}",
        "comments_url": f"{call.api}/commits/{sha}/comments",
        "commit": {
            "url": f"{call.api}/git/commits/{sha}",
            "author": asdict(commit.author),
            "committer": asdict(commit.committer),
            "message": commit.message,
            "tree": {"sha": commit.tree, "url": f"{call.api}/git/trees/{commit.tree}"},
            "comment_count": 0,
            "verification": UNSIGNED,
        },
        "author": _user(call, commit.author.email),
        "committer": _user(call, commit.committer.email),
        "parents": parents(call, sha),
    }


def parents(call: RepoCall, sha: str) -> list[dict[str, str]]:
    """The parents of a commit."""
    return [
        {"sha": parent, "url": f"{call.api}/commits/{parent}", "html_url": f"{call.html}/commit/{parent}"}
        for parent in call.git.commit(sha).parents
    ]


def stats(files: Iterable[Change]) -> dict[str, int]:
    """Lines added and deleted."""
    additions, deletions = sum(file.additions for file in files), sum(file.deletions for file in files)
    return {"additions": additions, "deletions": deletions, "total": additions + deletions}


def show_change(call: RepoCall, sha: str, file: Change) -> dict[str, Any]:
    """A file that a commit, a comparison or a pull request changes."""
    shown = {
        "sha": file.sha,
        "filename": file.path,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "blob_url": f"{call.html}/blob/{sha}/{file.path}",
        "raw_url": f"{call.html}/raw/{sha}/{file.path}",
        "contents_url": f"{call.api}/contents/{file.path}?ref={sha}",
    }
    return shown if file.before is None else {**shown, "previous_filename": file.before}


def _user(call: RepoCall, email: str) -> dict[str, Any] | None:
    account = call.world.accounts.of_email(email)
    return call.world.accounts.show(account) if account else None
