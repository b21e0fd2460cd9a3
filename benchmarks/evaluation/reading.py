"""Nothing but reading the columns that classes are counted from: no method can be faster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.evaluation.folder import JOINED, WIDE, files


def arrow_wide(folder: Path) -> None:
    _arrow(files(folder, "wide"), WIDE)


def arrow_joined(folder: Path) -> None:
    _arrow([*files(folder, "best"), *files(folder, "candidate")], JOINED)


def duckdb_wide(folder: Path) -> None:
    _duckdb(files(folder, "wide"), WIDE)


def duckdb_joined(folder: Path) -> None:
    _duckdb([*files(folder, "best"), *files(folder, "candidate")], JOINED)


def _arrow(paths: Iterable[Path], columns: Sequence[str]) -> None:
    """Texts stay the numbers of a dictionary."""
    import pyarrow.parquet as pq

    texts = [column for column in columns if column != "id"]
    for path in paths:
        pq.read_table(path, columns=list(columns), read_dictionary=texts)


def _duckdb(paths: Iterable[Path], columns: Sequence[str]) -> None:
    """Sums that need each row: of ids, and of the texts' lengths."""
    import duckdb

    listed = ", ".join(f"'{path}'" for path in paths)
    sums = ", ".join("sum(id)" if column == "id" else f"sum(strlen({column}))" for column in columns)
    duckdb.execute(f"SELECT {sums} FROM read_parquet([{listed}])").fetchall()
