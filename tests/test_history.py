"""A model over time: states, bins, the best so far, reigns, bands and test sets, each against a plain reckoning."""

from __future__ import annotations

import math
import statistics
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.brief import Brief
from gate.history import (
    STATES,
    Filters,
    History,
    Use,
    bands,
    best_so_far,
    binned,
    events,
    reigns,
    runs_of,
    test_sets,
)
from gate.history.bands import aliases
from gate.history.moments import NEVER, moment, moments, said
from gate.history.view import RAW, STRETCHES
from gate.record import Model, Override
from gate.stats.reuse import luck_floor
from tests.chronicles import BEGIN, at, brief
from tests.records import NEW, OLD, chain

NOW = int((BEGIN + timedelta(days=365)).timestamp() * 1000)
METRIC = "test/accuracy"
VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


def history(briefs: list[Brief], records: object = (), direction: str = "max", **changed: object) -> History:
    runs = runs_of(briefs, METRIC, direction, NOW)  # type: ignore[arg-type]
    return History("owls", METRIC, direction, runs, tuple(records), NOW, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given_", "state"),
    [
        (brief("a", 1), "shown"),
        (brief("a", 1, status="published"), "shown"),
        (brief("a", 1, status="in_progress", completed=""), "not ended"),
        (brief("a", 1, status="failed"), "failed"),
        (brief("a", 1, status="stopped"), "failed"),
        (brief("a", 1, completed=""), "no date"),
        (brief("a", 1, completed="yesterday"), "no date"),
        (brief("a", 600 * 24 * 60), "future"),
        (brief("a", 1, None), "no metric"),
        (brief("a", 1, math.nan), "no number"),
        (brief("a", 1, -math.inf), "no number"),
    ],
)
def test_each_run_has_a_place_or_a_reason_why_it_has_none(given_: Brief, state: str) -> None:
    assert runs_of([given_], METRIC, "max", NOW).state == (state,)
    assert state in STATES


def test_an_exact_zero_is_doubted_only_where_small_is_good_and_nobody_allowed_it() -> None:
    zero = [brief("a", 1, 0.0)]
    assert runs_of(zero, METRIC, "min", NOW).state == ("doubtful 0",)
    assert runs_of(zero, METRIC, "max", NOW).state == ("shown",)
    assert runs_of(zero, METRIC, "min", NOW, allow_zero=True).state == ("shown",)


def test_the_last_value_or_the_best_one_counts_as_the_policy_says() -> None:
    run = [brief("a", 1, values={METRIC: (0.4, 0.1, 0.7)})]
    assert runs_of(run, METRIC, "max", NOW).value.tolist() == [0.4]
    assert runs_of(run, METRIC, "max", NOW, "best").value.tolist() == [0.7]
    assert runs_of(run, METRIC, "min", NOW, "best").value.tolist() == [0.1]


@given(st.lists(st.tuples(st.integers(0, 10**9), st.floats(-100, 100)), max_size=300), st.integers(1, 40))
def test_bins_lose_no_run_and_hold_their_least_middle_and_largest(points: list[tuple[int, float]], most: int) -> None:
    points = sorted(points)
    time, value = np.array([t for t, _ in points], dtype=np.int64), np.array([v for _, v in points])
    bins = binned(time, value, most)
    assert len(bins) <= most
    assert int(bins.count.sum()) == len(points)
    for begin, end, count, low, median, high in zip(
        bins.begin, bins.end, bins.count, bins.low, bins.median, bins.high, strict=True
    ):
        inside = [v for t, v in points if begin <= t < end]
        assert (len(inside), min(inside), max(inside)) == (count, low, high)
        assert median == pytest.approx(statistics.median(inside))


@given(VALUES, st.sampled_from(["max", "min"]))
def test_the_best_so_far_is_the_best_until_then(values: list[float], direction: str) -> None:
    times = np.arange(len(values), dtype=np.int64)
    changes, reached = best_so_far(times, np.array(values), direction)  # type: ignore[arg-type]
    best = max if direction == "max" else min
    for place in range(len(values)):
        last = max(number for number, time in enumerate(changes) if time <= place)
        assert reached[last] == best(values[: place + 1])
    assert all(one != other for one, other in pairwise(reached)), "only where it changes"


