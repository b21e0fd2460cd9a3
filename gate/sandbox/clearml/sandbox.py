"""The whole server: one folder with a database, files and a secret, and the applications that serve them."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from starlette.applications import Starlette

from gate.sandbox.clearml.api import api
from gate.sandbox.clearml.auth import Door
from gate.sandbox.clearml.documents import Document, Documents
from gate.sandbox.clearml.events import Events
from gate.sandbox.clearml.files import files
from gate.sandbox.clearml.identity import COMPANY, USER
from gate.sandbox.clearml.queues import chosen
from gate.sandbox.clearml.tasks import new_task
from gate.sandbox.clearml.web import web
from gate.sandbox.clearml.world import World


class ClearmlSandbox:
    """A ClearML-compatible server over ``folder``, for the one given pair of keys.

    ``api``, ``files`` and ``web`` are ASGI applications over the same store. What was answered is on disk: a process
    that is killed loses nothing, and tokens stay valid over a restart. One process at a time may open a folder.
    """

    def __init__(self, folder: Path, access_key: str, secret_key: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._connection = connect(folder / "clearml.sqlite")
        door = Door(access_key, secret_key, signature(folder / "signature"))
        self._world = World(Documents(self._connection), Events(self._connection), door)
        self._settle()
        self.api: Starlette = api(self._world)
        self.files: Starlette = files(folder / "files", door)
        self.web: Starlette = web(self._world)

    def add_tasks(self, documents: Iterable[Document]) -> list[str]:
        """Store tasks directly, all in one transaction, and give their ids.

        Each document holds what differs from a fresh task: ``name``, ``project`` (an id), ``script``, ``tags``,
        ``status``, ``last_metrics`` and so on, in the form ``tasks.get_by_id`` answers.
        """
        with self._world.documents.transaction():
            tasks = [new_task(document) for document in documents]
            for task in tasks:
                self._world.documents.put("tasks", task)
        return [task["id"] for task in tasks]

    def close(self) -> None:
        self._connection.close()

    def _settle(self) -> None:
        """The company, the user and the default queue exist from the start."""
        documents = self._world.documents
        with documents.transaction():
            documents.put("companies", COMPANY)
            documents.put("users", USER)
            chosen(self._world, {})


def connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    return connection


def signature(path: Path) -> str:
    """The secret that signs tokens, made once per folder and readable to its owner only."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text()
