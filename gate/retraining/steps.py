"""From a trigger to a pull request: which effect comes next.

The order is the safety.

    1. The trigger stands in the journal, by compare-and-swap, before anything is done: who trains is decided there.
    2. A branch with one commit that names the dataset version: what runs can be read, and reviewed.
    3. The clone. It is made under another name and with a tag of its own, by which it is found again before anybody
       clones a second time; so it is never, not for a moment, a second holder of the best's tag.
    4. While it is a draft: its name, the commit, a clean diff, the dataset's id.
    5. On the queue, and only then ``queued`` in the journal.
    6. When it has ended: a pull request whose head is the commit that ran, and ``asked``; or ``failed``, and why.

Each effect looks at the world first, so that a crash between any two needs no special path.
"""

from __future__ import annotations

from dataclasses import dataclass

from gate.evidence import FINISHED, Run
from gate.lease import Lease, Wait
from gate.retraining.cycle import Cycle
from gate.retraining.journal import Kind

WAITING = ("queued", "in_progress", "publishing")


@dataclass(frozen=True)
class Seen:
    """What became of one training. ``head`` is the branch's commit, ``pinned`` whether it names the dataset.

    ``run`` is the clone, or None where there is none (any more); ``ready`` says that it is set up to be queued.
    ``pull`` is the pull request of what it ran.
    """

    head: str = ""
    pinned: bool = False
    run: Run | None = None
    ready: bool = False
    pull: int = 0


@dataclass(frozen=True)
class StartBranch:
    """Make the branch at the code that is to be trained."""


@dataclass(frozen=True)
class Pin:
    """Commit the file that names the dataset version."""


@dataclass(frozen=True)
class CloneRun:
    """Clone the base run, marked, under another name."""


@dataclass(frozen=True)
class Prepare:
    """Set the draft up: name, tags, commit, dataset."""

    task: str


@dataclass(frozen=True)
class Enqueue:
    task: str


@dataclass(frozen=True)
class Ask:
    """Open the pull request."""

    task: str


@dataclass(frozen=True)
class Note:
    """Write the outcome down."""

    kind: Kind
    task: str = ""
    commit: str = ""
    pull: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Await:
    """Somebody else's turn: an agent's, or a person's."""

    said: str


Step = StartBranch | Pin | CloneRun | Prepare | Enqueue | Ask | Note | Await


def next_step(cycle: Cycle, seen: Seen) -> Step:
    """The next effect on a training that has not ended. Pure."""
    return _before_queue(seen) if cycle.preparing else _after_queue(cycle, seen)


def _before_queue(seen: Seen) -> Step:
    if not seen.head:
        return StartBranch()
    if not seen.pinned:
        return Pin()
    if seen.run is None:
        return CloneRun()
    if seen.run.status != "created":
        return Note("queued", seen.run.id, seen.run.commit)
    return Enqueue(seen.run.id) if seen.ready else Prepare(seen.run.id)


def _after_queue(cycle: Cycle, seen: Seen) -> Step:
    run, known = seen.run, cycle.last
    if run is None:
        return Note("failed", known.task, known.commit, reason=f"run {known.task} was deleted")
    if run.status in WAITING:
        return Await(f"run {run.id} is {run.status.replace('_', ' ')}")
    if run.status == "created":
        return Await(f"run {run.id} was taken off its queue: put it back, or delete it")
    if run.status not in FINISHED:
        return Note("failed", run.id, known.commit, reason=f"run {run.id} ended as {run.status}")
    if run.commit != known.commit or run.diff:
        return Note("failed", run.id, known.commit, reason=f"run {run.id} did not run the commit it was given")
    return Note("asked", run.id, run.commit, seen.pull) if seen.pull else Ask(run.id)


def turn(cycle: Cycle, worker: str, age: float, lease: Lease) -> Note | Wait | None:
    """Whose turn it is, ``age`` seconds after the newest event; None is this worker's. Pure.

    While a clone may be in the making it is one worker's at a time, since a clone cannot be made by compare-and-swap:
    a request that arrives late, from a worker that everybody believed dead, would make a second one.
    """
    left = lease.seconds - age
    if not cycle.preparing:
        return None
    if cycle.last.worker == worker:
        return Note("takeover", reason="the lease was nearly over") if left < lease.request else None
    return Wait(cycle.last.worker, left) if left > 0 else Note("takeover", reason=f"{cycle.last.worker} left it")
