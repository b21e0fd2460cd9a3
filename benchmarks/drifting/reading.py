"""Nothing but the columns: read into memory, as any tool must that computes there, or only scanned by an engine."""

from __future__ import annotations

from pathlib import Path

from benchmarks.drifting.tables import COLUMNS, WINDOWS, file


def arrow(folder: Path) -> None:
    """Texts stay the numbers of a dictionary."""
    import pyarrow.parquet as pq

    for window in WINDOWS:
        pq.read_table(file(folder, window), columns=list(COLUMNS), read_dictionary=["y_pred"])


def polars(folder: Path) -> None:
    import polars as pl

    for window in WINDOWS:
        pl.read_parquet(file(folder, window), columns=list(COLUMNS))


def duckdb(folder: Path) -> None:
    """Sums that need each row; nothing is kept of it."""
    import duckdb

    for window in WINDOWS:
        query = f"SELECT sum(strlen(y_pred)), sum(confidence) FROM '{file(folder, window)}'"
        duckdb.execute(query).fetchall()
