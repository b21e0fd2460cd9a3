"""The programs that are timed, as whole processes on the same servers, and the proof that each did its work."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.history import BEST_TAGS, PROJECT, TAG, Candidate, Founded
from benchmarks.runs import SERIES, TASK, TITLE
from benchmarks.servers import CHECKOUT
from gate.sandbox.flights.wire import clearml
from gate.sandbox.home import Home
from gate.sandbox.sdk_environment import isolated

SECONDS = 120
IMPORT_TIME = re.compile(r"^import time: +(\d+) \|", re.MULTILINE)
OLD_INPUTS = {
    "CLEARML_PROJECT": PROJECT,
    "CLEARML_TASK_NAME": TASK,
    "CLEARML_SCALAR_TITLE": TITLE,
    "CLEARML_SCALAR_SERIES": SERIES,
    "CLEARML_BEST_TAGNAME": TAG,
}


class NotDone(Exception):
    """A program ended without having done its work, so its time means nothing."""


@dataclass(frozen=True)
class Sample:
    """One process: its seconds, those of a processor, those spent importing (if traced), and the requests it made."""

    seconds: float
    processor: float
    imports: float | None
    requests: tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """Where the programs run: the home of the servers, what was founded in it, and the journal of requests."""

    home: Home
    founded: Founded
    journal: Path

    def run(self, program: Program, candidate: Candidate, traced: bool) -> Sample:
        """Time one process. ``traced``: let the interpreter tell how long each import took, which slows it a little."""
        command = [sys.executable, *(["-X", "importtime"] if traced else []), *program.arguments(candidate)]
        environment = isolated(self.home, self._environment(candidate))
        seen, start, used = self.journal.stat().st_size, time.perf_counter(), processor_seconds()
        done = subprocess.run(
            command, env=environment, cwd=CHECKOUT, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        seconds, processor = time.perf_counter() - start, processor_seconds() - used
        requests = tuple(self.journal.read_bytes()[seen:].decode().splitlines())
        if done.returncode or not program.proof(self, candidate, done):
            raise NotDone(f"{program.name} ended with exit code {done.returncode}:\n{done.stdout}\n{done.stderr}")
        imports = sum(map(int, IMPORT_TIME.findall(done.stderr))) / 1e6 if traced else None
        return Sample(seconds, processor, imports, requests)

    def _environment(self, candidate: Candidate) -> Mapping[str, str]:
        """Each candidate has a cache of its own, empty at first."""
        cache = {"XDG_CACHE_HOME": str(self.home.folder / "caches" / candidate.run)}
        return self.home.environment() | cache | OLD_INPUTS | {"COMMIT_ID": candidate.commit}


@dataclass(frozen=True)
class Program:
    """A command line for a candidate, and the proof of its work, given the process that ended."""

    name: str
    arguments: Callable[[Candidate], list[str]]
    proof: Callable[[Stage, Candidate, subprocess.CompletedProcess[str]], bool]


def processor_seconds() -> float:
    """What all processes that were waited for have used so far; the servers are not among them."""
    used = os.times()
    return used.children_user + used.children_system


def gate_check(candidate: Candidate) -> list[str]:
    return ["-m", "gate", "check", "--pr", str(candidate.pull), "--format", "json"]


def passed_and_posted(stage: Stage, candidate: Candidate, done: subprocess.CompletedProcess[str]) -> bool:
    return json.loads(done.stdout)["verdict"] == "passed" and "not posted" not in done.stderr


def old_action(candidate: Candidate) -> list[str]:
    return ["benchmarks/old_action.py"]


def promoted(stage: Stage, candidate: Candidate, done: subprocess.CompletedProcess[str]) -> bool:
    """Whether the tag moved; it is put back for the next process."""
    moved = (_tags(stage, candidate.run), _tags(stage, stage.founded.best)) == ([TAG], [])
    clearml(stage.home, "tasks.update", task=candidate.run, tags=[])
    clearml(stage.home, "tasks.update", task=stage.founded.best, tags=BEST_TAGS)
    return moved


def _tags(stage: Stage, task: str) -> list[str]:
    return list(clearml(stage.home, "tasks.get_by_id", task=task)["task"]["tags"])


FIRST = Program("gate check, first time", gate_check, passed_and_posted)
AGAIN = Program("gate check, again", gate_check, passed_and_posted)
OLD = Program("the old action's way", old_action, promoted)
PROGRAMS = (FIRST, AGAIN, OLD)
