"""Repositories in the API: make, read, fork."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from gate.sandbox.github.accounts import Account
from gate.sandbox.github.bare import NOTHING
from gate.sandbox.github.call import Answer, Call, RepoCall
from gate.sandbox.github.errors import ApiError, not_found, refused
from gate.sandbox.github.git import git
from gate.sandbox.github.objects import Entry, Person
from gate.sandbox.github.permissions import flags, grant, role
from gate.sandbox.github.repositories import Repository
from gate.sandbox.github.store import now

NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}(?<!\.git)")


def create_own(call: Call) -> Answer:
    """``POST /user/repos``."""
    return _create(call, call.account)


def create_in_organization(call: Call) -> Answer:
    """``POST /orgs/{org}/repos``; every account counts as a member, and administers what it makes."""
    return _create(call, _organization(call, call.at["org"]))


def read(call: RepoCall) -> Answer:
    """``GET /repos/{owner}/{repo}``."""
    return Answer(shown(call, call.repo))


def fork(call: RepoCall) -> Answer:
    """``POST /repos/{owner}/{repo}/forks``: a second repository with the branches and tags of the first."""
    name = call.text("name") or call.repo.name
    owner = _organization(call, call.need("organization", str)) if call.text("organization") else call.account
    existing = call.world.repositories.named(owner.login, name)
    if existing is not None and existing.parent == call.repo.id:
        return Answer(shown(call, existing), 202)
    if owner.id == call.repo.owner.id:
        raise ApiError(403, "You cannot fork your own repository.")
    copy = _recorded(call, owner, name, call.repo.default_branch, call.repo)
    grant(call.world, copy, call.account, "admin")
    specs = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
    git(call.world.repositories.git(copy).folder, "fetch", "--quiet", str(call.git.folder), *specs)
    return Answer(shown(call, copy), 202)


def shown(call: Call, repo: Repository) -> dict[str, Any]:
    """A whole repository, with the caller's permissions."""
    return call.world.repositories.show_whole(repo, flags(role(call.world, repo, call.caller)))


def _organization(call: Call, login: str) -> Account:
    account = call.world.accounts.named(login)
    if account is None or account.kind != "Organization":
        raise not_found()
    return account


def _create(call: Call, owner: Account) -> Answer:
    repo = _recorded(call, owner, call.need("name", str), "main", None)
    grant(call.world, repo, call.account, "admin")
    if call.take("auto_init", bool, False):
        _first_commit(call, repo)
    return Answer(shown(call, repo), 201)


def _recorded(call: Call, owner: Account, name: str, branch: str, parent: Repository | None) -> Repository:
    if NAME.fullmatch(name) is None:
        raise refused("Repository", "name", "custom", "name is invalid")
    private = parent.private if parent else call.take("private", bool, False)
    description = parent.description if parent else call.text("description")
    origin = parent.id if parent else None
    try:
        return call.world.repositories.create(
            owner, name, branch, private=private, description=description, parent=origin
        )
    except sqlite3.IntegrityError as taken:
        raise refused("Repository", "name", "custom", "name already exists on this account") from taken


def _first_commit(call: Call, repo: Repository) -> None:
    bare = call.world.repositories.git(repo)
    tree = bare.graft(None, {"README.md": Entry("100644", bare.write(f"# {repo.name}\n".encode()), "README.md")})
    who = Person(call.account.login, call.account.email, now())
    bare.move(f"refs/heads/{repo.default_branch}", bare.write_commit(tree, [], who, who, "Initial commit"), NOTHING)
