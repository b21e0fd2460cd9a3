"""The picture of all rules: right of the line a limit is kept, left of it broken, whatever the unit and the sign."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from gate.charts import effect_bars
from gate.effects import REACH, distance, drawn
from gate.verdict import Effect, Finding, Outcome

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).filter(lambda value: value == 0 or abs(value) > 1e-9)


def effect(estimate: float = 0.1, margin: float | None = -0.01, **more: object) -> Effect:
    given = {"label": "accuracy", "low": None, "high": None, "unit": "score", "n": 10.0, "formula": "tango", **more}
    return Effect(estimate=estimate, margin=margin, **given)  # type: ignore[arg-type]


def finding(found: Effect | None, outcome: Outcome = Outcome.PASSED, **more: object) -> Finding:
    return Finding("compare accuracy", outcome, "said", "found", "required", effect=found, **more)  # type: ignore[arg-type]


@given(NUMBERS, NUMBERS, st.booleans())
def test_the_side_of_the_line_tells_whether_the_limit_is_kept(value: float, margin: float, fewer: bool) -> None:
    place = distance(effect(value, margin, fewer=fewer), value)
    kept = value <= margin if fewer else value >= margin
    assert (place >= 0) == kept
    assert -REACH <= place <= REACH


@given(NUMBERS, NUMBERS, NUMBERS)
def test_further_from_the_limit_is_never_drawn_nearer(one: float, other: float, margin: float) -> None:
    found = effect(0.0, margin)
    low, high = sorted((one, other))
    assert distance(found, low) <= distance(found, high)


def test_a_limit_of_zero_is_measured_by_the_result() -> None:
    assert distance(effect(0.0, 0.0), 0.0) == 0
    assert distance(effect(-5.0, 0.0), -5.0) == -1


def test_findings_without_a_limit_are_not_drawn() -> None:
    rows = [finding(None), finding(effect(margin=None)), finding(effect())]
    assert [each for each, _ in drawn(rows)] == rows[2:]


def test_the_first_rule_is_on_top_and_its_own_outcome_is_drawn() -> None:
    failed = finding(effect(-0.02, low=-0.2, high=-0.015), Outcome.REVIEW, own=Outcome.FAILED)
    figure = effect_bars([finding(effect(label="<b>first</b>")), failed])
    bar, _, results = figure.data
    assert results.y == (0, 1)
    assert "&lt;b&gt;first&lt;/b&gt;" in results.hovertemplate[1]
    assert results.marker.symbol == ("x", "triangle-right")
    assert max(bar.x) < 0 < results.x[1]
    assert "-0.0200 [-0.2000 to -0.0150]" in figure.layout.annotations[0].text
    assert figure.layout.yaxis.ticktext[0] == "compare accuracy<br>at least -0.0100"


def test_a_number_is_drawn_by_its_own_outcome_where_another_demand_of_its_rule_fails() -> None:
    *_, results = effect_bars([finding(effect(-0.005), Outcome.FAILED, measured=Outcome.PASSED)]).data
    assert results.marker.symbol == ("circle",)


def test_what_lies_beyond_the_edge_points_there() -> None:
    *_, results = effect_bars([finding(effect(9.0)), finding(effect(-9.0))]).data
    assert results.marker.symbol == ("triangle-left", "triangle-right")


def test_an_interval_that_goes_on_beyond_the_edge_says_so_at_that_end() -> None:
    within, beyond = effect(0.0, low=-0.012, high=0.01), effect(0.0, low=-0.012, high=0.4)
    *_, cut, _ = effect_bars([finding(beyond), finding(within)]).data
    assert (cut.x, cut.y, cut.marker.symbol) == ((REACH,), (1,), ("triangle-right",))


def test_every_number_is_finite() -> None:
    rows = [
        finding(effect(value, margin, low=low, high=high))
        for value, low, high in ((0.0, None, None), (1e300, -1e300, 1e300), (-1e300, -1e300, 0.0))
        for margin in (0.0, 1e-300, -5.0)
    ]
    drawn = [place for trace in effect_bars(rows).data for place in trace.x]
    assert len(drawn) > 2 * len(rows)
    assert all(map(math.isfinite, drawn))
