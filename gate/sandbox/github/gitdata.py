"""Git's own objects in the API: blobs, trees and commits, by sha."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from dataclasses import asdict
from typing import Any

from gate.sandbox.github import commits
from gate.sandbox.github.accounts import node_id
from gate.sandbox.github.bare import SHA, stays_inside
from gate.sandbox.github.call import Answer, RepoCall
from gate.sandbox.github.errors import ApiError, malformed, not_found
from gate.sandbox.github.git import Found, GitError
from gate.sandbox.github.objects import Entry, Person
from gate.sandbox.github.store import now

MODES = ("100644", "100755", "120000", "040000", "160000")


def read_blob(call: RepoCall) -> Answer:
    """``GET git/blobs/{sha}``."""
    blob = _object(call, "blob")
    shown = {**_blob(call, blob.sha), "node_id": node_id("Blob", blob.sha), "size": blob.size}
    return Answer({**shown, "content": b64encode(blob.data).decode(), "encoding": "base64"})


def create_blob(call: RepoCall) -> Answer:
    """``POST git/blobs``."""
    content = call.need("content", str)
    data = decoded(content) if call.take("encoding", str, "utf-8") == "base64" else content.encode()
    return Answer(_blob(call, call.git.write(data)), 201)


def read_tree(call: RepoCall) -> Answer:
    """``GET git/trees/{sha or ref}``, with ``recursive`` all the way down."""
    commit = call.git.revision(call.at["sha"])
    sha = call.git.commit(commit).tree if commit else _object(call, "tree").sha
    entries = list(call.git.tree(sha)) if "recursive" not in call.query else _deep(call, sha, "")
    return Answer(_tree(call, sha, entries))


def create_tree(call: RepoCall) -> Answer:
    """``POST git/trees``: entries onto ``base_tree``, or onto nothing."""
    base = call.text("base_tree")
    if base is not None:
        base = _tree_of(call, base)
    changes = dict(_entry(call, item) for item in call.need("tree", list))
    sha = call.git.graft(base, changes)
    return Answer(_tree(call, sha, list(call.git.tree(sha))), 201)


def read_commit(call: RepoCall) -> Answer:
    """``GET git/commits/{sha}``."""
    return Answer(show_commit(call, _object(call, "commit").sha))


def create_commit(call: RepoCall) -> Answer:
    """``POST git/commits``; without parents it starts an orphan history."""
    tree, parents = call.need("tree", str), call.take("parents", list, [])
    for sha, kind in ((tree, "tree"), *((parent, "commit") for parent in parents)):
        _demand(call, sha, kind)
    author = signature(call, "author")
    committer = signature(call, "committer") if call.body.get("committer") else author
    return Answer(show_commit(call, written(call, tree, parents, author, committer)), 201)


def written(call: RepoCall, tree: str, parents: list[str], author: Person, committer: Person) -> str:
    """A new commit with the message of the body; git itself judges names and dates."""
    message = call.need("message", str)
    try:
        return call.git.write_commit(tree, parents, author, committer, message)
    except GitError as error:
        raise malformed(f"The commit cannot be written: {error}") from error


def show_commit(call: RepoCall, sha: str) -> dict[str, Any]:
    """A commit of the git data API."""
    commit = call.git.commit(sha)
    return {
        "sha": sha,
        "node_id": node_id("Commit", sha),
        "url": f"{call.api}/git/commits/{sha}",
        "html_url": f"{call.html}/commit/{sha}",
        "author": asdict(commit.author),
        "committer": asdict(commit.committer),
        "tree": {"sha": commit.tree, "url": f"{call.api}/git/trees/{commit.tree}"},
        "message": commit.message,
        "parents": commits.parents(call, sha),
        "verification": commits.UNSIGNED,
    }


def signature(call: RepoCall, name: str) -> Person:
    """The person a body names, or else the caller."""
    given = call.take(name, dict, {})
    own = {"name": call.account.login, "email": call.account.email, "date": now()}
    person = {key: given.get(key) or value for key, value in own.items()}
    if not all(isinstance(value, str) and "\0" not in value for value in person.values()):
        raise malformed(f"{name} holds what is no text.")
    return Person(**person)


def decoded(content: str) -> bytes:
    """The bytes of a base64 text."""
    try:
        return b64decode(content)
    except (binascii.Error, ValueError) as error:
        raise ApiError(422, "content is not valid Base64") from error


def _object(call: RepoCall, kind: str) -> Found:
    sha = call.at["sha"]
    found = call.git.reader.contents(sha) if SHA.fullmatch(sha) else None
    if found is None or found.kind != kind:
        raise not_found()
    return found


def _demand(call: RepoCall, sha: object, kind: str) -> None:
    found = call.git.reader.info(sha) if isinstance(sha, str) and SHA.fullmatch(sha) else None
    if found is None or found.kind != kind:
        raise ApiError(422, f"{kind.capitalize()} SHA does not exist or is not a {kind} object")


def _tree_of(call: RepoCall, name: str) -> str:
    commit = call.git.revision(name)
    if commit is not None:
        return call.git.commit(commit).tree
    _demand(call, name, "tree")
    return name


def _entry(call: RepoCall, item: Any) -> tuple[str, Entry | None]:
    if not isinstance(item, dict) or not isinstance(item.get("path"), str) or item.get("mode") not in MODES:
        raise malformed("Each entry of a tree has a path and a mode.")
    path = item["path"]
    if not stays_inside(path):
        raise ApiError(422, "tree.path contains a malformed path component")
    if "content" in item:
        return path, Entry(item["mode"], call.git.write(str(item["content"]).encode()), path)
    if item.get("sha") is None:
        return path, None
    entry = Entry(item["mode"], item["sha"], path)
    _demand(call, entry.sha, entry.kind)
    return path, entry


def _deep(call: RepoCall, sha: str, prefix: str) -> list[Entry]:
    entries = []
    for entry in call.git.tree(sha):
        path = f"{prefix}{entry.path}"
        entries.append(Entry(entry.mode, entry.sha, path))
        if entry.kind == "tree":
            entries.extend(_deep(call, entry.sha, f"{path}/"))
    return entries


def _blob(call: RepoCall, sha: str) -> dict[str, Any]:
    return {"sha": sha, "url": f"{call.api}/git/blobs/{sha}"}


def _tree(call: RepoCall, sha: str, entries: list[Entry]) -> dict[str, Any]:
    shown = [
        {
            "path": entry.path,
            "mode": entry.mode,
            "type": entry.kind,
            "sha": entry.sha,
            **({} if entry.kind == "commit" else {"url": f"{call.api}/git/{entry.kind}s/{entry.sha}"}),
            **_size(call, entry),
        }
        for entry in entries
    ]
    return {"sha": sha, "url": f"{call.api}/git/trees/{sha}", "tree": shown, "truncated": False}


def _size(call: RepoCall, entry: Entry) -> dict[str, int]:
    found = call.git.reader.info(entry.sha) if entry.kind == "blob" else None
    return {"size": found.size} if found else {}
