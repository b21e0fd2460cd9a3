"""Files by path: read them, and write them against the blob the writer saw."""

from __future__ import annotations

from base64 import encodebytes
from typing import Any
from urllib.parse import quote

from gate.sandbox.github.bare import NOTHING, RefMoved, stays_inside
from gate.sandbox.github.call import Answer, RepoCall
from gate.sandbox.github.errors import ApiError, malformed, not_found
from gate.sandbox.github.git import Found
from gate.sandbox.github.gitdata import decoded, show_commit, signature, written
from gate.sandbox.github.objects import Entry

INLINE = 1024 * 1024
NAMES = {"blob": "file", "tree": "dir", "commit": "submodule"}


def read(call: RepoCall) -> Answer:
    """``GET contents/{path}``: a file with its content, or what a folder holds."""
    path, ref = _path(call), call.query.get("ref") or call.repo.default_branch
    commit = call.git.revision(ref)
    if commit is None:
        raise ApiError(404, f"No commit found for the ref {ref}" if "ref" in call.query else "Not Found")
    found = call.git.at(commit, path)
    if found is None:
        raise not_found()
    if found.kind == "tree":
        return Answer([_listed(call, path, ref, entry) for entry in call.git.tree(found.sha)])
    return Answer(_file(call, path, ref, found))


def write(call: RepoCall) -> Answer:
    """``PUT contents/{path}``: 201 for a new file, 200 for a changed one."""
    path, data = _path(call), decoded(call.need("content", str))
    branch, tip = _tip(call)
    before = call.git.at(tip, path) if tip else None
    _compare(call, path, before)
    entry = Entry("100644", call.git.write(data), path)
    commit = _commit(call, branch, tip, {path: entry})
    file = show(call, path, branch, entry.sha, len(data), "file")
    return Answer({"content": file, "commit": commit}, 200 if before else 201)


def remove(call: RepoCall) -> Answer:
    """``DELETE contents/{path}``."""
    path = _path(call)
    branch, tip = _tip(call)
    before = call.git.at(tip, path) if tip else None
    if before is None or before.kind != "blob":
        raise not_found()
    _compare(call, path, before)
    return Answer({"content": None, "commit": _commit(call, branch, tip, {path: None})})


def show(call: RepoCall, path: str, ref: str, sha: str, size: int, kind: str) -> dict[str, Any]:
    """A file or folder, without its content."""
    escaped = quote(path)
    url = f"{call.api}/contents/{escaped}?ref={quote(ref, safe='')}"
    html = f"{call.html}/{'tree' if kind == 'dir' else 'blob'}/{quote(ref)}/{escaped}"
    git = f"{call.api}/git/{'trees' if kind == 'dir' else 'blobs'}/{sha}"
    return {
        "type": kind,
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": sha,
        "size": size,
        "url": url,
        "html_url": html,
        "git_url": git,
        "download_url": f"{call.html}/raw/{quote(ref)}/{escaped}" if kind == "file" else None,
        "_links": {"self": url, "git": git, "html": html},
    }


def _path(call: RepoCall) -> str:
    path = call.at.get("path", "").strip("/")
    if path and not stays_inside(path):
        raise ApiError(422, "path contains a malformed path component")
    return path


def _tip(call: RepoCall) -> tuple[str, str | None]:
    """The branch to write to and its tip; only the default branch may be yet to come."""
    branch = call.take("branch", str, call.repo.default_branch)
    tip = call.git.branch(branch)
    if tip is None and (branch != call.repo.default_branch or call.git.refs("refs/heads/")):
        raise ApiError(404, f"Branch {branch} not found")
    return branch, tip


def _compare(call: RepoCall, path: str, before: Found | None) -> None:
    seen = call.text("sha")
    if not path or (before is not None and before.kind != "blob"):
        raise ApiError(422, "path is a folder")
    if before is not None and seen is None:
        raise malformed('"sha" wasn\'t supplied.')
    if seen is not None and seen != (before.sha if before else None):
        raise ApiError(409, f"{path} does not match {seen}")


def _commit(call: RepoCall, branch: str, tip: str | None, changes: dict[str, Entry | None]) -> dict[str, Any]:
    committer = signature(call, "committer")
    author = signature(call, "author") if call.body.get("author") else committer
    tree = call.git.graft(call.git.commit(tip).tree if tip else None, changes)
    sha = written(call, tree, [tip] if tip else [], author, committer)
    try:
        call.git.move(f"refs/heads/{branch}", sha, tip or NOTHING)
    except RefMoved as moved:
        raise ApiError(409, f"{branch} is at {call.git.branch(branch)} but expected {tip}") from moved
    call.world.repositories.pushed(call.repo)
    return show_commit(call, sha)


def _file(call: RepoCall, path: str, ref: str, blob: Found) -> dict[str, Any]:
    large = blob.size > INLINE
    content = "" if large else encodebytes(blob.data).decode()
    file = show(call, path, ref, blob.sha, blob.size, "file")
    return {**file, "content": content, "encoding": "none" if large else "base64"}


def _listed(call: RepoCall, folder: str, ref: str, entry: Entry) -> dict[str, Any]:
    found = call.git.reader.info(entry.sha) if entry.kind == "blob" else None
    path = f"{folder}/{entry.path}" if folder else entry.path
    return show(call, path, ref, entry.sha, found.size if found else 0, NAMES[entry.kind])
