"""The git side of the flights world: real clones, commits with fixed dates, pushes over HTTP."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

from gate.sandbox.flights.pulls import Edit
from gate.sandbox.flights.wire import basic
from gate.sandbox.github.accounts import NOREPLY
from gate.sandbox.home import ORGANISATION, REPOSITORY, Home, SandboxError

TEMPLATES = files("gate.sandbox.flights").joinpath("project")
UNGATED = {
    name: name for name in ("train.py", "register_data.py", "upload_quarter.py", "README.md", "requirements.txt")
}
GATED = {"gate.toml": "gate.toml", "model-gate.yml": ".github/workflows/model-gate.yml"}
FIRST_DAY = datetime(2026, 1, 5, 9, tzinfo=UTC)


@dataclass
class Clone:
    """A working copy of the flights repository, or of a fork, below the world's folder."""

    home: Home
    folder: Path
    url: str

    @classmethod
    def of(cls, home: Home, name: str, owner: str = ORGANISATION) -> Clone:
        """Clone ``owner``'s repository over HTTP."""
        folder = home.world / "clones" / name
        url = f"{home.url('github')}/{owner}/{REPOSITORY.partition('/')[2]}.git"
        folder.parent.mkdir(parents=True, exist_ok=True)
        _git(folder.parent, "clone", "--quiet", url, str(folder))
        return cls(home, folder, url)

    def git(self, *arguments: str, **environment: str) -> str:
        return _git(self.folder, *arguments, **environment)

    def write(self, names: dict[str, str], edits: Iterable[Edit] = ()) -> None:
        """Write templates to their places; the edits go into ``train.py``."""
        for name, place in names.items():
            path = self.folder / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(TEMPLATES.joinpath(name).read_text())
        self.edit(edits)

    def edit(self, edits: Iterable[Edit]) -> None:
        """Change ``train.py``."""
        path = self.folder / "train.py"
        text = path.read_text()
        for edit in edits:
            text = edit.apply(text)
        path.write_text(text)

    def commit(self, title: str, login: str, day: int) -> str:
        """Commit everything as ``login``, on the ``day``-th day of the project, and return the commit."""
        moment = (FIRST_DAY + timedelta(days=day)).isoformat()
        email = f"{login}@{NOREPLY}"
        author = {"GIT_AUTHOR_NAME": login, "GIT_AUTHOR_EMAIL": email, "GIT_AUTHOR_DATE": moment}
        committer = {key.replace("AUTHOR", "COMMITTER"): value for key, value in author.items()}
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", title, **author, **committer)
        return self.git("rev-parse", "HEAD")

    def push(self, login: str, branch: str) -> None:
        """Push the current commit to ``branch``, with the rights of ``login``."""
        header = f"Authorization: {basic(login, self.home.tokens[login])}"
        secret = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "http.extraHeader", "GIT_CONFIG_VALUE_0": header}
        self.git("push", "--quiet", "origin", f"HEAD:refs/heads/{branch}", **secret)


def _git(folder: Path, *arguments: str, **environment: str) -> str:
    """Run git untouched by the person's own configuration, and return what it printed."""
    isolated = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=kept | isolated | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
    )
    if done.returncode:
        raise SandboxError(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()
