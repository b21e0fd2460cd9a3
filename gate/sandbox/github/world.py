"""Everything a request may need: the records, the accounts, the repositories, and the sandbox's own address."""

from __future__ import annotations

import threading
from pathlib import Path

from gate.sandbox.github.accounts import Accounts
from gate.sandbox.github.repositories import Repositories
from gate.sandbox.github.store import Store


class World:
    """The state of one sandbox, below one folder."""

    def __init__(self, folder: Path, url: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.url = url.rstrip("/")
        self.api = f"{self.url}/api/v3"
        self.following = threading.Lock()
        self.store = Store(folder / "github.sqlite")
        self.accounts = Accounts(self.store, self.url)
        self.repositories = Repositories(folder / "repositories", self.store, self.accounts, self.url)

    def close(self) -> None:
        """End the git processes and close the file."""
        self.repositories.close()
        self.store.close()
