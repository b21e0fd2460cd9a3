"""A running GitHub sandbox with four accounts, and the clients that tests reach it by."""

from __future__ import annotations

import itertools
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from github import Auth, Github
from github.Repository import Repository
from starlette.types import ASGIApp

from gate.sandbox.github import GithubSandbox
from gate.sandbox.serve import serve
from tests.github_openapi import Checked, checked

NO_WAITS = {"seconds_between_requests": 0, "seconds_between_writes": 0}
ACCOUNTS = {"ann": "User", "bob": "User", "ci[bot]": "Bot", "owls": "Organization"}


def token(login: str) -> str:
    """The token of an account."""
    return f"token-of-{login}"


@dataclass
class Hub:
    """The sandbox at ``url``, wrapped by the description."""

    url: str
    ids: dict[str, int]
    app: Checked
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def client(self, login: str) -> Github:
        """The real PyGithub, without its courtesy waits."""
        return Github(auth=Auth.Token(token(login)), base_url=f"{self.url}/api/v3", **NO_WAITS)

    def repository(self, **options: Any) -> Repository:
        """A new public repository of ann's with one commit."""
        name = f"repo-{next(self.numbers)}"
        return self.client("ann").get_user().create_repo(name, **{"auto_init": True, **options})

    def seen_by(self, login: str, repo: Repository) -> Repository:
        """The same repository with somebody else's token."""
        return self.client(login).get_repo(repo.full_name)

    def call(self, method: str, path: str, login: str | None = "ann", **body: Any) -> requests.Response:
        """One request to the API as it is on the wire."""
        headers = {"Authorization": f"Bearer {token(login)}"} if login else {}
        return requests.request(method, f"{self.url}/api/v3{path}", json=body or None, headers=headers, timeout=30)

    def remote(self, repo: Repository, login: str | None = None, user: str = "x-access-token") -> str:
        """The address git clones from, with a token where one is needed."""
        credentials = f"{user}:{token(login)}@" if login else ""
        return f"{self.url.replace('://', f'://{credentials}')}/{repo.full_name}.git"


@contextmanager
def running(folder: Path) -> Iterator[Hub]:
    """Serve the sandbox below a folder; no answer in between may violate GitHub's description."""
    hubs: list[Hub] = []
    sandboxes: list[GithubSandbox] = []

    def build(url: str) -> ASGIApp:
        sandbox = GithubSandbox(folder, url)
        sandboxes.append(sandbox)
        ids = {login: sandbox.add_account(login, token(login), kind) for login, kind in ACCOUNTS.items()}
        hubs.append(Hub(url, ids, checked(sandbox.app)))
        return hubs[0].app

    with serve(build):
        yield hubs[0]
    sandboxes[0].close()
    assert not hubs[0].app.violations, "\n".join(hubs[0].app.violations)


def base64(data: bytes | str) -> str:
    """Content as the API wants it."""
    return b64encode(data.encode() if isinstance(data, str) else data).decode()
