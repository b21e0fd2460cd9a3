"""Pull requests in the API: open, list, read, change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gate.sandbox.github import commits, pull_views, pulls
from gate.sandbox.github.call import Answer, RepoCall
from gate.sandbox.github.errors import ApiError, explained, not_found, refused
from gate.sandbox.github.pagination import listing
from gate.sandbox.github.permissions import may
from gate.sandbox.github.pulls import Pull
from gate.sandbox.github.repositories import Repository
from gate.sandbox.github.store import now

STATES = ("open", "closed")
ORDERS: dict[str, Callable[[Pull], Any]] = {
    "created": lambda pull: pull.number,
    "updated": lambda pull: (pull.updated_at, pull.number),
}


def wanted(call: RepoCall) -> Pull:
    """The pull request the address names."""
    pull = pulls.find(call.world, call.repo, call.at["number"])
    if pull is None:
        raise not_found()
    return pull


def create(call: RepoCall) -> Answer:
    """``POST pulls``, from a branch or, as ``owner:branch``, from a fork."""
    author = call.account.id
    head, base_ref = _source(call, call.need("head", str)), call.need("base", str)
    title = call.need("title", str)
    base_sha = call.git.branch(base_ref)
    if base_sha is None:
        raise refused("PullRequest", "base")
    if call.world.repositories.git(head[0]).branch(head[1]) == base_sha:
        raise explained("PullRequest", f"No commits between {base_ref} and {head[1]}")
    fields = {"title": title, "body": call.text("body"), "draft": call.take("draft", bool, False)}
    number = pulls.add(call.world, call.repo, head, (base_ref, base_sha), author=author, **fields)
    return Answer(pull_views.whole(call, _numbered(call, number)), 201)


def every(call: RepoCall) -> Answer:
    """``GET pulls``, by state, head and base, sorted."""
    newest_first = call.query.get("direction", "desc" if call.query.get("sort", "created") == "created" else "asc")
    order = ORDERS.get(call.query.get("sort", "created"), ORDERS["created"])
    matching = [pull for pull in pulls.every(call.world, call.repo) if _matches(call, pull)]
    matching.sort(key=order, reverse=newest_first == "desc")
    return listing(call, matching, lambda pull: pull_views.simple(call, pull))


def read(call: RepoCall) -> Answer:
    """``GET pulls/{number}``."""
    return Answer(pull_views.whole(call, wanted(call)))


def change(call: RepoCall) -> Answer:
    """``PATCH pulls/{number}``: title, body, state; for its author and who may write."""
    pull = wanted(call)
    if call.account.id != pull.author and not call.may("write"):
        raise ApiError(403, "Must have push access to repository.")
    fields = {name: call.text(name) for name in ("title", "body", "state") if call.body.get(name) is not None}
    if fields.get("state", "open") not in STATES:
        raise refused("PullRequest", "state")
    moment = now()
    fields["updated_at"] = moment
    if fields.get("state", pull.state) != pull.state:
        _turn(call, pull, fields, moment)
    call.world.store.update("pulls", pull.id, **fields)
    return Answer(pull_views.whole(call, _numbered(call, pull.number)))


def its_commits(call: RepoCall) -> Answer:
    """``GET pulls/{number}/commits``."""
    return listing(call, pull_views.added(call, wanted(call)), lambda sha: commits.show(call, sha))


def its_files(call: RepoCall) -> Answer:
    """``GET pulls/{number}/files``."""
    pull = wanted(call)
    return listing(call, pull_views.changed(call, pull), lambda file: commits.show_change(call, pull.head_sha, file))


def of_commit(call: RepoCall) -> Answer:
    """``GET commits/{sha}/pulls``: those that bring the commit, and the one whose merge it is."""
    sha = commits.found(call, call.at["ref"])
    those = [
        pull
        for pull in pulls.every(call.world, call.repo)
        if pull.merge_sha == sha or sha in pull_views.added(call, pull)
    ]
    return listing(call, those, lambda pull: pull_views.simple(call, pull))


def issue(call: RepoCall) -> Answer:
    """``GET issues/{number}``."""
    return Answer(pull_views.issue(call, wanted(call)))


def issues(call: RepoCall) -> Answer:
    """``GET issues``, by state; every issue here is a pull request."""
    state = call.query.get("state", "open")
    those = [pull for pull in pulls.every(call.world, call.repo) if state in ("all", pull.state)]
    return listing(call, those, lambda pull: pull_views.issue(call, pull))


def _numbered(call: RepoCall, number: int) -> Pull:
    pull = pulls.find(call.world, call.repo, str(number))
    if pull is None:
        raise not_found()
    return pull


def _source(call: RepoCall, head: str) -> tuple[Repository, str]:
    owner, _, branch = head.rpartition(":")
    repo = _source_repository(call, owner)
    if repo is None or not may(call.world, repo, call.caller, "read"):
        raise refused("PullRequest", "head")
    if call.world.repositories.git(repo).branch(branch) is None:
        raise refused("PullRequest", "head")
    return repo, branch


def _source_repository(call: RepoCall, owner: str) -> Repository | None:
    if owner.casefold() in ("", call.repo.owner.login.casefold()):
        return call.repo
    account = call.world.accounts.named(owner)
    query = "SELECT id FROM repositories WHERE parent = ? AND owner = ?"
    row = call.world.store.row(query, call.repo.id, account.id) if account else None
    return call.world.repositories.numbered(row["id"]) if row else None


def _matches(call: RepoCall, pull: Pull) -> bool:
    state, head, base = (call.query.get(name) for name in ("state", "head", "base"))
    return (
        (state or "open") in ("all", pull.state)
        and head in (None, f"{pull.head_repo.owner.login}:{pull.head_ref}")
        and base in (None, pull.base_ref)
    )


def _turn(call: RepoCall, pull: Pull, fields: dict[str, str | None], moment: str) -> None:
    if pull.merged_at is not None:
        raise explained("PullRequest", "state cannot be changed. The pull request was merged.")
    if fields["state"] == "open":
        if call.world.repositories.git(pull.head_repo).branch(pull.head_ref) is None:
            raise explained("PullRequest", f"state cannot be changed. The {pull.head_ref} branch has been deleted.")
        fields["closed_at"] = None
    else:
        fields["closed_at"], fields["base_sha"] = moment, pull.base_sha
