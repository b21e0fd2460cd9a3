"""Remove what `gate selftest` made on GitHub. Nothing else in the gate calls this."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from github.Repository import Repository

from gate.ports import Absent


class GithubScratch:
    """A branch with a pull request in one repository; ``calling`` names requests and translates failures."""

    def __init__(self, repo: Repository, calling: Callable[[str], Any]) -> None:
        self._repo, self._calling = repo, calling

    def close_pulls(self, branch: str) -> None:
        """Those of the branch, which is found by its name: what an interrupted request made is found too."""
        with self._calling(f"closing of pull requests of {branch}"):
            for pull in self._repo.get_pulls(state="open", head=f"{self._repo.full_name.split('/')[0]}:{branch}"):
                pull.edit(state="closed")

    def remove_branch(self, branch: str) -> None:
        try:
            with self._calling(f"branch {branch}"):
                self._repo.get_branch(branch)
        except Absent:
            return
        with self._calling(f"removal of branch {branch}"):
            path = f"/repos/{self._repo.full_name}/git/refs/heads/{branch}"
            self._repo.requester.requestJsonAndCheck("DELETE", path)  # a lazy GitRef would ask for another address
