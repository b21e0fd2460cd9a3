"""Run the project's own scripts in clones of it, as an engineer would; the ClearML SDK records the rest."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gate.sandbox.children import Children, stop
from gate.sandbox.flights.repository import Clone
from gate.sandbox.flights.wire import clearml
from gate.sandbox.home import Home, SandboxError
from gate.sandbox.sdk_environment import isolated

CUT_AT = 5  # points of the learning curve, after which the run that is "still running" is left alone
PATIENCE = 120.0


@dataclass
class Training:
    """Runs scripts of the flights project against one sandbox."""

    home: Home
    children: Children

    def run(self, clone: Clone, *script: str, fails: bool = False) -> None:
        """Run ``script`` in the clone to its end, which must be the expected one."""
        log = self._log(clone)
        code = self.children.run(_python(script), log, clone.folder, self._environment())
        if bool(code) != fails:
            raise SandboxError(f"{' '.join(script)} in {clone.folder.name} ended with {code}; its output is in {log}")

    def cut(self, clone: Clone, commit: str) -> None:
        """Run ``train.py`` and kill it in the middle of its learning curve, so that its task stays in progress."""
        child = self.children.start(_python(("train.py",)), self._log(clone), clone.folder, self._environment())
        deadline = time.monotonic() + PATIENCE
        while _points(self.home, commit) < CUT_AT:
            if child.poll() is not None or time.monotonic() > deadline:
                raise SandboxError(f"train.py did not come to be cut; its output is in {self._log(clone)}")
            time.sleep(0.2)
        stop(child, grace=0)

    def _log(self, clone: Clone) -> Path:
        return self.home.world / "logs" / f"{clone.folder.name}.log"

    def _environment(self) -> Mapping[str, str]:
        """One thread each: two runs share the machine, and Python compiles nothing into the clone."""
        quiet = {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        return isolated(self.home, self.home.clearml_environment() | quiet)


def task_of(home: Home, commit: str, *fields: str) -> dict[str, Any] | None:
    """The run of a commit, if there is one; ``script.version_num`` is matched as the server needs it, by pattern."""
    commits = {"fields": ["script.version_num"], "pattern": f"^{commit}$"}
    tasks = clearml(home, "tasks.get_all_ex", _any_=commits, type=["training"], only_fields=["id", *fields])["tasks"]
    if len(tasks) > 1:
        raise SandboxError(f"{len(tasks)} runs of commit {commit}, not one")
    return tasks[0] if tasks else None


def _points(home: Home, commit: str) -> int:
    task = task_of(home, commit, "last_iteration")
    return int(task.get("last_iteration") or 0) if task else 0


def _python(script: tuple[str, ...]) -> list[str]:
    return [sys.executable, *script]
