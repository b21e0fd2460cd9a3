"""Predictions counted over time: every count against the rows themselves, on each engine, whatever the rows hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.observed import NO_TIME, History, joined
from gate.predictions.connection import connect
from gate.predictions.history import history
from gate.predictions.table import UnusablePredictions
from gate.predictions.warehouse import Warehouse
from gate.stretches import Every, parse_every, rechunked
from tests.engines import differences, needs_spark
from tests.observed import counted
from tests.tables import written

DAY = 86_400
NOON = datetime(2013, 7, 4, 12, tzinfo=UTC)


def drawn(rows: int, seed: int = 0) -> dict[str, list[Any]]:
    random = np.random.default_rng(seed)
    names = np.array(["owl", "cat", "dog", "ape"])
    truth = names[random.integers(0, 4, rows)].tolist()
    said = np.where(random.random(rows) < 0.6, truth, names[random.integers(0, 3, rows)]).tolist()
    times = [NOON + timedelta(hours=float(hour)) for hour in random.uniform(0, 240, rows)]
    return {
        "y_true": [None if number % 5 == 0 else label for number, label in enumerate(truth)],
        "y_pred": said,
        "confidence": random.random(rows).round(6).tolist(),
        "timestamp": [None if number % 7 == 0 else time for number, time in enumerate(times)],
        "site": [("north", "south", None)[number % 3] for number in range(rows)],
    }


def start_of(time: datetime | None, every: Every) -> int:
    if time is None:
        return NO_TIME
    seconds = np.array([int(time.timestamp() // 1)])
    return int(every.begins(every.number(seconds))[0])


def by_hand(table: dict[str, list[Any]], every: Every) -> dict[int, Counter[tuple[str, str]]]:
    """start -> (which count, class) -> rows."""
    found: dict[int, Counter[tuple[str, str]]] = {}
    for truth, said, time in zip(table["y_true"], table["y_pred"], table["timestamp"], strict=True):
        counts = found.setdefault(start_of(time, every), Counter())
        counts["predicted", said] += 1
        if truth is not None:
            counts["claims", said] += 1
            counts["support", truth] += 1
            counts["hits", truth] += truth == said
    return {start: +counts for start, counts in found.items()}


def by_class(found: History) -> dict[int, Counter[tuple[str, str]]]:
    told: dict[int, Counter[tuple[str, str]]] = {}
    cells = found.cells
    for kind in ("predicted", "claims", "hits", "support"):
        for part, label, count in zip(cells.part, cells.label, getattr(cells, kind), strict=True):
            told.setdefault(int(found.starts[part]), Counter())[kind, found.labels[label]] += int(count)
    return {start: +counts for start, counts in told.items()}


@pytest.mark.parametrize("text", ["1d", "12h", "7d", "month"])
def test_every_count_is_that_of_the_rows(tmp_path: Path, text: str) -> None:
    table, every = drawn(600), parse_every(text)
    found = counted(written(tmp_path / "log.parquet", **table), text, ["site"])
    assert by_class(found) == by_hand(table, every)
    whole = found.whole
    assert (whole.rows, whole.labelled) == (600, sum(truth is not None for truth in table["y_true"]))
    bins = [min(int(value * 1000), 999) for value in table["confidence"]]
    kinds = [2 if t is None else int(t == p) for t, p in zip(table["y_true"], table["y_pred"], strict=True)]
    expected = np.zeros((3, 1000))
    np.add.at(expected, (kinds, bins), 1)
    assert (whole.confidence == expected).all()


def test_a_slice_is_the_history_of_its_rows(tmp_path: Path) -> None:
    table = drawn(400)
    found = counted(written(tmp_path / "log.parquet", **table), "1d", ["site"])
    assert list(found.slices) == ["site = north", "site = south"]
    north = {
        name: [v for v, s in zip(column, table["site"], strict=True) if s == "north"] for name, column in table.items()
    }
    alone = replace(counted(written(tmp_path / "n.parquet", **north)), lacks=(), span=None)  # the whole's holds for all
    assert list(differences(found.slices["site = north"], alone)) == []


def test_stretches_are_told_apart_and_a_window_holds_whole_ones(tmp_path: Path) -> None:
    found = counted(written(tmp_path / "log.parquet", **drawn(500)))
    each = list(found.each())
    assert [one.start for one in each] == sorted(one.start for one in each)
    assert all((one.end - one.start, one.start % DAY) == (DAY, 0) for one in each)
    assert sum(one.rows for one in each) + found.rows[~found.timed].sum() == 500
    first = found.between(each[0].start, each[2].start)
    assert first.whole.rows == each[0].rows + each[1].rows
    assert (first.whole.start, first.whole.end) == (each[0].start, each[1].end)
    assert found.between(each[0].start).whole.rows == 500 - found.rows[~found.timed].sum(), "rows without a time"


def test_parts_of_a_table_add_up_to_the_table(tmp_path: Path) -> None:
    table = drawn(300)
    halves = [{name: column[part] for name, column in table.items()} for part in (slice(0, 140), slice(140, 300))]
    parts = [counted(written(tmp_path / f"{n}.parquet", **half), "1d", ["site"]) for n, half in enumerate(halves)]
    whole = counted(written(tmp_path / "log.parquet", **table), "1d", ["site"])
    assert list(differences(joined(parts), replace(whole, lacks=joined(parts).lacks))) == []
    assert joined(parts).lacks == tuple(
        f"the predictions: {n} of {m} rows lack a timestamp" for n, m in ((20, 140), (23, 160))
    )


@given(
    st.lists(st.integers(-(2**32), 2**32), min_size=1, max_size=20), st.sampled_from(["7d", "1h", "month", "3 months"])
)
def test_a_moment_lies_in_its_stretch(seconds: list[int], text: str) -> None:
    every, moments = parse_every(text), np.array(seconds)
    number = every.number(moments)
    assert (every.begins(number) <= moments).all()
    assert (moments < every.begins(number + 1)).all()


def test_weeks_begin_on_mondays_and_months_on_the_first() -> None:
    moment = np.array([int(NOON.timestamp())])
    week, month = (parse_every(text) for text in ("7d", "month"))
    assert str(week.begins(week.number(moment)).astype("datetime64[s]")[0]) == "2013-07-01T00:00:00"
    assert str(month.begins(month.number(moment)).astype("datetime64[s]")[0]) == "2013-07-01T00:00:00"


@pytest.mark.parametrize("text", ["", "7", "d", "0d", "-1d", "1.5d", "7 y", "rows", "1_000 rows", "²d", "13 3 months"])
def test_no_other_stretch_is_understood(text: str) -> None:
    with pytest.raises(ValueError, match="no stretch of time"):
        parse_every(text)


def test_ten_years_of_hours_become_few_stretches_within_the_engine(tmp_path: Path) -> None:
    hours = [NOON + timedelta(hours=3 * number) for number in range(29_000)]
    path = written(tmp_path / "log.parquet", y_pred=["owl"] * len(hours), timestamp=hours)
    found = counted(path, "1h")
    assert 100 <= len(found.starts) <= 301
    assert found.whole.rows == len(hours)
    rows, every = rechunked(found, parse_every("5000 rows"))
    assert [one.rows >= 5_000 for one in rows.each()][:-1] == [True] * (len(rows.starts) - 1)
    assert every.said == "5,000 rows"


def test_few_stretches_are_left_where_many_files_had_some(tmp_path: Path) -> None:
    days = joined(
        [
            counted(written(tmp_path / f"{n}.parquet", y_pred=["owl"], timestamp=[NOON + timedelta(days=n)]))
            for n in range(30)
        ]
    )
    found, every = rechunked(days, parse_every("1d"), most=10)
    assert (len(days.starts), len(found.starts) <= 10, every.said) == (30, True, "4d")
    assert found.whole.rows == 30


def test_rows_in_the_future_are_left_out_and_counted(tmp_path: Path) -> None:
    times = [NOON, NOON + timedelta(days=9_000)]
    path = written(tmp_path / "log.parquet", y_pred=["owl", "cat"], timestamp=times)
    found = counted(path, until=(NOON + timedelta(days=1)).timestamp())
    assert (found.late, found.labels, len(found.starts)) == (1, ("owl",), 1)


def test_a_confidence_above_1_costs_the_confidences_and_says_so(tmp_path: Path) -> None:
    found = counted(written(tmp_path / "log.parquet", y_pred=["owl", "cat"], confidence=[0.5, 1.25]))
    assert not found.whole.confidence.any()
    assert "the predictions: 1 of 2 rows have a confidence that is no number in [0, 1]" in found.lacks
    assert found.whole.rows == 2


def test_no_row_is_nothing_and_one_row_is_one(tmp_path: Path) -> None:
    nothing = counted(written(tmp_path / "0.parquet", y_pred=[], confidence=[]))
    assert (len(nothing.starts), nothing.lacks) == (0, ("the predictions have no rows",))
    one = counted(written(tmp_path / "1.parquet", y_pred=["owl"], timestamp=[NOON]))
    assert (one.whole.rows, one.whole.labelled) == (1, 0)


def test_names_of_ten_thousand_characters_are_kept_whole(tmp_path: Path) -> None:
    name = "owl" * 3_334
    assert counted(written(tmp_path / "log.parquet", y_pred=[name] * 3)).labels == (name,)


def test_zones_may_differ_but_must_be_there(tmp_path: Path) -> None:
    there = NOON.astimezone(timezone(timedelta(hours=-5)))
    table = pa.table({"y_pred": ["owl"], "timestamp": pa.array([there], pa.timestamp("us", "America/New_York"))})
    pq.write_table(table, tmp_path / "new_york.parquet")
    at_noon = counted(written(tmp_path / "utc.parquet", y_pred=["owl"], timestamp=[NOON]))
    assert list(differences(counted(tmp_path / "new_york.parquet"), at_noon)) == []
    naive = written(tmp_path / "naive.parquet", y_pred=["owl"], timestamp=[NOON.replace(tzinfo=None)])
    with pytest.raises(UnusablePredictions, match="times without a zone"):
        counted(naive)


def behind(url: str, path: Path, text: str) -> History:
    connection = connect(url)
    connection.read_parquet(str(path), table_name=path.stem)
    found = Warehouse(connection, {"log": path.stem})
    try:
        found.open()
        return history(found, "log", parse_every(text), ["site"])
    finally:
        found.close()


@pytest.mark.parametrize("text", ["1d", "month"])
@pytest.mark.parametrize("url", ["duckdb://", pytest.param("pyspark://", marks=needs_spark)])
def test_every_engine_counts_the_same(tmp_path: Path, url: str, text: str, request: pytest.FixtureRequest) -> None:
    if url.startswith("pyspark"):
        request.getfixturevalue("spark")
    path = written(tmp_path / "some_log.parquet", **drawn(500))
    assert list(differences(behind(url, path, text), counted(path, text, ["site"]))) == []
