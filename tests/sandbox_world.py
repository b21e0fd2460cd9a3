"""The seeded flights world: one running sandbox for all tests that read, and copies for tests that change it.

Use it with ``pytest_plugins = ("tests.sandbox_world",)``.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gate.sandbox.flights.seed import is_seeded
from gate.sandbox.home import Home
from tests.flights_world import FlightsWorld
from tests.sandbox_process import said, some_ports, start


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlightsWorld]:
    """The flights world, seeded once and shared by all tests and workers: only read it."""
    shared = _shared_folder(tmp_path_factory)
    with (shared / "users").open("w") as users:
        with _alone(shared):
            home = _seeded(shared)
            if not home.is_running():
                start(home.folder, "--no-dashboard")
            fcntl.flock(users, fcntl.LOCK_SH)
        yield FlightsWorld(home)
        with _alone(shared):
            if _is_last(users.fileno()):
                _end(home)


@pytest.fixture
def private_home(world: FlightsWorld, tmp_path: Path) -> Home:
    """A copy of the seeded world, not started, with ports of its own.

    The addresses of stored artifacts keep naming the shared sandbox: start it to change tasks, tags and pull requests.
    """
    folder = tmp_path / "sandbox"
    shutil.copytree(world.home.folder.with_name("pristine"), folder)
    settings = json.loads((folder / "sandbox.json").read_text())
    (folder / "sandbox.json").write_text(json.dumps(settings | {"ports": some_ports()}))
    return Home.read(folder)


def _shared_folder(factory: pytest.TempPathFactory) -> Path:
    """The folder all workers of this test run see."""
    base = factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "flights"
    shared.mkdir(exist_ok=True)
    return shared


@contextmanager
def _alone(shared: Path) -> Iterator[None]:
    with (shared / "mutex").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _seeded(shared: Path) -> Home:
    """Seed on the first call, and keep a copy as it is after a clean stop."""
    home = Home.open(shared / "home", some_ports())
    if not is_seeded(home):
        process = start(home.folder, "--no-dashboard")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0, said(home.folder)
        shutil.copytree(home.folder, shared / "pristine")
    return home


def _is_last(users: int) -> bool:
    fcntl.flock(users, fcntl.LOCK_UN)
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _end(home: Home) -> None:
    """Stop the shared sandbox; another worker may have started it, so its process is found by the lock it holds."""
    os.kill(int((home.folder / "lock").read_text()), signal.SIGTERM)
    while home.is_running():
        time.sleep(0.1)
