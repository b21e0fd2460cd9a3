"""What is explored: people, crashes, merges and hands, each story with every order of what happens in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from benchmarks.promotion.invariants import INVARIANTS
from benchmarks.promotion.model import OLD, A, B, Explorer, State, Way, begin
from gate.ledger import Ledger
from gate.promotion import AddTag, Effect, Observed, PostStatus, RemoveTag, next_action

TWO = "two reviewers, two workers, a crash"
ROLLBACK = "approval, then rollback, with merges and a crash"

STORIES: Mapping[str, State] = {
    TWO: begin(2, (("approve", A), ("approve", B)), crashes=1),
    "one approval, three workers, two crashes": begin(3, (("approve", A),), crashes=2),
    ROLLBACK: begin(2, (("approve", A), ("rollback", OLD)), crashes=1, merges=True),
    "approval at the merge, twice, and a rejection": begin(
        2, (("grant", A), ("grant", B), ("reject", B)), merges=True, crashes=1
    ),
    "a stranger gets the tag by hand, and is adopted": begin(
        2, (("approve", A), ("adopt", B)), hands=((True, "b"),), crashes=1
    ),
    "the tag is taken by hand, and restored": begin(
        2, (("approve", A), ("restore", OLD)), hands=((False, "old"),), crashes=1
    ),
}


def swapped(ledger: Ledger, observed: Observed) -> Effect | None:
    """Mutation: the old best loses the tag before the new one has it."""
    effect, tail = next_action(ledger, observed), ledger.tail
    held = tail.losers & observed.holders if tail else frozenset[str]()
    return RemoveTag(min(held)) if isinstance(effect, AddTag) and held else effect


def success_first(ledger: Ledger, observed: Observed) -> Effect | None:
    """Mutation: the commit turns green as soon as the decision is recorded."""
    effect, tail = next_action(ledger, observed), ledger.tail
    first = isinstance(effect, AddTag) and tail is not None and tail.candidate is not None and tail.kind == "approve"
    return PostStatus(tail.candidate.commit, "success") if first and tail and tail.candidate else effect


class Mutation(NamedTuple):
    """A way that is wrong, the invariant it breaks, and where that shows."""

    way: Way
    breaks: str
    stories: tuple[str, ...] = (TWO,)
    limit: int = 400_000


MUTATIONS: Mapping[str, Mutation] = {
    "add and remove swapped": Mutation(Way(next_action=swapped), "I7"),
    "success first": Mutation(Way(next_action=success_first), "I3"),
    "no compare-and-swap": Mutation(Way(compare_and_swap=False), "I4"),
    "no lease": Mutation(Way(lease=False), "I1"),
    "blind retry": Mutation(Way(look=False), "I12", (ROLLBACK,)),
}


def explored(way: Way, limit: int, stories: Mapping[str, State] = STORIES, until: str = "") -> Explorer:
    """All stories, each up to ``limit`` states."""
    explorer = Explorer(way, INVARIANTS, limit, until)
    for state in stories.values():
        explorer.run(state)
    return explorer
