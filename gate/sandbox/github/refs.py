"""Branches and references: read them, and move them by compare-and-swap."""

from __future__ import annotations

from typing import Any

from gate.sandbox.github import commits, history, protection
from gate.sandbox.github.accounts import node_id
from gate.sandbox.github.bare import NOTHING, SHA, RefMoved, fits
from gate.sandbox.github.call import Answer, RepoCall
from gate.sandbox.github.errors import ApiError, malformed, not_found
from gate.sandbox.github.pagination import listing

WRITABLE = ("refs/heads/", "refs/tags/")


def branches(call: RepoCall) -> Answer:
    """``GET branches``."""
    found = call.git.refs("refs/heads/")
    return listing(call, list(found), lambda ref: _short(call, ref.removeprefix("refs/heads/"), found[ref]))


def branch(call: RepoCall) -> Answer:
    """``GET branches/{branch}``."""
    name = call.at["branch"]
    sha = call.git.branch(name)
    if sha is None:
        raise ApiError(404, "Branch not found")
    own = f"{call.api}/branches/{name}"
    short = _short(call, name, sha)
    kept = protection.kept_for(call.world, call.repo, name)
    contexts = {"enforcement_level": "everyone" if kept else "off", "contexts": kept[1] if kept else [], "checks": []}
    return Answer(
        {
            **short,
            "commit": commits.show(call, sha),
            "_links": {"self": own, "html": f"{call.html}/tree/{name}"},
            "protection": {"enabled": short["protected"], "required_status_checks": contexts},
            "protection_url": f"{own}/protection",
        }
    )


def matching(call: RepoCall) -> Answer:
    """``GET git/matching-refs/{ref}`` and the older ``GET git/refs``: every reference that starts so."""
    found = call.git.refs(f"refs/{call.at.get('ref', '')}")
    return listing(call, list(found), lambda ref: show(call, ref, found[ref]))


def read(call: RepoCall) -> Answer:
    """``GET git/ref/{ref}``."""
    name, sha = _existing(call, not_found())
    return Answer(show(call, name, sha))


def create(call: RepoCall) -> Answer:
    """``POST git/refs``."""
    name, sha = call.need("ref", str), _commit(call)
    if not name.startswith(WRITABLE) or not fits(name):
        raise ApiError(422, f"{name} is not a valid ref name.")
    try:
        call.git.move(name, sha, NOTHING)
    except RefMoved as moved:
        reason = "Reference already exists" if call.git.ref(name) else "Reference cannot be created"
        raise ApiError(422, reason) from moved
    call.world.repositories.pushed(call.repo)
    return Answer(show(call, name, sha), 201)


def change(call: RepoCall) -> Answer:
    """``PATCH git/refs/{ref}``: forward only, unless forced."""
    name, old = _existing(call, ApiError(422, "Reference does not exist"))
    sha = _commit(call)
    if not call.take("force", bool, False) and history.base_of(call.git, old, sha) != old:
        raise ApiError(422, "Update is not a fast forward")
    try:
        call.git.move(name, sha, old)
    except RefMoved as moved:
        raise ApiError(409, "Reference cannot be updated") from moved
    call.world.repositories.pushed(call.repo)
    return Answer(show(call, name, sha))


def remove(call: RepoCall) -> Answer:
    """``DELETE git/refs/{ref}``."""
    name, old = _existing(call, ApiError(422, "Reference does not exist"))
    if name == f"refs/heads/{call.repo.default_branch}":
        raise ApiError(422, "Cannot delete the default branch")
    try:
        call.git.drop(name, old)
    except RefMoved as moved:
        raise ApiError(409, "Reference cannot be deleted") from moved
    return Answer(status=204)


def show(call: RepoCall, name: str, sha: str) -> dict[str, Any]:
    """A reference and what it points to."""
    found = call.git.reader.info(sha)
    kind = found.kind if found else "commit"
    return {
        "ref": name,
        "node_id": node_id("Ref", f"{call.repo.id}:{name}"),
        "url": f"{call.api}/git/{name}",
        "object": {"type": kind, "sha": sha, "url": f"{call.api}/git/{kind}s/{sha}"},
    }


def _short(call: RepoCall, name: str, sha: str) -> dict[str, Any]:
    commit = {"sha": sha, "url": f"{call.api}/commits/{sha}"}
    protected = protection.kept_for(call.world, call.repo, name) is not None
    return {"name": name, "commit": commit, "protected": protected}


def _existing(call: RepoCall, otherwise: ApiError) -> tuple[str, str]:
    name = f"refs/{call.at['ref']}"
    sha = call.git.ref(name)
    if sha is None:
        raise otherwise
    return name, sha


def _commit(call: RepoCall) -> str:
    sha = call.need("sha", str)
    if SHA.fullmatch(sha) is None:
        raise malformed(f"The sha must be 40 hexadecimal digits, not {sha!r}.")
    found = call.git.reader.info(sha)
    if found is None or found.kind != "commit":
        raise ApiError(422, "Object does not exist")
    return sha
