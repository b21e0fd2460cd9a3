"""Run what is queued, as ClearML's own agent does: a clone of the commit, the script in it, the task's own id.

ClearML's agent builds an environment for each task; here scripts run in that of the sandbox.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

from gate.sandbox.children import Children
from gate.sandbox.flights.repository import Clone
from gate.sandbox.flights.wire import clearml
from gate.sandbox.home import Home, SandboxError
from gate.sandbox.sdk_environment import isolated

QUEUE = "default"
INTERVAL = 0.5  # seconds between two looks at an empty queue


@dataclass
class Agent:
    """Takes one task after another from the default queue."""

    home: Home
    children: Children

    def serve(self) -> None:
        """Until the process ends. What an earlier agent took and did not finish comes first."""
        queue = str(clearml(self.home, "queues.get_default")["id"])
        for task in self.left_behind(queue):
            self.run(task)
        while True:
            if not self.turn(queue):
                time.sleep(INTERVAL)

    def turn(self, queue: str) -> bool:
        """Run the next task, if there is one."""
        try:
            entry = clearml(self.home, "queues.get_next_task", queue=queue).get("entry")
        except (HTTPError, URLError, ConnectionError):
            return False  # the servers are starting, or ending
        if entry:
            self.run(str(entry["task"]))
        return bool(entry)

    def left_behind(self, queue: str) -> list[str]:
        """Tasks that are queued, but in no queue any more."""
        waiting = {entry["task"] for entry in clearml(self.home, "queues.get_by_id", queue=queue)["queue"]["entries"]}
        found = clearml(self.home, "tasks.get_all_ex", status=["queued"], only_fields=["id"])["tasks"]
        return [task["id"] for task in found if task["id"] not in waiting]

    def run(self, task: str) -> None:
        """To its end, which the task then says; a task that is not queued any more is left alone."""
        found = clearml(self.home, "tasks.get_by_id", task=task)["task"]
        if found["status"] != "queued":
            return
        clearml(self.home, "tasks.started", task=task, status_reason="pulled by the sandbox's agent")
        try:
            code = self._script(task, found.get("script") or {})
            why = f"the script ended with {code}; its output is in {self._log(task)}" if code else ""
        except SandboxError as error:
            why = str(error)
        self._end(task, why)

    def _script(self, task: str, script: dict[str, Any]) -> int:
        clone = self._clone(task, script)
        environment = self.home.clearml_environment() | {"CLEARML_TASK_ID": task, "GIT_CONFIG_GLOBAL": os.devnull}
        quiet = {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        folder = clone.folder / (script.get("working_dir") or ".")
        command = [sys.executable, *shlex.split(str(script.get("entry_point") or ""))]
        try:
            return self.children.run(command, self._log(task), folder, isolated(self.home, environment | quiet))
        finally:
            shutil.rmtree(clone.folder, ignore_errors=True)

    def _clone(self, task: str, script: dict[str, Any]) -> Clone:
        """Of the flights and their forks only, and of clean commits only: there is nothing else in it to run."""
        url, commit = str(script.get("repository")), str(script.get("version_num"))
        match = re.fullmatch(rf"{re.escape(self.home.url('github'))}/([\w-]+)/flights(?:\.git)?", url)
        if match is None or script.get("diff") or not script.get("entry_point"):
            raise SandboxError("the sandbox's agent runs scripts of its own repository's clean commits, nothing else")
        shutil.rmtree(self.home.world / "clones" / task, ignore_errors=True)
        clone = Clone.of(self.home, task, match[1])
        clone.git("checkout", "--quiet", "--detach", commit)
        return clone

    def _log(self, task: str) -> Path:
        return self.home.world / "logs" / f"agent-{task}.log"

    def _end(self, task: str, why: str) -> None:
        """The SDK leaves the end of a task to the agent; somebody may have stopped it meanwhile."""
        status = clearml(self.home, "tasks.get_by_id", task=task)["task"]["status"]
        if status == "in_progress":
            clearml(self.home, "tasks.failed" if why else "tasks.completed", task=task, status_message=why)


def start_agent(home: Home, children: Children) -> subprocess.Popen[bytes]:
    """As a child of the sandbox, which ends with it."""
    command = [sys.executable, "-m", "gate", "sandbox", "agent", "--home", str(home.folder)]
    checkout = Path(__file__).parents[2]  # where `gate` is found even when it is not installed
    return children.start(command, home.folder / "agent.log", checkout, isolated(home, home.environment()))
