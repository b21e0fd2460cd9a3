"""What is explored: people, crashes, merges and hands, each story with every order of what happens in it."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.promotion.invariants import INVARIANTS
from benchmarks.promotion.model import OLD, A, B, Explorer, State, begin

STORIES: Mapping[str, State] = {
    "two reviewers, two workers, a crash": begin(2, (("approve", A), ("approve", B)), crashes=1),
    "one approval, three workers, two crashes": begin(3, (("approve", A),), crashes=2),
    "approval, then rollback, with merges and a crash": begin(
        2, (("approve", A), ("rollback", OLD)), crashes=1, merges=True
    ),
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


def explored(limit: int, stories: Mapping[str, State] = STORIES) -> Explorer:
    """All stories, each up to ``limit`` states."""
    explorer = Explorer(INVARIANTS, limit)
    for state in stories.values():
        explorer.run(state)
    return explorer
