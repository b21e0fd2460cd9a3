"""Who carries a decision out, when several workers could: whoever recorded it, until its lease has run out.

A tag cannot be moved by compare-and-swap, so a request that arrives late, from a worker that everybody believed dead,
could undo what came after it. Therefore one worker at a time sends requests for a scope, each of which ends in less
time than it has left; and nobody else begins before the lease is over, and only by a record of its own in the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass

from gate.ledger import Ledger
from gate.promotion import Append, Effect, Observed, next_action
from gate.record import ENDS


@dataclass(frozen=True)
class Lease:
    """``seconds`` a worker has after each of its records; a request takes at most ``request`` of them."""

    seconds: float = 45.0
    request: float = 20.0


@dataclass(frozen=True)
class Wait:
    """Another worker is at it, and has so many seconds left."""

    worker: str
    seconds: float


TAKEOVER = Append("takeover")


def next_step(ledger: Ledger, observed: Observed, worker: str, age: float, lease: Lease) -> Effect | Wait | None:
    """What this worker does next, ``age`` seconds after the ledger's last record; None at rest. Pure."""
    effect, tail = next_action(ledger, observed), ledger.tail
    if effect is None or tail is None or begins(effect):
        return effect
    mine, left = tail.worker in ("", worker), lease.seconds - age
    if mine and left >= lease.request:
        return effect
    return TAKEOVER if mine or left <= 0 else Wait(tail.worker, left)


def begins(effect: Effect) -> bool:
    """Whether it starts a new epoch: then the one before is at rest and nobody's."""
    return isinstance(effect, Append) and effect.kind in ENDS
