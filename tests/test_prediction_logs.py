"""Folders of daily logs: a new day costs one day, a changed file is counted again, a broken one is told."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gate.observed import History
from gate.predictions.logs import of_folder
from gate.predictions.reading import Reading
from gate.stretches import parse_every
from tests.engines import differences
from tests.tables import written

FIRST = datetime(2013, 1, 1, 12, tzinfo=UTC)


def day(folder: Path, number: int, label: str = "owl", rows: int = 3) -> Path:
    """One day's file."""
    time_ = FIRST + timedelta(days=number)
    place = folder / f"day={time_:%Y-%m-%d}"
    place.mkdir(parents=True, exist_ok=True)
    return written(place / "part.parquet", y_pred=[label] * rows, timestamp=[time_] * rows)


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    """Files are believed at once: no test waits for them to settle but the one that is about it."""
    return Reading(parse_every("1d"), cache=tmp_path / "cache", settled=-1.0)


def read(folder: Path, reading: Reading) -> tuple[History, list[str]]:
    steps: list[str] = []
    return of_folder(folder, reading, steps.append), steps


def test_a_new_day_of_a_years_logs_reads_one_day(tmp_path: Path, reading: Reading) -> None:
    folder = tmp_path / "logs"
    for number in range(365):
        day(folder, number)
    first, steps = read(folder, reading)
    assert (len(first.starts), steps[0], len(steps)) == (365, "counting 365 of 365 files", 365 + 6 - 5)
    again, nothing = read(folder, reading)
    assert nothing == []
    assert list(differences(again, first)) == []
    day(folder, 365)
    begin = time.perf_counter()
    more, steps = read(folder, reading)
    assert steps == ["counting 1 of 366 files", "counted day=2014-01-01/part.parquet"]
    assert (len(more.starts), more.whole.rows) == (366, 3 * 366)
    assert time.perf_counter() - begin < 10


def test_a_changed_file_is_counted_again(tmp_path: Path, reading: Reading) -> None:
    folder = tmp_path / "logs"
    path = day(folder, 0)
    stat = path.stat()
    assert read(folder, reading)[0].labels == ("owl",)
    day(folder, 0, "cat")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert path.stat().st_size == stat.st_size, "as large and as old as before"
    assert read(folder, reading)[0].labels == ("cat",)


def test_a_file_that_may_still_change_is_not_kept(tmp_path: Path) -> None:
    reading = Reading(parse_every("1d"), cache=tmp_path / "cache")
    day(tmp_path / "logs", 0)
    for _ in range(2):
        assert read(tmp_path / "logs", reading)[1][0] == "counting 1 of 1 files"


def test_other_stretches_and_slices_are_counted_anew(tmp_path: Path, reading: Reading) -> None:
    day(tmp_path / "logs", 0)
    read(tmp_path / "logs", reading)
    other = replace(reading, every=parse_every("1h"))
    assert read(tmp_path / "logs", other)[1][0] == "counting 1 of 1 files"


def test_a_broken_file_costs_only_itself_and_is_told(tmp_path: Path, reading: Reading) -> None:
    folder = tmp_path / "logs"
    day(folder, 0)
    (folder / "cut.parquet").write_bytes(b"PAR1 and no more")
    written(folder / "naive.parquet", y_pred=["owl"], timestamp=[FIRST.replace(tzinfo=None)])
    found, _ = read(folder, reading)
    assert found.whole.rows == 3
    assert [said.split(":")[0] for said in found.unread] == ["cut.parquet", "naive.parquet"]
    assert "without a zone" in found.unread[1]


def test_files_that_writers_keep_for_themselves_are_left_alone(tmp_path: Path, reading: Reading) -> None:
    folder = tmp_path / "logs"
    day(folder, 0)
    day(folder / "_temporary", 1)
    written(folder / ".part.parquet", y_pred=["cat"])
    assert read(folder, reading)[0].labels == ("owl",)
    assert read(folder, reading)[0].whole.rows == 3


def test_a_folder_without_logs_is_unread(tmp_path: Path, reading: Reading) -> None:
    (tmp_path / "empty").mkdir()
    assert "has no file *.parquet" in read(tmp_path / "empty", reading)[0].unread[0]
    assert "there is no folder" in read(tmp_path / "nowhere", reading)[0].unread[0]


def test_rows_of_the_future_are_read_again_once_they_are_past(tmp_path: Path, reading: Reading) -> None:
    folder = tmp_path / "logs"
    day(folder, 0)
    early = replace(reading, until=(FIRST - timedelta(days=1)).timestamp())
    assert (read(folder, early)[0].late, len(read(folder, early)[0].starts)) == (3, 0)
    assert read(folder, reading)[0].whole.rows == 3
