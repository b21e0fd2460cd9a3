"""The sandbox as one ASGI application, laid out as GitHub Enterprise Server: API, git and pages at one address."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gate.sandbox.github import teams
from gate.sandbox.github.endpoint import api_routes, failed
from gate.sandbox.github.errors import not_found
from gate.sandbox.github.githttp import git_routes
from gate.sandbox.github.pages import page_routes
from gate.sandbox.github.world import World


class GithubSandbox:
    """A GitHub-compatible server below one folder; what it acknowledged outlives the process.

    ``url`` is the address clients reach it at, for every address in its answers is built on it.
    """

    def __init__(self, folder: Path, url: str) -> None:
        self._world = World(folder, url)
        routes = [*api_routes(self._world), *git_routes(self._world), *page_routes(self._world)]
        self.app = Starlette(routes=routes, exception_handlers={HTTPException: _unrouted})

    def add_account(self, login: str, token: str, kind: str = "User") -> int:
        """Make an account (User, Bot or Organization), or add a token to one there is; answer its numeric id."""
        return self._world.accounts.add(login, token, kind)

    def add_team(self, organization: str, slug: str) -> None:
        """Make a team of an organisation that there is."""
        owner = self._world.accounts.named(organization)
        assert owner is not None
        teams.add(self._world.store, owner, slug)

    def close(self) -> None:
        """End the git processes and close the database."""
        self._world.close()


def _unrouted(request: Request, error: Exception) -> Response:
    """An address nobody serves; GitHub also answers 404 where only the method is unknown."""
    return failed(not_found())
