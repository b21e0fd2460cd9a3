"""A bare repository: names, objects and references. What never changes is remembered by its sha."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from gate.sandbox.github import objects
from gate.sandbox.github.git import Found, GitError, Reader, git
from gate.sandbox.github.objects import Commit, Entry, Person

NOTHING = "0" * 40
SHA = re.compile(r"[0-9a-f]{40}")
SHORT_SHA = re.compile(r"[0-9a-f]{4,40}")
# What git refuses in the name of a reference, and with it all of git's revision syntax.
UNFIT = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|^[./-]|[./]$|\.lock(/|$)|^@$|^$")
OUTSIDE = ("", ".", "..", ".git")
CONFIG = {
    "gc.auto": "0",
    "receive.hideRefs": "refs/pull",
    "http.receivepack": "true",
    "uploadpack.allowReachableSHA1InWant": "true",
}


class RefMoved(Exception):
    """The reference is no longer where the caller saw it."""


def fits(name: str) -> bool:
    """Whether git would take this as (the end of) the name of a reference."""
    return UNFIT.search(name) is None


def stays_inside(path: str) -> bool:
    """Whether a path can be the path of a file in a tree."""
    return "\0" not in path and not any(part in OUTSIDE for part in path.split("/"))


class Bare:
    """One bare repository on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reader = Reader(folder)
        self.commit = lru_cache(maxsize=8192)(self._commit)
        self.tree = lru_cache(maxsize=2048)(self._tree)

    def create(self, default_branch: str) -> None:
        """Make the repository on disk, empty."""
        self.folder.mkdir(parents=True, exist_ok=True)
        git(self.folder, "init", "--quiet", "--bare", f"--initial-branch={default_branch}")
        for key, value in CONFIG.items():
            git(self.folder, "config", key, value)

    def run(self, *arguments: str, stdin: bytes = b"", fine: tuple[int, ...] = (0,), **extra: str) -> str:
        """Run git here and answer its output as text, without the last newline."""
        return git(self.folder, *arguments, stdin=stdin, fine=fine, **extra).decode(errors="surrogateescape").strip()

    def ref(self, name: str) -> str | None:
        """The sha a full reference (``refs/...``) points to now."""
        found = self.reader.info(name) if fits(name) else None
        return found.sha if found else None

    def branch(self, name: str) -> str | None:
        """The sha at the tip of a branch now."""
        return self.ref(f"refs/heads/{name}")

    def at(self, commit: str, path: str) -> Found | None:
        """The file or folder at a path ("": the root) of a commit."""
        return self.reader.contents(f"{commit}:{path}") if not path or stays_inside(path) else None

    def refs(self, prefix: str) -> dict[str, str]:
        """Every reference that starts with the prefix, by name."""
        lines = self.run("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        pairs = (line.split(" ") for line in lines)
        return {name: sha for name, sha in pairs if name.startswith(prefix)}

    def revision(self, name: str) -> str | None:
        """The commit a branch, a tag, a reference or a (short) sha stands for."""
        known = name == "HEAD" or name.startswith("refs/") or SHORT_SHA.fullmatch(name)
        names = [f"refs/heads/{name}", f"refs/tags/{name}", *([name] if known else [])]
        found = (self.reader.info(f"{full}^{{commit}}") for full in names if fits(name))
        return next((commit.sha for commit in found if commit), None)

    def move(self, ref: str, new: str, old: str) -> None:
        """Compare and swap: point a reference from ``old`` (``NOTHING``: not there yet) to ``new``."""
        try:
            self.run("update-ref", ref, new, old)
        except GitError as error:
            raise RefMoved(ref) from error

    def drop(self, ref: str, old: str) -> None:
        """Delete a reference that still points to ``old``."""
        try:
            self.run("update-ref", "-d", ref, old)
        except GitError as error:
            raise RefMoved(ref) from error

    def write(self, data: bytes) -> str:
        """Store a blob."""
        return self.run("hash-object", "-w", "--stdin", stdin=data)

    def write_commit(self, tree: str, parents: list[str], author: Person, committer: Person, message: str) -> str:
        """Store a commit that no reference points to yet."""
        people = {
            f"GIT_{role}_{field.upper()}": getattr(who, field)
            for role, who in (("AUTHOR", author), ("COMMITTER", committer))
            for field in ("name", "email", "date")
        }
        onto = [part for parent in parents for part in ("-p", parent)]
        return self.run("commit-tree", tree, *onto, stdin=message.encode(), **people)

    def graft(self, tree: str | None, changes: dict[str, Entry | None]) -> str:
        """A tree with some paths replaced (``None``: removed), whatever folders that takes."""
        kept = {entry.path: entry for entry in self.tree(tree)} if tree else {}
        below: dict[str, dict[str, Entry | None]] = {}
        for path, entry in changes.items():
            name, _, rest = path.partition("/")
            if rest:
                below.setdefault(name, {})[rest] = entry
            elif entry is None:
                kept.pop(name, None)
            else:
                kept[name] = replace(entry, path=name)
        for name, deeper in below.items():
            self._graft_folder(kept, name, deeper)
        return self._write_tree(list(kept.values()))

    def _graft_folder(self, kept: dict[str, Entry], name: str, changes: dict[str, Entry | None]) -> None:
        inside = kept[name].sha if name in kept and kept[name].kind == "tree" else None
        folder = self.graft(inside, changes)
        kept.pop(name, None)
        if self.tree(folder):
            kept[name] = Entry("040000", folder, name)

    def _write_tree(self, lines: list[Entry]) -> str:
        text = "".join(f"{entry.mode} {entry.kind} {entry.sha}\t{entry.path}\0" for entry in lines)
        return self.run("mktree", "-z", stdin=text.encode(errors="surrogateescape"))

    def _commit(self, sha: str) -> Commit:
        return objects.commit(sha, self._data(sha, "commit"))

    def _tree(self, sha: str) -> tuple[Entry, ...]:
        return tuple(objects.entries(self._data(sha, "tree")))

    def _data(self, sha: str, kind: str) -> bytes:
        found = self.reader.contents(sha)
        if found is None or found.kind != kind:
            raise KeyError(sha)
        return found.data
