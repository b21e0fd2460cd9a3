"""Questions about two commits: what lies between them, what changed, how they merge. All answers are immutable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gate.sandbox.github.bare import Bare

LETTERS = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "C": "copied", "T": "changed"}
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@dataclass(frozen=True)
class Change:
    """One file that differs between two trees. The counts of a binary file are 0."""

    path: str
    before: str | None
    sha: str
    status: str
    additions: int
    deletions: int


@lru_cache(maxsize=4096)
def base_of(bare: Bare, one: str, other: str) -> str | None:
    """The best common ancestor, or None for unrelated histories."""
    return bare.run("merge-base", one, other, fine=(0, 1)).partition("\n")[0] or None


@lru_cache(maxsize=4096)
def between(bare: Bare, base: str, head: str) -> tuple[str, ...]:
    """The commits of head that base lacks, oldest first."""
    return tuple(bare.run("rev-list", "--reverse", "--topo-order", f"{base}..{head}").split())


@lru_cache(maxsize=1024)
def log(bare: Bare, head: str, path: str | None) -> tuple[str, ...]:
    """The commits head consists of, newest first, optionally only those that touch a path."""
    return tuple(bare.run("rev-list", head, *(["--", path] if path else [])).split())


@lru_cache(maxsize=1024)
def changes(bare: Bare, base: str | None, head: str) -> tuple[Change, ...]:
    """The files that differ between two commits (base None: against nothing), renames recognised."""
    arguments = ("diff-tree", "-r", "-z", "-M", "--raw", "--numstat", base or EMPTY_TREE, head)
    fields = iter(bare.run(*arguments).split("\0"))
    raw: list[tuple[str, str | None, str, str]] = []
    counts: list[tuple[int, int]] = []
    for field in fields:
        if field.startswith(":"):
            raw.append(_raw(field, fields))
        elif field:
            counts.append(_numstat(field, fields))
    return tuple(Change(*what, *many) for what, many in zip(raw, counts, strict=True))


def _raw(field: str, rest: Iterator[str]) -> tuple[str, str | None, str, str]:
    _, _, old, new, letter = field.split(" ")
    path = next(rest)
    before = None
    if letter[0] in "RC":
        before, path = path, next(rest)
    return path, before, old if letter == "D" else new, LETTERS[letter[0]]


def _numstat(field: str, rest: Iterator[str]) -> tuple[int, int]:
    additions, deletions, path = field.split("\t")
    if not path:
        next(rest), next(rest)
    return int(additions.replace("-", "0")), int(deletions.replace("-", "0"))


@lru_cache(maxsize=1024)
def merged_tree(bare: Bare, base: str, head: str) -> str | None:
    """The tree of a clean merge, or None where the two conflict."""
    if base_of(bare, base, head) is None:
        return None
    lines = bare.run("merge-tree", "--write-tree", "--name-only", base, head, fine=(0, 1)).splitlines()
    return lines[0] if len(lines) == 1 else None
