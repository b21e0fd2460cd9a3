"""What a process of the gate's own loads, and with how many threads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser import ROOT

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted as Linux shows them")
COMMAND = """
import os
from gate import cli
try:
    cli.main()
except SystemExit:
    import numpy
    print(os.environ.get("OPENBLAS_NUM_THREADS", "-"), len(os.listdir("/proc/self/task")))
"""


def told(*arguments: str, **given: str) -> list[str]:
    """The environment's number of threads after the command, and how many there are once NumPy is loaded."""
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"} | given
    command = [sys.executable, "-c", COMMAND, *arguments]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()[-2:]


def test_numpy_makes_no_threads_in_a_command() -> None:
    assert told("explain", "--help") == ["1", "1"]


def test_who_says_how_many_threads_there_are_is_heard() -> None:
    assert told("explain", "--help", OPENBLAS_NUM_THREADS="2")[0] == "2"


def test_what_the_sandbox_runs_has_the_threads_it_wants() -> None:
    assert told("sandbox", "--help")[0] == "-"
