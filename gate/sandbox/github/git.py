"""The git binary: single runs, and one long-lived reader for each repository."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path
from typing import IO, NamedTuple

ENVIRONMENT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "HOME": os.devnull,
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
}


class GitError(Exception):
    """Git ended with an exit code nobody expected."""


def git(folder: Path, *arguments: str, stdin: bytes = b"", fine: tuple[int, ...] = (0,), **extra: str) -> bytes:
    """Run git in a bare repository and answer what it printed; ``extra`` goes into its environment."""
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, env=ENVIRONMENT | extra, check=False)
    if done.returncode not in fine:
        raise GitError(f"git {arguments[0]}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


class Found(NamedTuple):
    """An object: its name, its kind (commit, tree, blob, tag), its size, and its data if they were asked for."""

    sha: str
    kind: str
    size: int
    data: bytes


class Reader:
    """``git cat-file --batch-command``, kept running: an object costs about 0.1 ms instead of a process.

    It reads references anew for each question, so it follows every writer, pushes included.
    """

    def __init__(self, folder: Path) -> None:
        self._command = ["git", "-C", str(folder), "cat-file", "--batch-command"]
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def info(self, name: str) -> Found | None:
        """What a name stands for, without its data."""
        return self._ask("info", name)

    def contents(self, name: str) -> Found | None:
        """What a name stands for, with its data."""
        return self._ask("contents", name)

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            if self._process is not None:
                self._process.communicate()
                self._process = None

    def _ask(self, verb: str, name: str) -> Found | None:
        if "\n" in name or "\0" in name:
            return None
        with self._lock:
            asked, answered = self._pipes()
            asked.write(f"{verb} {name}\n".encode())
            asked.flush()
            return self._answer(answered, with_data=verb == "contents")

    def _answer(self, answered: IO[bytes], with_data: bool) -> Found | None:
        line = answered.readline().decode(errors="replace").rstrip("\n")
        if not line:
            raise GitError("git cat-file ended")
        if line.endswith((" missing", " ambiguous")):
            return None
        sha, kind, size = line.split(" ")
        data = answered.read(int(size) + 1)[:-1] if with_data else b""
        return Found(sha, kind, int(size), data)

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # what it finds wrong with a name stands in its answer too
                env=ENVIRONMENT,
            )
        if self._process.stdin is None or self._process.stdout is None:
            raise GitError("git cat-file has no pipes")
        return self._process.stdin, self._process.stdout