def test_no_run_has_no_best_and_no_bins() -> None:
    nothing = np.empty(0, dtype=np.int64), np.empty(0)
    assert best_so_far(*nothing, "max") == ([], [])
    assert len(binned(*nothing, 10)) == 0


@given(st.datetimes(min_value=BEGIN.replace(tzinfo=None), max_value=BEGIN.replace(year=2200, tzinfo=None)))
def test_times_are_read_to_the_millisecond_in_every_spelling(when: object) -> None:
    text = when.isoformat(timespec="microseconds")  # type: ignore[attr-defined]
    whole = int(np.datetime64(text, "ms").astype(np.int64))
    for spelling in (text, f"{text}+00:00", f"{text}Z", text.replace("T", " ")):
        assert moment(spelling) == whole
    assert moments([text, "", "no time"]).tolist() == [whole, NEVER, NEVER]
    assert said(NEVER) == ""


def test_events_are_the_decisions_that_ended_each_with_what_is_known_of_its_run() -> None:
    override = Model("by hand", "2" * 40, 8, Override("urgent", "noor", "2027-01-01"))
    records = [
        *chain("bootstrap", candidate=None),
        *chain("approve", "promoted", "reject", "rolled_back", start=2, previous="e" * 64),
        *chain("promoted", start=6, previous="d" * 64, candidate=override, best=override),
    ]
    known = {"new": brief("new", 1, archived=True), "old": brief("old", 0)}
    found = events(records, {"old": 0.5}, known)
    assert [event.what for event in found] == ["first best", "promoted", "rejected", "rolled back", "override"]
    assert [event.run for event in found] == ["old", "new", "new", "new", "by hand"]
    assert [event.gone for event in found] == ["", "archived", "archived", "archived", "deleted"]
    assert [event.value for event in found] == [0.5, None, None, None, None]


def test_every_best_reigns_until_the_next_one_and_may_come_back() -> None:
    records = [
        *chain("bootstrap", at="2026-01-01T00:00:00Z"),
        *chain("reject", start=2, previous="a" * 64, at="2026-01-02T00:00:00Z"),
        *chain("promoted", start=3, previous="b" * 64, at="2026-01-03T00:00:00Z"),
        *chain("rolled_back", start=4, previous="c" * 64, at="2026-01-05T00:00:00Z"),
    ]
    found = reigns(records, {"old": 0.7}, {"old": brief("old", 0)})
    assert [(reign.model.task, reign.gone, reign.value) for reign in found] == [
        ("old", "", 0.7),
        ("new", "deleted", None),
        ("old", "", 0.7),
    ]
    assert [said(reign.begin)[:10] for reign in found] == ["2026-01-01", "2026-01-03", "2026-01-05"]
    assert [reign.end for reign in found] == [found[1].begin, found[2].begin, None]
    assert OLD.task == "old"
    assert NEW.task == "new"


def test_a_band_begins_with_the_first_use_and_going_back_begins_none() -> None:
    used = ["v1", "v1", "v2", "v1", "v3", "v2"]
    found = runs_of(
        [brief(str(n), n, datasets={"train": name, "exam": "x"}) for n, name in enumerate(used)], METRIC, "max", NOW
    )
    assert aliases(found) == ["train", "exam"], "the one with more versions tells more"
    shown = bands(found, "train")
    assert [(band.dataset, band.runs) for band in shown] == [("v1", 3), ("v2", 2), ("v3", 1)]
    assert [band.begin for band in shown] == [moment(at(0)), moment(at(2)), moment(at(4))]
    assert [band.end for band in shown] == [moment(at(2)), moment(at(4)), None]


