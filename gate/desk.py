"""The background worker of the dashboard: decisions run here, one after another, never inside a page's script.

A page's script can be stopped between any two lines when the reader clicks elsewhere; a promotion must not be.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from gate.config import ConfigError
from gate.identity import Person
from gate.ledger import Record
from gate.ports import Absent, ServiceError
from gate.retraining import Event
from gate.staleness import Change
from gate.workflow import Decision, Refused, Settlement, World, decide, reconcile, settle
from gate.workflow.reconcile import describe
from gate.workflow.retrain import Order, go_on, obey
from gate.workflow.scopes import scopes_of_default_branch

log = logging.getLogger(__name__)

INTERVAL = 60.0  # seconds between two looks at what others may have left unfinished
MOST = 10  # decisions of one person in a minute; more is no person
MINUTE = 60.0
REMEMBERED = 500  # decisions; the ledger refuses an older one that is sent again
TITLES = {"approve": "Approve", "override": "Override", "reject": "Reject", "changes": "Request changes"}
TITLES |= {"rollback": "Roll back", "adopt": "Adopt", "restore": "Restore", "retrain": "Retrain now"}
NO_PULL, TRAINING = 0, -1
Asked = Decision | Settlement | Order


@dataclass
class Progress:
    """What became of one decision so far: the steps done, then ``record``, ``refused`` or ``failed``.

    A training that was asked for is recorded too, in the journal of its loop.

    ``scope`` is named because a settlement, which is about no pull request, does not name it itself.
    """

    decision: Asked
    scope: str
    asked: float = field(default_factory=time.monotonic)
    steps: list[str] = field(default_factory=list)
    record: Record | Event | None = None
    refused: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    failed: str = ""

    @property
    def ended(self) -> bool:
        return self.record is not None or bool(self.refused) or bool(self.failed)

    @property
    def person(self) -> Person:
        assert isinstance(self.decision.person, Person)  # a workflow has no desk
        return self.decision.person

    @property
    def nonce(self) -> str:
        return self.decision.nonce

    @property
    def title(self) -> str:
        return TITLES[self.decision.kind]

    @property
    def subject(self) -> tuple[int, str]:
        """Pull request (0 for none, -1 for a training) and scope."""
        numbers = {Settlement: NO_PULL, Order: TRAINING}
        return (self.decision.pull if isinstance(self.decision, Decision) else numbers[type(self.decision)], self.scope)


class Worker:
    """Carries out decisions in the order they came. A nonce is accepted once, whoever sends it again."""

    def __init__(self, world: Callable[[], World], interval: float = INTERVAL) -> None:
        self._world, self._interval = world, interval
        self._queue: queue.Queue[Progress] = queue.Queue()
        self._known: dict[str, Progress] = {}
        self._lock = threading.Lock()
        self.recovery = "not run yet"

    def start(self) -> None:
        threading.Thread(target=self._run, name="promotion worker", daemon=True).start()

    def submit(self, decision: Asked, scope: str = "") -> Progress:
        """Queue a decision; a second click, a reload or another tab gets the progress of the first."""
        with self._lock:
            if decision.nonce not in self._known:
                progress = Progress(decision, scope if isinstance(decision, Settlement) else decision.scope)
                self._known[decision.nonce] = progress
                self._admit(progress)
                self._forget_oldest()
            return self._known[decision.nonce]

    def _admit(self, progress: Progress) -> None:
        recent = [p for p in self._known.values() if p.person == progress.person and progress.asked - p.asked < MINUTE]
        if len(recent) > MOST:
            progress.refused = (f"{progress.person.login} made more than {MOST} decisions in a minute: wait a minute",)
            log.warning("refused: %s: %s", progress.decision, progress.refused[0])
        else:
            self._queue.put(progress)

    def _forget_oldest(self) -> None:
        """What has ended, so that memory does not grow with every click."""
        ended = [nonce for nonce, progress in self._known.items() if progress.ended]
        for nonce in ended[: max(0, len(self._known) - REMEMBERED)]:
            del self._known[nonce]

    def progress(self, nonce: str) -> Progress | None:
        return self._known.get(nonce)

    def latest(self, pull: int, scope: str) -> Progress | None:
        """The newest decision on a pull request, a scope (0) or its training (-1) that this process was asked for."""
        same = [progress for progress in list(self._known.values()) if progress.subject == (pull, scope)]
        return same[-1] if same else None

    def recover(self) -> None:
        """Finish what this or an earlier process left in flight; called at the start and on a timer."""
        try:
            world = self._world()
            policies = scopes_of_default_branch(world)
            for policy in policies:
                place = policy.place(world.tracker.server)
                reconcile(world, place, lambda step: log.info("recovery: %s", describe(step)))
            for policy in policies:
                if policy.retraining:
                    go_on(world, policy, lambda said: log.info("training: %s", said))
            self.recovery = "done"
        except ConfigError as error:  # nothing can be left unfinished where nothing is named; the pages say so
            log.info("nothing to recover: %s", error)
            self.recovery = str(error)
        except Exception as error:  # the dashboard must come up and say so; the next look reads everything anew
            log.warning("recovery did not finish: %s", error)
            self.recovery = str(error)

    def _run(self) -> None:
        self.recover()
        while True:
            try:
                self._carry_out(self._queue.get(timeout=self._interval))
            except queue.Empty:
                self.recover()

    def _carry_out(self, progress: Progress) -> None:
        try:
            progress.record = self._decided(progress)
        except Refused as error:
            log.warning("refused: %s: %s", progress.decision, error)
            progress.changes, progress.refused = error.changes, error.reasons
        except (ServiceError, Absent) as error:
            log.warning("cut short: %s: %s", progress.decision, error)
            progress.failed = str(error)
        except Exception as error:
            log.exception("failed: %s", progress.decision)
            progress.failed = f"{type(error).__name__}: see the log"

    def _decided(self, progress: Progress) -> Record | Event:
        world = self._world()
        if isinstance(progress.decision, Decision):
            return decide(world, progress.decision, progress.steps.append)
        (policy,) = scopes_of_default_branch(world, progress.scope)
        if isinstance(progress.decision, Order):
            return obey(world, policy, progress.decision, progress.steps.append)
        return settle(world, policy, progress.decision, progress.steps.append)
