"""The background worker of the dashboard: decisions run here, one after another, never inside a page's script.

A page's script can be stopped between any two lines when the reader clicks elsewhere; a promotion must not be.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from gate.ledger import Record
from gate.ports import Absent, ServiceError
from gate.workflow import Decision, Refused, World, decide, reconcile
from gate.workflow.scopes import places

log = logging.getLogger(__name__)


@dataclass
class Progress:
    """What became of one decision so far: the steps done, then ``record``, ``refused`` or ``failed``."""

    decision: Decision
    steps: list[str] = field(default_factory=list)
    record: Record | None = None
    refused: tuple[str, ...] = ()
    failed: str = ""

    @property
    def ended(self) -> bool:
        return self.record is not None or bool(self.refused) or bool(self.failed)


class Worker:
    """Carries out decisions in the order they came. A nonce is accepted once, whoever sends it again."""

    def __init__(self, world: Callable[[], World]) -> None:
        self._world = world
        self._queue: queue.Queue[Progress] = queue.Queue()
        self._known: dict[str, Progress] = {}
        self._lock = threading.Lock()
        self.recovery = "not run yet"

    def start(self) -> None:
        threading.Thread(target=self._run, name="promotion worker", daemon=True).start()

    def submit(self, decision: Decision) -> Progress:
        """Queue a decision; a second click, a reload or another tab gets the progress of the first."""
        with self._lock:
            if decision.nonce not in self._known:
                progress = Progress(decision)
                self._known[decision.nonce] = progress
                self._queue.put(progress)
            return self._known[decision.nonce]

    def progress(self, nonce: str) -> Progress | None:
        return self._known.get(nonce)

    def latest(self, pull: int, scope: str) -> Progress | None:
        """The newest decision on a pull request that this process was asked for."""
        same = [p for p in self._known.values() if (p.decision.pull, p.decision.scope) == (pull, scope)]
        return same[-1] if same else None

    def recover(self) -> None:
        """Finish what an earlier process left in flight; called at the start."""
        try:
            world = self._world()
            for scope in places(world):
                reconcile(world, scope)
            self.recovery = "done"
        except Exception as error:  # the dashboard must come up and say so; the next decision reads everything anew
            log.warning("recovery at the start did not finish: %s", error)
            self.recovery = str(error)

    def _run(self) -> None:
        self.recover()
        while True:
            self._carry_out(self._queue.get())

    def _carry_out(self, progress: Progress) -> None:
        try:
            progress.record = decide(self._world(), progress.decision, progress.steps.append)
        except Refused as error:
            log.warning("refused: %s: %s", progress.decision, error)
            progress.refused = error.reasons
        except (ServiceError, Absent) as error:
            log.warning("cut short: %s: %s", progress.decision, error)
            progress.failed = str(error)
        except Exception as error:
            log.exception("failed: %s", progress.decision)
            progress.failed = f"{type(error).__name__}: see the log"
