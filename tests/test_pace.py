"""How often a person may decide: never more within any minute, and whoever keeps trying is let in when it is over."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from gate.pace import Pace

MOST, SECONDS = 3, 60.0


@given(st.lists(st.tuples(st.sampled_from(["noor", "mira"]), st.floats(0, 40)), max_size=60))
def test_nobody_does_more_within_any_minute_and_nobody_waits_longer(steps: list[tuple[str, float]]) -> None:
    pace, done = Pace(MOST, SECONDS), dict[str, list[float]](noor=[], mira=[])
    for now, (who, _) in zip(accumulate(pause for _, pause in steps), steps, strict=True):
        lately = [each for each in done[who] if each > now - SECONDS]
        wait = pace.wait(who, now)
        assert (wait > 0) == (len(lately) == MOST)
        if wait:
            assert wait - 1 < lately[0] + SECONDS - now <= wait
        else:
            done[who].append(now)


def test_who_waited_as_long_as_was_said_is_let_in() -> None:
    pace = Pace(1, SECONDS)
    assert pace.wait("noor", 0.0) == 0
    for now in range(1, 60):
        assert pace.wait("noor", now + 0.5) == 60 - now
    assert pace.wait("noor", 60.0) == 0


def test_nothing_is_kept_of_who_did_nothing_for_a_minute() -> None:
    pace = Pace(MOST, SECONDS)
    for number in range(1_000):
        pace.wait(number, 61.0 * number)
    assert len(vars(pace)["_done"]) == 1
