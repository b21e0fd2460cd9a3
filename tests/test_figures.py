"""Numbers, times and identifiers as the pages write them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gate.figures import brief, counted, moment, percent, signed


def test_one_is_singular_and_thousands_are_separated() -> None:
    said = [counted(number, "evaluation") for number in (0, 1, 2, 12_345)]
    assert said == ["0 evaluations", "1 evaluation", "2 evaluations", "12,345 evaluations"]
    assert counted(2, "class", "classes") == "2 classes"


@pytest.mark.parametrize(("change", "said"), [(0.0314, "▲ +0.031"), (-0.0314, "▼ -0.031"), (-0.0001, "-0.000")])
def test_a_change_has_a_sign_and_an_arrow_unless_it_is_none(change: float, said: str) -> None:
    assert signed(change) == said


def test_shares_are_percent() -> None:
    assert (percent(0.12345), percent(0.95, 0)) == ("12.3 %", "95 %")


@pytest.mark.parametrize("stamp", ["2026-03-04T05:06:07.000008+00:00", "2026-03-04T05:06:07Z", "2026-03-04 05:06:07Z"])
def test_times_are_short_wherever_they_stand(stamp: str) -> None:
    assert moment(stamp) == "2026-03-04 05:06 UTC"
    assert brief(f"ends {stamp}, then") == "ends 2026-03-04 05:06 UTC, then"


@pytest.mark.parametrize("text", ["", "never", "2026-03-04", "a name of words", "12345678901234567890"])
def test_what_is_no_time_stays_as_it_is(text: str) -> None:
    assert moment(text) == text


@given(st.text("0123456789abcdef", min_size=1, max_size=80))
@example("f" * 31)
@example("f" * 32)
@example("f" * 64)
@example("f" * 65)
def test_only_identifiers_are_made_short(digits: str) -> None:
    expected = digits[:12] if 32 <= len(digits) <= 64 else digits
    assert brief(f"run {digits}.") == f"run {expected}."
