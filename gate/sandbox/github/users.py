"""The caller, other users, the root of the API and the rate limit."""

from __future__ import annotations

import time
from typing import Any

from gate.sandbox.github.call import Answer, Call
from gate.sandbox.github.errors import ApiError, not_found

RATE = {"limit": 15000, "used": 0, "remaining": 15000}
REPOSITORY = "/repos/{owner}/{repo}"
SEARCH = "?q={query}{&page,per_page,sort,order}"
ROOT = {
    "current_user_url": "/user",
    "current_user_authorizations_html_url": "/settings/connections/applications{/client_id}",
    "authorizations_url": "/authorizations",
    "code_search_url": f"/search/code{SEARCH}",
    "commit_search_url": f"/search/commits{SEARCH}",
    "emails_url": "/user/emails",
    "emojis_url": "/emojis",
    "events_url": "/events",
    "feeds_url": "/feeds",
    "followers_url": "/user/followers",
    "following_url": "/user/following{/target}",
    "gists_url": "/gists{/gist_id}",
    "issue_search_url": f"/search/issues{SEARCH}",
    "issues_url": "/issues",
    "keys_url": "/user/keys",
    "label_search_url": "/search/labels?q={query}&repository_id={repository_id}{&page,per_page}",
    "notifications_url": "/notifications",
    "organization_url": "/orgs/{org}",
    "organization_repositories_url": "/orgs/{org}/repos{?type,page,per_page,sort}",
    "organization_teams_url": "/orgs/{org}/teams",
    "public_gists_url": "/gists/public",
    "rate_limit_url": "/rate_limit",
    "repository_url": REPOSITORY,
    "repository_search_url": f"/search/repositories{SEARCH}",
    "current_user_repositories_url": "/user/repos{?type,page,per_page,sort}",
    "starred_url": "/user/starred{/owner}{/repo}",
    "starred_gists_url": "/gists/starred",
    "user_url": "/users/{user}",
    "user_organizations_url": "/user/orgs",
    "user_repositories_url": "/users/{user}/repos{?type,page,per_page,sort}",
    "user_search_url": f"/search/users{SEARCH}",
}


def rate() -> dict[str, Any]:
    """The rate limit of every caller: there for clients that read it, and never used up."""
    return {**RATE, "reset": (int(time.time()) // 3600 + 1) * 3600}


def root(call: Call) -> Answer:
    """``GET /``."""
    return Answer({field: call.world.api + path for field, path in ROOT.items()})


def rate_limit(call: Call) -> Answer:
    """``GET /rate_limit``."""
    return Answer({"rate": rate(), "resources": {"core": rate(), "search": rate()}})


def myself(call: Call) -> Answer:
    """``GET /user``; the installation of an App is no user."""
    if call.account.kind == "Bot":
        raise ApiError(403, "Resource not accessible by integration")
    return Answer(call.world.accounts.show_self(call.account))


def user(call: Call) -> Answer:
    """``GET /users/{login}``."""
    account = call.world.accounts.named(call.at["login"])
    if account is None:
        raise not_found()
    return Answer(call.world.accounts.show_whole(account))
