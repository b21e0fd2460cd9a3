"""Five edits of the gate's own source that break the protocol: with each of them the suite turns red."""

from __future__ import annotations

import pytest

from benchmarks.promotion.mutations import MUTATIONS, red


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_of_the_gate_turns_the_suite_red(name: str) -> None:
    proof = MUTATIONS[name].proof
    assert any(test.startswith(proof) for test in red(name, [proof]))
