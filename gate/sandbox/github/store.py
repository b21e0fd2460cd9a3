"""What git does not keep: accounts, permissions, pull requests, statuses and comments, in one SQLite file."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, login TEXT NOT NULL UNIQUE COLLATE NOCASE, kind TEXT NOT NULL,
    created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (digest TEXT PRIMARY KEY, account INTEGER NOT NULL REFERENCES accounts);
CREATE TABLE IF NOT EXISTS repositories (
    id INTEGER PRIMARY KEY AUTOINCREMENT, owner INTEGER NOT NULL REFERENCES accounts,
    name TEXT NOT NULL COLLATE NOCASE, private INTEGER NOT NULL, description TEXT,
    parent INTEGER REFERENCES repositories, default_branch TEXT NOT NULL, created_at TEXT NOT NULL,
    pushed_at TEXT NOT NULL, UNIQUE (owner, name));
CREATE TABLE IF NOT EXISTS collaborators (
    repo INTEGER NOT NULL REFERENCES repositories, account INTEGER NOT NULL REFERENCES accounts, role TEXT NOT NULL,
    PRIMARY KEY (repo, account));
CREATE TABLE IF NOT EXISTS pulls (
    id INTEGER PRIMARY KEY AUTOINCREMENT, repo INTEGER NOT NULL REFERENCES repositories, number INTEGER NOT NULL,
    title TEXT NOT NULL, body TEXT, author INTEGER NOT NULL REFERENCES accounts, state TEXT NOT NULL,
    head_repo INTEGER NOT NULL REFERENCES repositories, head_ref TEXT NOT NULL, base_ref TEXT NOT NULL,
    base_sha TEXT NOT NULL, draft INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    closed_at TEXT, merged_at TEXT, merged_by INTEGER REFERENCES accounts, merge_sha TEXT, UNIQUE (repo, number));
CREATE INDEX IF NOT EXISTS pulls_by_head ON pulls (head_repo, head_ref);
CREATE TABLE IF NOT EXISTS comments (
    id INTEGER PRIMARY KEY AUTOINCREMENT, repo INTEGER NOT NULL REFERENCES repositories, number INTEGER NOT NULL,
    author INTEGER NOT NULL REFERENCES accounts, body TEXT NOT NULL, created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS comments_by_issue ON comments (repo, number);
CREATE TABLE IF NOT EXISTS statuses (
    id INTEGER PRIMARY KEY AUTOINCREMENT, repo INTEGER NOT NULL REFERENCES repositories, sha TEXT NOT NULL,
    context TEXT NOT NULL COLLATE NOCASE, state TEXT NOT NULL, description TEXT, target_url TEXT,
    creator INTEGER NOT NULL REFERENCES accounts, created_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS statuses_by_sha ON statuses (repo, sha, context);
CREATE TABLE IF NOT EXISTS check_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, repo INTEGER NOT NULL REFERENCES repositories, sha TEXT NOT NULL,
    app INTEGER NOT NULL REFERENCES accounts, fields TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS check_runs_by_sha ON check_runs (repo, sha);
CREATE TABLE IF NOT EXISTS protections (
    repo INTEGER NOT NULL REFERENCES repositories, branch TEXT NOT NULL, strict INTEGER NOT NULL,
    contexts TEXT NOT NULL, PRIMARY KEY (repo, branch));
CREATE TABLE IF NOT EXISTS teams (
    id INTEGER PRIMARY KEY AUTOINCREMENT, organization INTEGER NOT NULL REFERENCES accounts,
    slug TEXT NOT NULL COLLATE NOCASE, UNIQUE (organization, slug));
CREATE TABLE IF NOT EXISTS memberships (
    team INTEGER NOT NULL REFERENCES teams, account INTEGER NOT NULL REFERENCES accounts, role TEXT NOT NULL,
    PRIMARY KEY (team, account));
"""


def now() -> str:
    """The present moment as GitHub writes it, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Store:
    """One connection that threads share, one statement or transaction at a time.

    A write is in the write-ahead log before the call returns, so a killed process loses nothing it acknowledged.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + SCHEMA)

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Every row of a query."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        return next(iter(self.rows(sql, *values)), None)

    def count(self, sql: str, *values: Any) -> int:
        """The number a ``SELECT count(*)`` answers."""
        return int(self.rows(sql, *values)[0][0])

    def insert(self, table: str, **values: Any) -> int:
        """Add a row and answer its id."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        with self._lock:
            cursor = self._connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))
            return int(cursor.lastrowid or 0)

    def update(self, table: str, id: int, **values: Any) -> None:
        """Change columns of the row with this id."""
        changes = ", ".join(f"{name} = ?" for name in values)
        self.rows(f"UPDATE {table} SET {changes} WHERE id = ?", *values.values(), id)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold every other writer off until the block ends; undo its writes when it raises."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Fold the log into the file and let go of it."""
        with self._lock:
            self._connection.close()
