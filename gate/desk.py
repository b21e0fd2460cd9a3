"""The background worker of the dashboard: decisions run here, one after another, never inside a page's script.

A page's script can be stopped between any two lines when the reader clicks elsewhere; a promotion must not be.
"""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gate.config import ConfigError
from gate.identity import Person
from gate.ledger import LedgerDamaged, Record
from gate.pace import Pace
from gate.ports import Absent, ServiceError
from gate.retraining import Event
from gate.staleness import Change
from gate.telemetry import Stopwatch, about, context, tell
from gate.workflow import Decision, Refused, Settlement, World, decide, reconcile, settle
from gate.workflow.reconcile import describe
from gate.workflow.retrain import Order, go_on, obey
from gate.workflow.scopes import scopes_of_default_branch

INTERVAL = 60.0  # seconds between two looks at what others may have left unfinished
MOST = 10  # decisions of one person in a minute; more is no person
MINUTE = 60.0
REMEMBERED = 500  # decisions; the ledger refuses an older one that is sent again
TITLES = {"approve": "Approve", "override": "Override", "reject": "Reject", "changes": "Request changes"}
TITLES |= {"rollback": "Roll back", "adopt": "Adopt", "restore": "Restore", "retrain": "Retrain now"}
NO_PULL, TRAINING = 0, -1
STOPPED = "the dashboard is being stopped, and nothing moved: decide again in a minute"
TROUBLES: Mapping[type[Exception], str] = {
    ConfigError: "configuration",
    ServiceError: "service",
    Absent: "service",
    LedgerDamaged: "ledger",
}
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
    context: Mapping[str, object] = field(default_factory=context, repr=False)

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


@dataclass(frozen=True)
class Pulse:
    """How a worker is. ``looked`` is how many seconds ago it last saw to it that nothing is unfinished, or None.

    ``trouble`` says in a word why its newest look did not end well; ``waiting`` decisions are not carried out yet, the
    ``oldest`` for so many seconds; it has been ``up`` for so many.
    """

    alive: bool
    stopping: bool
    looked: float | None
    trouble: str
    waiting: int
    oldest: float
    up: float


class Worker:
    """Carries out decisions in the order they came. A nonce is accepted once, whoever sends it again."""

    def __init__(self, world: Callable[[], World], interval: float = INTERVAL) -> None:
        self._world, self._interval, self._pace = world, interval, Pace(MOST, MINUTE)
        self._queue: queue.Queue[Progress | None] = queue.Queue()
        self._known: dict[str, Progress] = {}
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="promotion worker", daemon=True)
        self._began, self._end, self._stopping = time.monotonic(), math.inf, False
        self._looked: float | None = None
        self._trouble = ""
        self.recovery = "not run yet"

    def start(self) -> None:
        self._thread.start()

    def dismiss(self) -> None:
        """Take nothing new, and end by itself once everything that was asked for is done."""
        with self._lock:
            self._stopping = True
        self._queue.put(None)

    def stop(self, patience: float) -> bool:
        """The same, and wait for it. What has not begun by then is refused; what has, goes on from the ledger."""
        self._end = time.monotonic() + patience
        self.dismiss()
        if self._thread.is_alive():
            self._thread.join(patience)
        left = [progress for progress in self._known.values() if not progress.ended]
        for progress in left:
            tell("left unfinished", logging.WARNING, decision=progress.nonce, **_subject(progress))
        tell("stopped", finished=not left)
        return not left

    @property
    def pulse(self) -> Pulse:
        now = time.monotonic()
        asked = [progress.asked for progress in list(self._known.values()) if not progress.ended]
        return Pulse(
            alive=self._thread.is_alive(),
            stopping=self._stopping,
            looked=None if self._looked is None else now - self._looked,
            trouble=self._trouble,
            waiting=len(asked),
            oldest=now - min(asked, default=now),
            up=now - self._began,
        )

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
        login = progress.person.login
        if self._stopping:
            self._refuse(progress, STOPPED)
        elif wait := self._pace.wait(login.lower(), progress.asked):
            made = f"{login} made {self._pace.most} decisions within a minute"
            self._refuse(progress, f"{made}: wait {wait:.0f} s")
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
        watch = Stopwatch()
        try:
            scopes = self._look()
        except Exception as error:  # the dashboard must come up and say so; the next look reads everything anew
            self.recovery = str(error)
            self._trouble = next((word for kind, word in TROUBLES.items() if isinstance(error, kind)), "failed")
            quiet = isinstance(error, ConfigError)  # nothing can be left unfinished where nothing is named
            level = logging.INFO if quiet else logging.WARNING
            tell("reconcile unfinished", level, end=self._trouble, why=error, seconds=watch.seconds)
        else:
            self.recovery, self._trouble, self._looked = "done", "", time.monotonic()
            tell("reconciled", scopes=scopes, seconds=watch.seconds)

    def _look(self) -> int:
        """The number of scopes."""
        world = self._world()
        policies = scopes_of_default_branch(world)
        for policy in policies:
            with about(scope=policy.name):
                reconcile(world, policy.place(world.tracker.server), lambda step: tell("recovery", step=describe(step)))
        for policy in policies:
            if policy.retraining:
                with about(scope=policy.name):
                    go_on(world, policy, lambda said: tell("training", step=said))
        return len(policies)

    def _run(self) -> None:
        self.recover()
        while True:
            try:
                progress = self._queue.get(timeout=self._interval)
            except queue.Empty:
                self.recover()
                continue
            if progress is None:
                return
            with about(**progress.context, decision=progress.nonce):
                self._carry_out(progress)

    def _carry_out(self, progress: Progress) -> None:
        if time.monotonic() > self._end:
            self._refuse(progress, STOPPED)
            return
        try:
            record = self._decided(progress)
        except Refused as error:
            progress.changes = error.changes
            self._refuse(progress, *error.reasons)
        except (ServiceError, Absent) as error:
            self._fail(progress, str(error))
        except Exception as error:
            self._fail(progress, f"{type(error).__name__}: see the log", trace=True)
        else:
            facts = {"record": record.seq, "epoch": record.epoch} if isinstance(record, Record) else {}
            tell("decided", end=record.kind, **facts, **_subject(progress), seconds=_since(progress))
            progress.record = record

    def _refuse(self, progress: Progress, *reasons: str) -> None:
        tell("refused", logging.WARNING, why="; ".join(reasons), **_subject(progress), seconds=_since(progress))
        progress.refused = reasons

    def _fail(self, progress: Progress, why: str, trace: bool = False) -> None:
        level = logging.ERROR if trace else logging.WARNING
        tell("decision failed", level, trace, why=why, **_subject(progress), seconds=_since(progress))
        progress.failed = why

    def _decided(self, progress: Progress) -> Record | Event:
        world = self._world()

        def told(step: str) -> None:
            progress.steps.append(step)
            tell("step", step=step)

        if isinstance(progress.decision, Decision):
            return decide(world, progress.decision, told)
        (policy,) = scopes_of_default_branch(world, progress.scope)
        if isinstance(progress.decision, Order):
            return obey(world, policy, progress.decision, told)
        return settle(world, policy, progress.decision, told)


def _since(progress: Progress) -> float:
    return round(time.monotonic() - progress.asked, 3)


def _subject(progress: Progress) -> dict[str, object]:
    """What a log says of a decision: who, what, about what, and why."""
    wish = progress.decision
    pull = wish.pull if isinstance(wish, Decision) else None
    return {
        "kind": wish.kind,
        "by": progress.person.login,
        "identified": progress.person.how,
        "scope": progress.scope,
        "pull": pull,
        "comment": wish.comment,
    }
