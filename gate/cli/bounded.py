"""Run a command within its time, and turn its end into an exit code."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable
from typing import NoReturn

import typer


def note(message: str) -> None:
    """To standard error, so that standard output holds the report and nothing else."""
    typer.echo(message, err=True)


def bounded(timeout: float, work: Callable[[], int], ended: Callable[[int], int] = int, grace: float = 1.0) -> NoReturn:
    """Run in a thread and leave when time is up, even if a service keeps a request open for ever.

    ``ended`` makes the exit code of the process from that of the work, however that ended. ``grace`` is how many
    seconds more the work may take for what asks no service.
    """
    outcome: list[int] = []
    thread = threading.Thread(target=lambda: outcome.append(guarded(work)), daemon=True)
    thread.start()
    thread.join(timeout + grace)
    if not outcome:
        note(f"the services did not answer within {timeout:g} seconds (--timeout)")
    code = guarded(lambda: ended(outcome[0] if outcome else 4))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def guarded(work: Callable[[], int]) -> int:
    """The work's exit code, or that of the error it ended in."""
    try:
        return _told(work)
    except Exception:
        traceback.print_exc()
        return 4


def _told(work: Callable[[], int]) -> int:
    from gate.config import ConfigError
    from gate.late import NotInstalled
    from gate.ledger import LedgerDamaged
    from gate.ports import Absent, ServiceError
    from gate.predictions.table import UnusablePredictions

    try:
        return work()
    except ConfigError as error:
        for mistake in error.mistakes:
            note(f"configuration: {mistake}")
        return 2
    except NotInstalled as error:
        note(f"configuration: {error}")
        return 2
    except UnusablePredictions as error:
        for problem in error.problems:
            note(f"predictions: {problem}")
        return 2
    except LedgerDamaged as error:
        note(f"conflict: {error}")
        return 5
    except (ServiceError, Absent) as error:
        note(f"service: {error}")
        return 4
