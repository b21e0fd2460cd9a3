"""Every order in which workers, people and the network can meet, with the gate's own next step; and five mutations."""

from __future__ import annotations

import pytest

from benchmarks.promotion.model import Way
from benchmarks.promotion.stories import MUTATIONS, STORIES, explored

FEW = 8_000  # states of each story; benchmarks/faults.py visits them all


@pytest.mark.parametrize("name", STORIES)
def test_no_order_of_events_breaks_an_invariant(name: str) -> None:
    explorer = explored(Way(), FEW, {name: STORIES[name]})
    assert explorer.wrong == {}
    assert explorer.states >= FEW


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_of_the_protocol_is_found_out(name: str) -> None:
    mutation = MUTATIONS[name]
    explorer = explored(
        mutation.way, mutation.limit, {story: STORIES[story] for story in mutation.stories}, mutation.breaks
    )
    assert mutation.breaks in explorer.wrong