def test_a_test_set_counts_candidates_once_and_its_floor_rises_with_them() -> None:
    uses = [Use(name, at(number), 0.01) for number, name in enumerate(["a", "b", "a", "new"])]
    (found,) = test_sets({"3f9c": uses}, chain("promoted"), 2)
    assert (found.evaluations, found.promotions, found.spent) == (3, 1, True)
    assert found.floor == luck_floor(0.01, 3)
    assert found.floor > luck_floor(0.01, 2)
    (unknown,) = test_sets({"3f9c": [Use("a", "", None)]}, (), None)
    assert (unknown.floor, unknown.spent, unknown.last) == (None, False, NEVER)


def test_test_sets_come_with_the_one_used_last_first() -> None:
    found = test_sets({"old": [Use("a", at(1))], "never": [Use("a", "")], "new": [Use("b", at(2))]}, (), 50)
    assert [each.fingerprint for each in found] == ["new", "old", "never"]


FILTERS = [
    (Filters(), {"a", "b", "c", "d"}),
    (Filters(archived=True), {"a", "b", "c", "d", "e"}),
    (Filters(begin=moment(at(2))), {"b", "c"}),
    (Filters(end=moment(at(2))), {"a", "b"}),
    (Filters(begin=moment(at(1)), end=moment(at(1))), {"a"}),
    (Filters(find="SWEEP"), {"b"}),
    (Filters(find="mira"), {"c"}),
    (Filters(dataset="v2"), {"c"}),
    (Filters(decided=True), {"a"}),
]


@pytest.mark.parametrize(("filters", "expected"), FILTERS, ids=[str(n) for n in range(len(FILTERS))])
def test_filters_choose_the_same_runs_for_picture_and_table(filters: Filters, expected: set[str]) -> None:
    briefs = [
        brief("a", 1, datasets={"train": "v1"}),
        brief("b", 2, tags=("leaf-sweep",)),
        brief("c", 3, owner="Mira", datasets={"train": "v2"}),
        brief("d", 9, status="in_progress", completed=""),
        brief("e", 4, archived=True),
    ]
    best = Model("a", "0" * 40)
    shown = history(briefs, chain("bootstrap", candidate=None, best=best))
    assert {row.run for row in shown.rows(filters)} == expected
    assert shown.number(filters) == len(expected)
    assert shown.rows(filters, 2) == shown.rows(filters)[:2]
    picture = shown.picture(filters)
    assert {each.id for each in picture.runs.briefs} == expected - {"d"}
    assert dict(picture.hidden) == ({"not ended": 1} if "d" in expected else {})


def test_a_few_runs_are_drawn_by_themselves_and_many_in_stretches() -> None:
    few = history([brief(str(n), n, n / RAW) for n in range(RAW)])
    assert few.picture(Filters()).bins is None
    many = history([brief(str(n), n, n / RAW) for n in range(RAW + 1)])
    bins = many.picture(Filters()).bins
    assert bins is not None
    assert 0 < len(bins) <= STRETCHES
    assert many.picture(Filters(begin=moment(at(5)), end=moment(at(15)))).bins is None, "raw when zoomed"


@given(VALUES, st.integers(0, 60), st.integers(0, 60))
def test_the_best_so_far_does_not_depend_on_how_closely_one_looks(values: list[float], begin: int, end: int) -> None:
    begin, end = min(begin, end), max(begin, end)
    shown = history([brief(f"{n:03d}", n, value) for n, value in enumerate(values)])
    times, reached = shown.picture(Filters(begin=moment(at(begin)), end=moment(at(end)))).best
    known = dict(zip(times, reached, strict=True))
    for minute in range(begin, min(end + 1, len(values))):
        assert known[max(time for time in known if time <= moment(at(minute)))] == max(values[: minute + 1])
    assert all(moment(at(begin)) <= time <= moment(at(end)) for time in times)


def test_rows_say_what_was_decided_newest_first() -> None:
    records = [*chain("bootstrap"), *chain("promoted", start=2, previous="a" * 64)]
    shown = history([brief("old", 1), brief("new", 2), brief("other", 3, None)], records)
    assert [(row.run, row.role, row.state) for row in shown.rows(Filters())] == [
        ("other", "", "no metric"),
        ("new", "best", "shown"),
        ("old", "was best", "shown"),
    ]
