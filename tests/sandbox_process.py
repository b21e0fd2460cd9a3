"""Start and stop ``gate sandbox`` as a process of its own, as a person does."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gate.sandbox.home import PREFERRED_PORTS, Home, choose_ports
from tests.flights_world import FlightsWorld

CHECKOUT = Path(__file__).parents[1]
READY = "Stop with Ctrl-C"
SEEDING_PATIENCE = 400.0


def start(home: Path, *options: str, patience: float = SEEDING_PATIENCE) -> subprocess.Popen[bytes]:
    """Start ``gate sandbox`` in a process of its own and return when it serves a complete world."""
    process = launch(home, *options)
    wait_for(lambda: READY in said(home), process, home, patience)
    return process


def launch(home: Path, *options: str) -> subprocess.Popen[bytes]:
    home.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "gate", "sandbox", "--home", str(home), *options]
    with (home / "said.log").open("wb") as output:
        return subprocess.Popen(
            command, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )


def wait_for(reached: Callable[[], bool], process: subprocess.Popen[bytes], home: Path, patience: float) -> None:
    deadline = time.monotonic() + patience
    while not reached():
        assert process.poll() is None, f"the sandbox ended: {said(home)}"
        assert time.monotonic() < deadline, f"the sandbox is not ready: {said(home)}"
        time.sleep(0.1)


def said(home: Path) -> str:
    return (home / "said.log").read_text(errors="replace")


def some_ports() -> dict[str, int]:
    """Free ports that the system does not hand out to outgoing connections, so that a restart finds them free."""
    numbers = random.SystemRandom().sample(range(20_000, 30_000), len(PREFERRED_PORTS))
    return choose_ports(dict(zip(PREFERRED_PORTS, numbers, strict=True)))


@contextmanager
def private_world(home: Home, dashboard: bool = False) -> Iterator[FlightsWorld]:
    """Run the sandbox in ``home`` until the block ends."""
    process = start(home.folder, *(() if dashboard else ("--no-dashboard",)))
    try:
        yield FlightsWorld(home)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def clean_environment() -> dict[str, str]:
    """This environment without settings that lead to some ClearML or GitHub."""
    foreign = ("CLEARML_", "TRAINS_", "GITHUB_", "GATE_")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
