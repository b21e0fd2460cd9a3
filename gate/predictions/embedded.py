"""DuckDB in this process: the default engine, and the only door to it. Parquet files in, small counts out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gate.late import ahead, duckdb
from gate.late import numpy as np
from gate.late import numpy_typing as npt
from gate.predictions.files import check_parquet
from gate.predictions.table import Columns, UnusablePredictions, quoted, whose

KINDS = {
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "FLOAT": "number",
    "DOUBLE": "number",
    "TIMESTAMP WITH TIME ZONE": "time",
    "TIMESTAMP": "naive time",
    "TIMESTAMP_NS": "naive time",
    "TIMESTAMP_MS": "naive time",
    "TIMESTAMP_S": "naive time",
    "DATE": "naive time",
}
WRITTEN_AS_TEXT = ("BOOLEAN", "UUID", "HUGEINT", "UHUGEINT", '"NULL"')
ALL = 2**40  # rows
MOST_LABELS = 2**16
OPTIONS = "file_row_number = true, can_have_nan = true"  # statistics in Parquet keep silent about NaN
SETTINGS = """
    SET autoinstall_known_extensions = false; SET autoload_known_extensions = false; SET TimeZone = 'UTC';
    SET enable_progress_bar = false; SET preserve_insertion_order = true;
"""


class Embedded:
    """Named Parquet tables in a DuckDB that may read these files, write its spill folder, and nothing else."""

    words: Mapping[str, str] = {
        "number of": "CAST('0x' || substr({digest}, 1, 7) AS BIGINT)",
        "seconds of": "epoch({time})",
        "place in": "coalesce(list_position({list}, {item}), 0)",
        "stop after": " LIMIT {rows}",
    }

    def __init__(self, engine: duckdb.DuckDBPyConnection) -> None:
        self._engine = engine
        self._numbered: set[str] = set()

    def read(self, name: str, paths: Sequence[Path]) -> None:
        """Open Parquet files as one table.

        Raises:
            UnusablePredictions: a file is not Parquet, or was cut short.
        """
        for path in paths:
            check_parquet(path, whose(name))
        with _explained(f"{whose(name)} are not readable Parquet"):
            files = ", ".join(_quoted(str(path)) for path in paths)
            self._engine.execute(f"CREATE TEMP VIEW {name} AS FROM read_parquet([{files}], {OPTIONS})")
        if len(paths) == 1:
            self._numbered.add(name)

    def unreadable(self, name: str, paths: Sequence[Path]) -> tuple[str, ...]:
        """Open files as `read` does, and answer why that is impossible instead of raising."""
        try:
            self.read(name, paths)
        except UnusablePredictions as error:
            return error.problems
        return ()

    def row_number(self, table: str) -> str:
        return "file_row_number" if table in self._numbered else ""

    def columns(self, table: str) -> Mapping[str, str]:
        described = self._engine.execute(f"DESCRIBE {table}").fetchall()
        return {name: kind(str(type_)) for name, type_, *_ in described if name != "file_row_number"}

    def rows(self, query: str) -> Columns:
        with _explained("the predictions cannot be read to their end"):
            found = self._engine.execute(query).fetchnumpy()
        return {name: _with_none(column) for name, column in found.items()}

    def number(self, query: str) -> int:
        with _explained("the predictions cannot be read to their end"):
            (found,) = self._engine.execute(query).fetchall()
        return int(found[0])

    def define(self, name: str, query: str, keep: bool) -> None:
        with _explained("the predictions cannot be read to their end"):
            self._engine.execute(f"CREATE OR REPLACE TEMP {'TABLE' if keep else 'VIEW'} {name} AS {query}").fetchall()

    def label_type(self, columns: Sequence[tuple[str, str]]) -> str:
        """An ENUM of the texts while they are few: numbers of one or two bytes, in the order of the texts."""
        texts = " UNION ".join(f"SELECT CAST({column} AS VARCHAR) AS label FROM {table}" for table, column in columns)
        self.define("every_label", f"SELECT label FROM ({texts}) WHERE label IS NOT NULL ORDER BY label", keep=True)
        if self.number("SELECT count(*) AS n FROM every_label") > MOST_LABELS:
            return "VARCHAR"
        self._engine.execute("CREATE TYPE labels AS ENUM (SELECT label FROM every_label)")
        return "labels"


@contextmanager
def embedded(*tables: tuple[str, Sequence[Path]], memory: str = "1GB") -> Iterator[Embedded]:
    """An engine with these tables. What does not fit into ``memory`` spills to a folder that is removed at the end."""
    connect = duckdb.connect
    ahead("numpy.random", "numpy.ma")  # DuckDB opens and counts without them
    with tempfile.TemporaryDirectory(prefix="promotion-gate-") as spill, connect() as connection:
        connection.execute(SETTINGS)
        connection.execute(f"SET memory_limit = {_quoted(memory)}; SET temp_directory = {_quoted(spill)}")
        allowed = ", ".join(_quoted(str(path)) for _, paths in tables for path in paths)
        connection.execute(f"SET allowed_paths = [{allowed}]; SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        engine = Embedded(connection)
        problems = [problem for name, paths in tables for problem in engine.unreadable(name, paths)]
        if problems:
            raise UnusablePredictions(*problems)
        yield engine


def write_parquet(path: Path, table: object) -> None:
    """Anything DuckDB can scan (a DataFrame, an Arrow table, a mapping of NumPy arrays) as one Parquet file.

    Booleans, categories and numbers that Parquet cannot hold exactly become text.

    Raises:
        UnusablePredictions: a column cannot be read or written.
    """
    with duckdb.connect() as connection, _explained("the predictions cannot be written as Parquet"):
        connection.execute(SETTINGS)
        connection.execute(f"SET pandas_analyze_sample = {ALL}")  # a sample would make 2.5 an integer among many
        connection.execute(f"SET allowed_paths = [{_quoted(str(path))}]; SET enable_external_access = false")
        connection.register("given", table)
        described = connection.execute("DESCRIBE given").fetchall()
        cells = ", ".join(_as_text(quoted(name), str(type_)) for name, type_, *_ in described)
        connection.execute(
            f"COPY (SELECT {cells} FROM given) TO {_quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)"
        )


def _as_text(column: str, type_: str) -> str:
    return f"CAST({column} AS VARCHAR) AS {column}" if type_ in WRITTEN_AS_TEXT else column


def kind(type_: str) -> str:
    """The kind that the contract speaks of, from DuckDB's name of a type."""
    if type_.endswith("[]"):
        return f"list of {kind(type_[:-2])}"
    if ("INT" in type_ and "(" not in type_) or (type_.startswith("DECIMAL") and type_.endswith(",0)")):
        return "integer"
    if type_.startswith("DECIMAL"):
        return "number"
    return "text" if type_.startswith("ENUM") else KINDS.get(type_, "other")


@contextmanager
def _explained(what: str) -> Iterator[None]:
    try:
        yield
    except (duckdb.Error, UnicodeDecodeError) as error:
        raise UnusablePredictions(f"{what}: {str(error).splitlines()[0][:200]}") from error


def _with_none(column: Any) -> npt.NDArray[Any]:
    """A masked column as a plain one, with None where there is no value."""
    if not np.ma.is_masked(column):
        return np.ma.getdata(column)
    plain = np.ma.getdata(column).astype(object)
    plain[np.ma.getmaskarray(column)] = None
    return plain


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
