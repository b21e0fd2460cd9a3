"""What must hold in every state of the model: each looks at two neighbouring states and what happened between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from benchmarks.promotion.model import State
from gate.promotion import alarm, concerns
from gate.record import ENDS

Invariant = Callable[[State, State, str], bool]
GRANTS = ("promoted", "grant")


def at_rest(state: State) -> bool:
    """Nothing is in the air, and the ledger asks for nothing."""
    if state.orphans or any(worker.sent or worker.click for worker in state.workers):
        return False
    return state.chain.rests(state)


def one_best(_: State, after: State, said: str) -> bool:
    """At rest exactly the ledger's best holds the tag, or an alarm says otherwise after a hand moved it."""
    best = after.ledger.best
    if not at_rest(after) or after.touched:
        return True
    return best is not None and after.holders == {best.task}


def decided(_: State, after: State, said: str) -> bool:
    """Whoever holds the tag beside one other, without a hand in it, has a decision in the ledger."""
    if after.touched or len(after.holders) == 1:
        return True
    known = {m.task for r in after.ledger.records for m in (r.candidate, r.best) if m}
    return after.holders <= known


def honest_green(before: State, after: State, said: str) -> bool:
    """A success appears only on a commit whose candidate was promoted, or granted until its merge."""
    if after.statuses is before.statuses:
        return True
    fresh = {commit for commit, state in after.statuses - before.statuses if state == "success"}
    earned = {r.candidate.commit for r in after.ledger.records if r.kind in GRANTS and r.candidate}
    return fresh <= earned


def one_winner(_: State, after: State, said: str) -> bool:
    """One decision for each epoch."""
    epochs = Counter(r.epoch for r in after.ledger.records if r.kind in ENDS)
    return all(count == 1 for count in epochs.values())


def never_forgotten(before: State, after: State, said: str) -> bool:
    """Records are only ever added, each to the epoch its reviewer saw."""
    if after.chain is before.chain:
        return True
    return after.ledger.records[: len(before.ledger.records)] == before.ledger.records


def never_nobody(_: State, after: State, said: str) -> bool:
    return bool(after.holders) or after.touched


def true_statuses(_: State, after: State, said: str) -> bool:
    """At rest no commit that lost its approval is green."""
    if not at_rest(after) or after.ledger.tail is None:
        return True
    return all(after.status(commit) != "success" for commit in after.ledger.tail.revokes)


def no_merge_after_rollback(before: State, after: State, said: str) -> bool:
    """What a finished rollback withdrew is not merged any more, unless it was approved again."""
    fresh = after.merged - before.merged
    if not fresh:
        return True
    settled: set[str] = set()
    for record in before.ledger.records:
        settled |= set(record.revokes) if record.kind in ENDS.values() else set()
        settled -= {record.candidate.commit} if record.kind in GRANTS and record.candidate else set()
    return not fresh & settled


def told(_: State, after: State, said: str) -> bool:
    """At rest a tag in the wrong hands raises an alarm."""
    best = after.ledger.best
    wrong = best is None or after.holders != {best.task}
    return not (at_rest(after) and wrong) or bool(alarm(after.ledger, after.holders))


def looked_at(_: State, after: State, said: str) -> bool:
    """What a state concerns, its observation has: recovery needs no memory."""
    return set(after.observed().statuses) == set(concerns(after.ledger))


INVARIANTS: Mapping[str, tuple[bool, Invariant]] = {
    "I1": (False, one_best),
    "I2": (False, decided),
    "I3": (True, honest_green),
    "I4": (True, never_forgotten),
    "I6": (False, one_winner),
    "I7": (False, never_nobody),
    "I8": (False, true_statuses),
    "I10": (False, looked_at),
    "I12": (True, no_merge_after_rollback),
    "alarm": (False, told),
}
