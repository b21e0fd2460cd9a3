"""JSON documents by kind and id, held in memory and written through to SQLite.

A stored document is never changed in place: whoever wants another one puts a new dict. So a reader may keep what it got
while others write, and a transaction that fails restores the documents it had replaced.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

Document = dict[str, Any]

SCHEMA = "CREATE TABLE IF NOT EXISTS documents (kind TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id))"
UPSERT = "INSERT INTO documents VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body"


def new_id() -> str:
    """32 hex digits, as every id of the API."""
    return uuid.uuid4().hex


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


class Documents:
    """All documents of one database. Every access happens inside ``transaction()``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._kinds: defaultdict[str, dict[str, Document]] = defaultdict(dict)
        self._in_project: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        self._replaced: dict[tuple[str, str], Document | None] = {}
        connection.execute(SCHEMA)
        for kind, body in connection.execute("SELECT kind, body FROM documents ORDER BY rowid"):
            self._remember(kind, json.loads(body))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Alone with the documents; either all that is put and deleted inside is kept, or nothing."""
        with self._lock:
            self._replaced = {}
            try:
                yield
            except BaseException:
                self._connection.rollback()
                self._restore()
                raise
            self._connection.commit()

    def get(self, kind: str, id: str) -> Document | None:
        return self._kinds[kind].get(id)

    def all(self, kind: str) -> Iterable[Document]:
        return self._kinds[kind].values()

    def in_projects(self, kind: str, projects: Iterable[str]) -> Iterator[Document]:
        """The documents of this kind that belong to one of the projects, by their order of creation within each."""
        for project in dict.fromkeys(projects):
            for id in self._in_project.get((kind, project), ()):
                yield self._kinds[kind][id]

    def put(self, kind: str, document: Document) -> None:
        self._replaced.setdefault((kind, document["id"]), self.get(kind, document["id"]))
        self._forget(kind, document["id"], keep_place=True)
        self._remember(kind, document)
        self._connection.execute(UPSERT, (kind, document["id"], json.dumps(document)))

    def delete(self, kind: str, id: str) -> None:
        self._replaced.setdefault((kind, id), self.get(kind, id))
        self._forget(kind, id)
        self._connection.execute("DELETE FROM documents WHERE kind = ? AND id = ?", (kind, id))

    def _remember(self, kind: str, document: Document) -> None:
        self._kinds[kind][document["id"]] = document
        if project := document.get("project"):
            self._in_project[kind, project].setdefault(document["id"])

    def _forget(self, kind: str, id: str, *, keep_place: bool = False) -> None:
        found = self._kinds[kind].get(id)
        if found is None:
            return
        if not keep_place:
            del self._kinds[kind][id]
        if project := found.get("project"):
            self._in_project[kind, project].pop(id, None)

    def _restore(self) -> None:
        for (kind, id), before in self._replaced.items():
            self._forget(kind, id, keep_place=before is not None)
            if before is not None:
                self._remember(kind, before)
