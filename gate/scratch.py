"""What `gate selftest` makes and removes at the two services, beside the calls of `gate.ports` that it tries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from gate.ports import Forge, Tracker


class Runs(Protocol):
    """Runs of one project that is made for them. Every method may raise `ServiceError`."""

    def make_project(self) -> None: ...

    def make_run(self, name: str, commit: str, tag: str) -> str:
        """A run in progress; answers its id."""

    def report(self, run: str, title: str, series: str, values: list[float]) -> None: ...

    def plot(self, run: str, title: str, series: str, figure: dict[str, Any]) -> None: ...

    def upload(self, run: str, name: str, content: bytes) -> str:
        """An artifact; answers its address."""

    def complete(self, run: str) -> None: ...

    def remove_file(self, uri: str) -> None: ...

    def remove_all(self) -> None:
        """The project and its runs, found by name; no error where there are none."""


class Branches(Protocol):
    """Branches and pull requests of one repository. Every method may raise `ServiceError` or `Absent`."""

    def close_pulls(self, branch: str) -> None: ...

    def remove_branch(self, branch: str) -> None:
        """No error where there is none."""


@dataclass(frozen=True)
class Scratch:
    """Both services, and the hands to prepare and to clean up; ``name`` is that of everything that is made."""

    name: str
    tracker: Tracker
    runs: Runs
    forge: Forge
    branches: Branches
