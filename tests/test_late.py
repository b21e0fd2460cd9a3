"""What a process of the gate's own loads, and with how many threads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMMAND = """
import os
from gate import cli
try:
    cli.main()
except SystemExit:
    import numpy
    print(os.environ["OPENBLAS_NUM_THREADS"], len(os.listdir("/proc/self/task")))
"""


def told(arguments: str, given: dict[str, str]) -> list[str]:
    """The environment's number of threads after the command, and how many there are once NumPy is loaded."""
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"} | given
    command = [sys.executable, "-c", COMMAND, arguments]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()[-2:]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted as Linux shows them")
def test_numpy_makes_no_threads_in_a_command() -> None:
    assert told("--version", {}) == ["1", "1"]


def test_who_says_how_many_threads_there_are_is_heard() -> None:
    assert told("--version", {"OPENBLAS_NUM_THREADS": "2"})[0] == "2"
