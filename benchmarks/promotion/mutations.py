"""Five ways to break the protocol, each an edit of the gate's own source; the suite must turn red with every one.

The edit is made while the module is imported, in a process of its own; no file is changed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = "GATE_MUTATION"
SUITE = ("tests/test_promotion_model.py", "tests/test_promotion_turns.py", "tests/test_promotion_machine.py")
RED = re.compile(r"^FAILED (.+?)(?: - .*)?$", re.MULTILINE)


@dataclass(frozen=True)
class Mutation:
    """``edits`` are pairs of source text, each of which occurs once in ``module``; ``proof`` is a test that notices."""

    module: str
    edits: tuple[tuple[str, str], ...]
    proof: str

    def applied(self, source: str) -> str:
        for before, after in self.edits:
            assert source.count(before) == 1, f"{self.module} does not have this once any more: {before}"
            source = source.replace(before, after)
        return source


ADDS = """    if candidate not in observed.holders:
        return AddTag(candidate)
"""
REMOVES = """    for loser in sorted(tail.losers & observed.holders):
        return RemoveTag(loser)
"""
ROLLS = """    if tail.candidate is not None and tail.stage in ENDS:
"""
GREEN_FIRST = """        if tail.stage == "approve" and observed.statuses.get(tail.candidate.commit) != "success":
            return PostStatus(tail.candidate.commit, "success")
"""
WRITES = "forge.write(ledger.segment_path(scope, segment), text + sealed.line(), BRANCH, message, previous)"
OVERWRITES = """now = forge.read(ledger.segment_path(scope, segment), BRANCH)
        forge.write(
            ledger.segment_path(scope, segment), text + sealed.line(), BRANCH, message, now.sha if now else None
        )"""
LOOKS = """            pause(world, told, error, tried)
            book = open_book(world.forge, scope, book)
"""
REPEATS = """            pause(world, told, error, tried)
            book = apply(world, scope, book, step)
"""
TURNS = "tests/test_promotion_turns.py"
ORDERS = (
    "tests/test_promotion_model.py::test_no_order_of_events_breaks_an_invariant[two reviewers, two workers, a crash]"
)


MUTATIONS: Mapping[str, Mutation] = {
    "add and remove swapped": Mutation("gate.promotion", ((ADDS + REMOVES, REMOVES + ADDS),), ORDERS),
    "success first": Mutation(
        "gate.promotion",
        ((ROLLS, ROLLS + GREEN_FIRST), ("if tail.candidate and tail.stage in FINAL_STATES", "if tail.candidate")),
        ORDERS,
    ),
    "no compare-and-swap": Mutation(
        "gate.workflow.book", ((WRITES, OVERWRITES),), f"{TURNS}::test_of_two_decisions_at_one_moment_none_is_lost"
    ),
    "no lease": Mutation(
        "gate.lease",
        (("if effect is None or tail is None or begins(effect):", "if not isinstance(effect, Wait):"),),
        f"{TURNS}::test_a_request_in_the_air_is_not_overtaken",
    ),
    "blind retry": Mutation(
        "gate.workflow.reconcile",
        ((LOOKS, REPEATS),),
        f"{TURNS}::test_who_slept_past_the_lease_looks_before_trying_again",
    ),
}


def red(name: str, suite: Sequence[str] = SUITE) -> list[str]:
    """The tests that fail with this mutation, and none where the suite could not even run."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "benchmarks.promotion.mutated", "-p", "no:cacheprovider"]
    environment = {**os.environ, NAMED: name}
    done = subprocess.run(
        [*command, "-p", "no:xdist", *suite], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    return [str(name) for name in RED.findall(done.stdout)] if done.returncode == pytest.ExitCode.TESTS_FAILED else []
