"""A quantity with a ceiling: what is said to be enough for an answer is enough, also after rounding."""

from __future__ import annotations

import re
from typing import Literal

from hypothesis import assume, given
from hypothesis import strategies as st

from gate.rules.ceiling import Ceiling
from gate.rules.classes import ClassesRule
from gate.rules.wording import no_less, no_more
from gate.stats.interval import Interval

UNITS = st.sampled_from(("share", "score"))
SHARES = st.floats(0.0, 1.0)


def needed(ends: list[float], limit: float, unit: Literal["share", "score"]) -> tuple[str, float]:
    """What is said, and the limit named in it."""
    low, value, high = sorted(ends)
    made = Ceiling("damage", value, Interval(low, high), limit, 1_000, "wilson", 0.95, unit)
    effect = made.part(ClassesRule()).effect
    assert effect is not None
    (number,) = re.findall(r"(?:limit of|limit below) ([\d.]+)", effect.needed)
    return effect.needed, float(number) / (100 if unit == "share" else 1)


@given(st.lists(SHARES, min_size=3, max_size=3), UNITS)
def test_every_limit_from_there_on_passes(ends: list[float], unit: Literal["share", "score"]) -> None:
    said, least = needed(ends, 1.0, unit)
    assert said.startswith("it passes with every limit of")
    assert least > max(ends) - 1e-12


@given(st.lists(SHARES, min_size=3, max_size=3), UNITS)
def test_every_limit_below_fails(ends: list[float], unit: Literal["share", "score"]) -> None:
    assume(min(ends) > 0)
    said, most = needed(ends, 0.0, unit)
    assert said.startswith("it fails with every limit below")
    assert most < min(ends) + 1e-12


@given(st.floats(-1e3, 1e3), st.integers(0, 8))
def test_rounding_goes_one_way_and_not_far(value: float, digits: int) -> None:
    step, slack = 10.0**-digits, 1e-9 * max(1.0, abs(value))
    assert value - slack <= no_less(value, digits) <= value + step + slack
    assert value - step - slack <= no_more(value, digits) <= value + slack
