"""One request on its way to a handler, and the answer on its way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from starlette.datastructures import URL

from gate.sandbox.github.accounts import Account
from gate.sandbox.github.bare import Bare
from gate.sandbox.github.errors import ApiError, malformed
from gate.sandbox.github.permissions import may
from gate.sandbox.github.repositories import Repository
from gate.sandbox.github.world import World

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """A status, a JSON body (None: no body) and headers beyond the usual."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A request: who asks, for what, with which fields."""

    world: World
    caller: Account | None
    at: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    url: URL

    @property
    def account(self) -> Account:
        """Who asks; nobody is refused."""
        if self.caller is None:
            raise ApiError(401, "Requires authentication")
        return self.caller

    def need(self, name: str, kind: type[T]) -> T:
        """A field of the body that must be there."""
        if self.body.get(name) is None:
            raise malformed(f'"{name}" wasn\'t supplied.')
        return self._checked(name, kind)

    def take(self, name: str, kind: type[T], default: T) -> T:
        """A field of the body that may be absent or null."""
        return default if self.body.get(name) is None else self._checked(name, kind)

    def text(self, name: str) -> str | None:
        """A text of the body that may be absent or null."""
        return None if self.body.get(name) is None else self._checked(name, str)

    def _checked(self, name: str, kind: type[T]) -> T:
        value = self.body[name]
        if not isinstance(value, kind):
            raise malformed(f"For '{name}', {value!r} is not a {kind.__name__}.")
        return value


@dataclass(frozen=True)
class RepoCall(Call):
    """A request about one repository, which the caller may at least read."""

    repo: Repository

    @property
    def git(self) -> Bare:
        """The git repository."""
        return self.world.repositories.git(self.repo)

    @property
    def api(self) -> str:
        """The repository's address in the API."""
        return self.world.repositories.api(self.repo)

    @property
    def html(self) -> str:
        """The address of the repository's page."""
        return self.world.repositories.html(self.repo)

    def may(self, role: str) -> bool:
        """Whether the caller has at least this role here."""
        return may(self.world, self.repo, self.caller, role)


Handler = Callable[[Call], Answer]
RepoHandler = Callable[[RepoCall], Answer]
