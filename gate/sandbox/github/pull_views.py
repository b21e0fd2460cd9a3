"""Pull requests as the API shows them, and as issues."""

from __future__ import annotations

from typing import Any

from gate.sandbox.github import commits, history
from gate.sandbox.github.accounts import node_id
from gate.sandbox.github.call import RepoCall
from gate.sandbox.github.pulls import Pull
from gate.sandbox.github.repositories import Repository


def simple(call: RepoCall, pull: Pull) -> dict[str, Any]:
    """A pull request of a list."""
    api, html = f"{call.api}/pulls/{pull.number}", f"{call.html}/pull/{pull.number}"
    links = _links(call, pull, api)
    return {
        **links,
        "url": api,
        "id": pull.id,
        "node_id": node_id("PullRequest", pull.id),
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "issue_url": links["_links"]["issue"]["href"],
        "head": _end(call, pull.head_repo, pull.head_ref, pull.head_sha),
        "base": _end(call, pull.repo, pull.base_ref, pull.base_sha),
        "merge_commit_sha": pull.merge_sha,
        "merged_at": pull.merged_at,
        "draft": pull.draft,
        "auto_merge": None,
        "requested_reviewers": [],
        "requested_teams": [],
        **_conversation(call, pull),
    }


def whole(call: RepoCall, pull: Pull) -> dict[str, Any]:
    """A pull request by itself: with its mergeability and its size."""
    accounts = call.world.accounts
    files, mergeable = changed(call, pull), _mergeable(call, pull)
    size = commits.stats(files)
    return {
        **simple(call, pull),
        "merged": pull.merged_at is not None,
        "merged_by": accounts.show(accounts.numbered(pull.merged_by)) if pull.merged_by else None,
        "mergeable": mergeable,
        "mergeable_state": {True: "clean", False: "dirty", None: "unknown"}[mergeable],
        "rebaseable": False,
        "maintainer_can_modify": False,
        "comments": _comments(call, pull),
        "review_comments": 0,
        "commits": len(added(call, pull)),
        "additions": size["additions"],
        "deletions": size["deletions"],
        "changed_files": len(files),
    }


def issue(call: RepoCall, pull: Pull) -> dict[str, Any]:
    """A pull request as the issues API shows it."""
    api, html = f"{call.api}/issues/{pull.number}", f"{call.html}/pull/{pull.number}"
    own = f"{call.api}/pulls/{pull.number}"
    return {
        "url": api,
        "repository_url": call.api,
        "labels_url": f"{api}/labels{{/name}}",
        "comments_url": f"{api}/comments",
        "events_url": f"{api}/events",
        "html_url": html,
        "id": pull.id,
        "node_id": node_id("PullRequest", pull.id),
        "comments": _comments(call, pull),
        "pull_request": {
            "url": own,
            "html_url": html,
            "diff_url": f"{html}.diff",
            "patch_url": f"{html}.patch",
            "merged_at": pull.merged_at,
        },
        **_conversation(call, pull),
    }


def added(call: RepoCall, pull: Pull) -> tuple[str, ...]:
    """The commits a pull request brings, oldest first."""
    return history.between(call.git, pull.base_sha, pull.head_sha)


def changed(call: RepoCall, pull: Pull) -> tuple[history.Change, ...]:
    """The files a pull request changes, against where it left its base."""
    return history.changes(call.git, history.base_of(call.git, pull.base_sha, pull.head_sha), pull.head_sha)


def _mergeable(call: RepoCall, pull: Pull) -> bool | None:
    if pull.state == "closed":
        return None
    return history.merged_tree(call.git, pull.base_sha, pull.head_sha) is not None


def _comments(call: RepoCall, pull: Pull) -> int:
    query = "SELECT count(*) FROM comments WHERE repo = ? AND number = ?"
    return call.world.store.count(query, call.repo.id, pull.number)


def _conversation(call: RepoCall, pull: Pull) -> dict[str, Any]:
    author = call.world.accounts.numbered(pull.author)
    return {
        "number": pull.number,
        "state": pull.state,
        "locked": False,
        "active_lock_reason": None,
        "title": pull.title,
        "body": pull.body,
        "user": call.world.accounts.show(author),
        "labels": [],
        "milestone": None,
        "assignee": None,
        "assignees": [],
        "author_association": "OWNER" if author.id == call.repo.owner.id else "CONTRIBUTOR",
        "created_at": pull.created_at,
        "updated_at": pull.updated_at,
        "closed_at": pull.closed_at,
    }


def _links(call: RepoCall, pull: Pull, api: str) -> dict[str, Any]:
    addresses = {
        "commits": f"{api}/commits",
        "review_comments": f"{api}/comments",
        "review_comment": f"{call.api}/pulls/comments{{/number}}",
        "comments": f"{call.api}/issues/{pull.number}/comments",
        "statuses": f"{call.api}/statuses/{pull.head_sha}",
    }
    related = {
        **addresses,
        "self": api,
        "html": f"{call.html}/pull/{pull.number}",
        "issue": f"{call.api}/issues/{pull.number}",
    }
    fields = {f"{name}_url": address for name, address in addresses.items()}
    return {**fields, "_links": {name: {"href": address} for name, address in related.items()}}


def _end(call: RepoCall, repo: Repository, ref: str, sha: str) -> dict[str, Any]:
    return {
        "label": f"{repo.owner.login}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": call.world.accounts.show(repo.owner),
        "repo": call.world.repositories.show(repo),
    }
