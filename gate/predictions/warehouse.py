"""Tables behind a connection to Spark, DuckDB or another engine that Ibis reaches: the same SQL, translated.

Definitions stay in this process, as common table expressions: nothing is written behind the connection but the rows
that are to be kept, and those only for as long as the counting takes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from gate.late import numpy as np
from gate.late import numpy_typing as npt
from gate.predictions.backends import BACKENDS, path_of
from gate.predictions.connection import connect, explained
from gate.predictions.table import Columns, UnusablePredictions, whose

UNREADABLE = "the predictions cannot be read to their end"


class Warehouse:
    """Named tables of an Ibis connection. Rows have no order there, and so no numbers."""

    def __init__(self, connection: Any, tables: Mapping[str, str]) -> None:
        self._connection, self._backend = connection, BACKENDS[connection.name]
        self._tables = {name: path_of(table) for name, table in tables.items()}
        self._defined = {name: f"SELECT * FROM {table}" for name, table in self._tables.items()}
        self._kinds: dict[str, Mapping[str, str]] = {}
        self._kept: list[Any] = []
        self.words = self._backend.words

    def open(self) -> None:
        """Look at the tables. Raises `UnusablePredictions` where one is not there."""
        for setting in self._backend.settings:
            self._connection.raw_sql(setting)
        for name, table in self._tables.items():
            with explained(f"{whose(name)} cannot be read"):
                if self._backend.refresh:
                    self._connection.raw_sql(self._backend.refresh.format(table=table.replace('"', "`")))
                self._kinds[name] = self._kinds_of(self._answer(f"SELECT * FROM {name}"))

    def version(self, name: str) -> str:
        """Changes whenever the table does; empty where nothing tells, as of a view."""
        if not self._backend.version:
            return ""
        try:
            found = self.rows(self._backend.version.format(table=self._tables[name]))
        except UnusablePredictions:
            return ""
        rows = sorted(zip(*(map(str, column) for column in found.values()), strict=True))
        return hashlib.sha256(repr(rows).encode()).hexdigest()

    def row_number(self, table: str) -> str:
        return ""

    def columns(self, table: str) -> Mapping[str, str]:
        return self._kinds[table]

    def rows(self, query: str) -> Columns:
        with explained(UNREADABLE):
            found = self._answer(query).to_pyarrow()
        return {name: _plain(found.column(name)) for name in found.column_names}

    def number(self, query: str) -> int:
        (column,) = self.rows(query).values()
        return int(column[0])

    def define(self, name: str, query: str, keep: bool) -> None:
        self._defined[name] = query
        if keep and self._connection.supports_temporary_tables:
            with explained(UNREADABLE):
                kept = self._answer(f"SELECT * FROM {name}").cache()
            self._kept.append(kept)
            self._defined[name] = f"SELECT * FROM {path_of(kept.get_name())}"

    def label_type(self, columns: Sequence[tuple[str, str]]) -> str:
        """Text as it is."""
        return "VARCHAR"

    def close(self) -> None:
        """Let go of what was kept, and of a connection that is ours alone."""
        for kept in self._kept:
            kept.release()
        if not self._backend.shared:
            self._connection.disconnect()

    def _answer(self, query: str) -> Any:
        defined = ", ".join(f"{name} AS ({definition})" for name, definition in self._defined.items())
        return self._connection.sql(f"WITH {defined} {query}", dialect="duckdb")

    def _kinds_of(self, answer: Any) -> Mapping[str, str]:
        kinds = {name: kind(type_) for name, type_ in answer.schema().items()}
        if self._connection.name == "pyspark":  # Ibis does not tell its times with a zone from those without
            native = self._connection.raw_sql(self._connection.compile(answer)).schema
            kinds.update({field.name: "time" for field in native if field.dataType.typeName() == "timestamp"})
        return kinds


@contextmanager
def warehouse(url: str, **tables: str) -> Iterator[Warehouse]:
    """An engine with these tables of the connection, under names of their own.

    Raises:
        UnusablePredictions: there is no such connection, or a table is not there.
    """
    engine = Warehouse(connect(url), tables)
    try:
        engine.open()
        yield engine
    finally:
        engine.close()


def kind(type_: Any) -> str:
    """The kind that the contract speaks of, from Ibis' type."""
    if type_.is_array():
        return f"list of {kind(type_.value_type)}"
    if type_.is_integer() or (type_.is_decimal() and type_.scale == 0):
        return "integer"
    kinds = {
        "text": type_.is_string(),
        "boolean": type_.is_boolean(),
        "number": type_.is_floating() or type_.is_decimal(),
        "time": type_.is_timestamp() and bool(type_.timezone),
        "naive time": type_.is_timestamp() or type_.is_date(),
    }
    return next((name for name, fits in kinds.items() if fits), "other")


def _plain(column: Any) -> npt.NDArray[Any]:
    """An Arrow column as an array, with None where there is no value."""
    return np.array(column.to_pylist(), dtype=object) if column.null_count else column.to_numpy()
