"""The API as a table: method, path, handler, and the role it takes.

A path that holds slashes (``:path``) comes after every longer path it would swallow.
"""

from __future__ import annotations

from typing import NamedTuple

from gate.sandbox.github import (
    checks,
    collaborators,
    comments,
    commits,
    compare,
    contents,
    gitdata,
    merge,
    protection,
    pull_requests,
    refs,
    repos,
    statuses,
    teams,
    users,
)
from gate.sandbox.github.call import Handler, RepoHandler


class Open(NamedTuple):
    """A route outside any repository."""

    method: str
    path: str
    handler: Handler


class Guarded(NamedTuple):
    """A route below ``/repos/{owner}/{repo}``."""

    method: str
    path: str
    handler: RepoHandler
    role: str


OPEN = [
    Open("GET", "", users.root),
    Open("GET", "/", users.root),
    Open("GET", "/rate_limit", users.rate_limit),
    Open("GET", "/user", users.myself),
    Open("GET", "/users/{login}", users.user),
    Open("POST", "/user/repos", repos.create_own),
    Open("POST", "/orgs/{org}/repos", repos.create_in_organization),
    Open("GET", "/orgs/{org}/teams/{slug}/memberships/{login}", teams.member),
    Open("PUT", "/orgs/{org}/teams/{slug}/memberships/{login}", teams.put_member),
    Open("DELETE", "/orgs/{org}/teams/{slug}/memberships/{login}", teams.remove_member),
]
GUARDED = [
    Guarded("GET", "", repos.read, "read"),
    Guarded("POST", "/forks", repos.fork, "read"),
    Guarded("PUT", "/collaborators/{login}", collaborators.add, "admin"),
    Guarded("DELETE", "/collaborators/{login}", collaborators.remove, "admin"),
    Guarded("GET", "/collaborators/{login}/permission", collaborators.permission, "read"),
    Guarded("GET", "/branches", refs.branches, "read"),
    Guarded("GET", "/branches/{branch:path}/protection", protection.read, "admin"),
    Guarded("PUT", "/branches/{branch:path}/protection", protection.protect, "admin"),
    Guarded(
        "GET",
        "/branches/{branch:path}/protection/required_status_checks",
        protection.required_status_checks,
        "admin",
    ),
    Guarded("GET", "/branches/{branch:path}", refs.branch, "read"),
    Guarded("GET", "/git/refs", refs.matching, "read"),
    Guarded("GET", "/git/matching-refs/{ref:path}", refs.matching, "read"),
    Guarded("GET", "/git/ref/{ref:path}", refs.read, "read"),
    Guarded("POST", "/git/refs", refs.create, "write"),
    Guarded("PATCH", "/git/refs/{ref:path}", refs.change, "write"),
    Guarded("DELETE", "/git/refs/{ref:path}", refs.remove, "write"),
    Guarded("POST", "/git/blobs", gitdata.create_blob, "write"),
    Guarded("GET", "/git/blobs/{sha}", gitdata.read_blob, "read"),
    Guarded("POST", "/git/trees", gitdata.create_tree, "write"),
    Guarded("GET", "/git/trees/{sha:path}", gitdata.read_tree, "read"),
    Guarded("POST", "/git/commits", gitdata.create_commit, "write"),
    Guarded("GET", "/git/commits/{sha}", gitdata.read_commit, "read"),
    Guarded("GET", "/contents", contents.read, "read"),
    Guarded("GET", "/contents/{path:path}", contents.read, "read"),
    Guarded("PUT", "/contents/{path:path}", contents.write, "write"),
    Guarded("DELETE", "/contents/{path:path}", contents.remove, "write"),
    Guarded("GET", "/pulls", pull_requests.every, "read"),
    Guarded("POST", "/pulls", pull_requests.create, "read"),
    Guarded("GET", "/pulls/{number}", pull_requests.read, "read"),
    Guarded("PATCH", "/pulls/{number}", pull_requests.change, "read"),
    Guarded("GET", "/pulls/{number}/commits", pull_requests.its_commits, "read"),
    Guarded("GET", "/pulls/{number}/files", pull_requests.its_files, "read"),
    Guarded("GET", "/pulls/{number}/merge", merge.merged, "read"),
    Guarded("PUT", "/pulls/{number}/merge", merge.merge, "write"),
    Guarded("GET", "/commits", commits.every, "read"),
    Guarded("GET", "/commits/{ref:path}/pulls", pull_requests.of_commit, "read"),
    Guarded("GET", "/commits/{ref:path}/status", statuses.combined, "read"),
    Guarded("GET", "/commits/{ref:path}/statuses", statuses.every, "read"),
    Guarded("GET", "/commits/{ref:path}/check-runs", checks.of_commit, "read"),
    Guarded("GET", "/commits/{ref:path}", commits.read, "read"),
    Guarded("GET", "/compare/{basehead:path}", compare.compare, "read"),
    Guarded("POST", "/statuses/{sha}", statuses.create, "write"),
    Guarded("GET", "/issues", pull_requests.issues, "read"),
    Guarded("GET", "/issues/comments/{id}", comments.read, "read"),
    Guarded("PATCH", "/issues/comments/{id}", comments.change, "read"),
    Guarded("DELETE", "/issues/comments/{id}", comments.remove, "read"),
    Guarded("GET", "/issues/{number}", pull_requests.issue, "read"),
    Guarded("GET", "/issues/{number}/comments", comments.every, "read"),
    Guarded("POST", "/issues/{number}/comments", comments.create, "read"),
    Guarded("POST", "/check-runs", checks.create, "write"),
    Guarded("GET", "/check-runs/{id}", checks.read, "read"),
    Guarded("PATCH", "/check-runs/{id}", checks.change, "write"),
]
