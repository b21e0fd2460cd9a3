"""Child processes that never outlive the sandbox, whichever way it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

GRACE = 4.0  # seconds between asking and forcing
# Linux can end a child with its parent (PR_SET_PDEATHSIG is 1), even when the parent is killed outright.
TIE = f"""
import ctypes, os, sys
sys.platform == "linux" and ctypes.CDLL(None).prctl(1, {int(signal.SIGKILL)})
os.execvp(sys.argv[1], sys.argv[1:])
"""


class Stopped(Exception):
    """The sandbox is being stopped; nothing new starts."""


class Children:
    """Starts processes, and ends all that still run when the block ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    def __enter__(self) -> Children:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._lock:
            self._stopped = True
            left = list(self._running)
        stop(*left)

    def start(
        self, command: Sequence[str], log: Path, folder: Path, environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        """Start a process of its own group, so that Ctrl-C reaches it through us only; its output goes to ``log``."""
        log.parent.mkdir(parents=True, exist_ok=True)
        tied = [sys.executable, "-I", "-S", "-c", TIE, *command]
        with self._lock, log.open("ab") as output:
            if self._stopped:
                raise Stopped
            child = subprocess.Popen(
                tied,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._running.add(child)
        return child

    def run(self, command: Sequence[str], log: Path, folder: Path, environment: Mapping[str, str]) -> int:
        """Start a process and wait for its exit code."""
        return self.wait(self.start(command, log, folder, environment))

    def wait(self, child: subprocess.Popen[bytes]) -> int:
        code = child.wait()
        with self._lock:
            self._running.discard(child)
            if self._stopped:
                raise Stopped
        return code


def stop(*children: subprocess.Popen[bytes], grace: float = GRACE) -> None:
    """Ask the process groups to end, and force those that did not within ``grace`` seconds, however many they are."""
    for child in children:
        _send(child, signal.SIGTERM)
    deadline = time.monotonic() + grace
    for child in children:
        if not _ended(child, max(0.0, deadline - time.monotonic())):
            _send(child, signal.SIGKILL)
    for child in children:
        child.wait()


def _send(child: subprocess.Popen[bytes], signal_: signal.Signals) -> None:
    """Signal the child's whole group; it may have ended a moment ago."""
    with suppress(ProcessLookupError):
        if child.poll() is None:
            os.killpg(child.pid, signal_)


def _ended(child: subprocess.Popen[bytes], patience: float) -> bool:
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        return False
    return True
