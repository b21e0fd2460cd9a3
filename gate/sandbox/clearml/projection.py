"""Parts of documents, by the rules of a document database, and references as objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gate.sandbox.clearml.documents import Document, Documents
from gate.sandbox.clearml.fields import KEYED_LISTS, REFERENCES, UNASKED, Path, resolve

Wanted = dict[str, Any]  # a field's name -> None for all of it, or what is wanted below it


class Projection:
    """What a query wants of each document. ``only`` empty: everything that is not hidden by default.

    With ``documents`` the answer is the extended one: it always has the id, and references are objects that also hold
    the joined fields (``project.name``).
    """

    def __init__(self, kind: str, only: Iterable[str], documents: Documents | None = None) -> None:
        paths = [resolve(kind, name) for name in only]
        self._kind = kind
        self._documents = documents
        self._references = REFERENCES[kind] if documents is not None else {}
        self._joined = {reference: joined_fields(reference, paths) for reference in self._references}
        if paths and documents is not None:
            paths.append(("id",))
        self._wanted = tree_of(self._stored(path) for path in paths)

    def __call__(self, document: Document) -> Document:
        found = self._cut(document)
        if self._documents is None:
            return found
        for reference, kind in self._references.items():
            found = replaced(found, reference, self._opener(kind, self._joined[reference]))
        return found

    def _cut(self, document: Document) -> Document:
        if self._wanted:
            return cut(document, self._wanted)
        unasked = UNASKED[self._kind]
        return {name: value for name, value in document.items() if name not in unasked}

    def _stored(self, path: Path) -> Path:
        """The path up to the reference it passes, since what lies behind belongs to another document."""
        return next((ref for ref in self._references if path[: len(ref)] == ref), path)

    def _opener(self, kind: str, fields: list[str]) -> Callable[[Any], Any]:
        def opened(id: str) -> dict[str, Any]:
            other = (self._documents.get(kind, id) if self._documents else None) or {}
            return {"id": id} | {name: other[name] for name in fields if name in other}

        return opened


def joined_fields(reference: Path, paths: Iterable[Path]) -> list[str]:
    depth = len(reference)
    return [path[depth] for path in paths if len(path) > depth and path[:depth] == reference]


def tree_of(paths: Iterable[Path]) -> Wanted:
    """Paths as a tree; a whole field wins over its parts."""
    tree: Wanted = {}
    for path in sorted(paths, key=len):
        node: Wanted | None = tree
        for part in path[:-1]:
            node = node.setdefault(part, {}) if node is not None else None
        if node is not None:
            node[path[-1]] = None
    return tree


def cut(value: Mapping[str, Any], wanted: Wanted, at: Path = ()) -> dict[str, Any]:
    """The wanted fields that exist. Containers on the way stay, even if they end up empty."""
    found = {}
    for name, below in wanted.items():
        if name not in value:
            continue
        inner = value[name]
        if below is None:
            found[name] = inner
        elif isinstance(inner, dict):
            found[name] = cut(inner, below, (*at, name))
        elif isinstance(inner, list):
            found[name] = [] if (*at, name) in KEYED_LISTS else [cut(i, below) for i in inner if isinstance(i, dict)]
    return found


def replaced(value: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """A copy in which the value at the path, if there is one, is changed; lists on the way are walked through."""
    if isinstance(value, list):
        return [replaced(item, path, change) for item in value]
    if not path:
        return change(value) if value else value
    if not isinstance(value, dict) or path[0] not in value:
        return value
    return value | {path[0]: replaced(value[path[0]], path[1:], change)}
