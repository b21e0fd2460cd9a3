"""A method in a process of its own, and what it cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.evaluation.methods import Method

CHECKOUT = Path(__file__).parents[2]
STOPWATCH = [sys.executable, "-IS", str(Path(__file__).with_name("stopwatch.py"))]
LIMIT = 300.0  # seconds; a method that takes longer is not finished
LAST = 2_000  # characters of what a failed method said


class Failed(Exception):
    """A method ended without having done its work, so its time means nothing."""


@dataclass(frozen=True)
class Cost:
    """Of one whole process: seconds on the clock, seconds of processor (user and system), and MB of memory."""

    seconds: float
    processor: float
    peak: float
    finished: bool = True


def run(method: Method, python: Path, folder: Path, output: Path) -> Cost:
    """Run a method over a folder; what it scored goes to the output.

    Raises:
        Failed: with what the process said.
    """
    worker = [str(python), "-m", "benchmarks.evaluation.work", *method.work.split(".")]
    return measured([*worker, str(folder), str(output)], method.name)


def measured(command: Sequence[str], name: str, limit: float = LIMIT) -> Cost:
    """Run a command until it ends or its time is over. Python may keep what it compiles, as pip does for the peers.

    Raises:
        Failed: it ended in time, but not well.
    """
    timed, keeping = [*STOPWATCH, str(limit), *command], os.environ | {"PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(timed, cwd=CHECKOUT, env=keeping, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    cost = Cost(**told["cost"])
    if cost.finished and told["status"]:
        raise Failed(f"{name} ended with {told['status']}:\n{done.stderr[-LAST:]}")
    return cost
