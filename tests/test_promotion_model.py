"""Every order in which workers, people and the network can meet, with the gate's own next step."""

from __future__ import annotations

import pytest

from benchmarks.promotion.stories import STORIES, explored

FEW = 8_000  # states of each story; benchmarks/faults.py visits more


@pytest.mark.parametrize("name", STORIES)
def test_no_order_of_events_breaks_an_invariant(name: str) -> None:
    explorer = explored(FEW, {name: STORIES[name]})
    assert explorer.wrong == {}
    assert explorer.states >= FEW
