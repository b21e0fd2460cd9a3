"""Make the flights world: its repository and people, the datasets, the runs, the open pull requests."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import gate
from gate.sandbox.children import Children
from gate.sandbox.flights.data import prepare
from gate.sandbox.flights.hosting import make_repository, open_pull, protect_and_fork, write_history
from gate.sandbox.flights.pulls import HISTORY, PULLS, Edit, Run
from gate.sandbox.flights.repository import Clone
from gate.sandbox.flights.training import Training, task_of
from gate.sandbox.flights.wire import clearml
from gate.sandbox.home import Home, SandboxError
from gate.sandbox.sdk_environment import isolated

WORKERS = 2
CHECKOUT = Path(gate.__file__).parents[1]
Tell = Callable[[str, int, int], None]


def is_seeded(home: Home) -> bool:
    """Whether the world is complete."""
    return _mark(home).exists()


def clear_unfinished(home: Home) -> None:
    """Remove what a cut seeding left behind; call it before the servers start."""
    if not is_seeded(home):
        shutil.rmtree(home.world, ignore_errors=True)


def seed(home: Home, tell: Tell) -> None:
    """Make the world once. The servers must run; ``tell(what, done, all)`` hears of each step."""
    if is_seeded(home):
        return
    with ThreadPoolExecutor(WORKERS) as pool, Children() as children:
        _Seeding(home, pool, Training(home, children), tell).run()
    after_seeding(home)
    shutil.rmtree(home.world / "clones")
    _mark(home).touch()


def after_seeding(home: Home) -> None:
    """The best model was promoted before the world begins: the ledger's first record says so."""
    command = [sys.executable, "-m", "gate", "ledger", "start"]
    done = subprocess.run(
        command,
        cwd=CHECKOUT,  # where `gate` is found even when it is not installed
        env=isolated(home, home.environment()),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SandboxError(f"The ledger could not be started: {done.stderr.strip()}")


def _mark(home: Home) -> Path:
    return home.world / "complete"


@dataclass
class _Seeding:
    home: Home
    pool: ThreadPoolExecutor
    training: Training
    tell: Tell
    runs: list[Future[None]] = field(default_factory=list)
    tags: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def run(self) -> None:
        self.tell("Preparing the flights of 2013 and the repository", 0, 0)
        data = self.pool.submit(prepare, self.home.folder / "data")
        make_repository(self.home)
        main = Clone.of(self.home, "main")
        commits = write_history(main)
        protect_and_fork(self.home)
        folder = str(data.result())
        self.tell("Registering the datasets", 0, 0)
        self.training.run(main, "register_data.py", folder)
        self._train_history(commits)
        self._open_pulls()
        self._wait()
        self._tag()

    def _train_history(self, commits: list[str]) -> None:
        for number, (commit, sha) in enumerate(zip(HISTORY, commits, strict=True)):
            if commit.trained:
                clone = Clone.of(self.home, f"main-{number}")
                clone.git("reset", "--quiet", "--hard", sha)
                self._train(clone, sha, "finished", commit.tags)
                self._wait_for_start(sha, self.runs[-1])

    def _open_pulls(self) -> None:
        for day, pull in enumerate(PULLS, len(HISTORY)):
            clone, sha = open_pull(self.home, pull, day)
            if pull.run != "none":
                self._train(clone, sha, pull.run, pull.tags, pull.uncommitted)

    def _train(
        self, clone: Clone, sha: str, run: Run, tags: tuple[str, ...], uncommitted: tuple[Edit, ...] = ()
    ) -> None:
        self.tags[sha] = tags
        clone.edit(uncommitted)
        if run == "cut":
            self.runs.append(self.pool.submit(self.training.cut, clone, sha))
        else:
            self.runs.append(self.pool.submit(self.training.run, clone, "train.py", fails=run == "failed"))

    def _wait_for_start(self, sha: str, run: Future[None]) -> None:
        """Main's runs begin in the order of its commits, as they would over months."""
        while task_of(self.home, sha) is None and not run.done():
            time.sleep(0.1)

    def _wait(self) -> None:
        self.tell("Training", 0, len(self.runs))
        for done, run in enumerate(as_completed(self.runs), 1):
            run.result()
            self.tell("Training", done, len(self.runs))

    def _tag(self) -> None:
        for sha, tags in self.tags.items():
            task = task_of(self.home, sha)
            if task is None:
                raise SandboxError(f"The run of commit {sha} did not reach ClearML.")
            for tag in tags:
                clearml(self.home, "tasks.update_tags", ids=[task["id"]], add_tags=[tag])
