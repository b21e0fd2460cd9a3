"""Commits and trees as git stores them, read into values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

SIGNATURE = re.compile(r"^(?P<name>.*?) ?<(?P<email>[^>]*)> (?P<seconds>-?\d+) [+-]\d{4}$")
KINDS = {"040000": "tree", "160000": "commit"}


@dataclass(frozen=True)
class Person:
    """Who, and when in UTC (ISO 8601)."""

    name: str
    email: str
    date: str


@dataclass(frozen=True)
class Commit:
    """One commit."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    message: str


@dataclass(frozen=True)
class Entry:
    """One line of a tree."""

    mode: str
    sha: str
    path: str

    @property
    def kind(self) -> str:
        """What it points to: tree, blob, or commit (a submodule)."""
        return KINDS.get(self.mode, "blob")


def person(line: str) -> Person:
    """Read ``Name <e-mail> seconds zone``."""
    match = SIGNATURE.match(line)
    if match is None:
        raise ValueError(f"not a signature: {line!r}")
    moment = datetime.fromtimestamp(int(match["seconds"]), UTC)
    return Person(match["name"], match["email"], moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


def commit(sha: str, data: bytes) -> Commit:
    """Read a commit object."""
    head, _, message = data.decode(errors="replace").partition("\n\n")
    fields = [line.split(" ", 1) for line in head.split("\n") if " " in line and not line.startswith(" ")]
    first = dict(reversed(fields))
    return Commit(
        sha=sha,
        tree=first["tree"],
        parents=tuple(value for key, value in fields if key == "parent"),
        author=person(first["author"]),
        committer=person(first["committer"]),
        message=message.rstrip("\n"),
    )


def entries(data: bytes) -> Iterator[Entry]:
    """Read a tree object: ``mode SP name NUL sha`` without separators."""
    at = 0
    while at < len(data):
        end = data.index(b"\0", at)
        mode, _, name = data[at:end].partition(b" ")
        yield Entry(mode.decode().rjust(6, "0"), data[end + 1 : end + 21].hex(), name.decode(errors="surrogateescape"))
        at = end + 21
