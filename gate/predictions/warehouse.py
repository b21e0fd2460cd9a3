"""Tables behind a connection (Spark, DuckDB), and the only door to Ibis: the same SQL, translated.

Definitions stay in this process, as common table expressions: nothing is written behind the connection but the rows
that are to be kept, and those only for as long as the counting takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from gate.predictions.backends import BACKENDS
from gate.predictions.table import Columns, UnusablePredictions, quoted, whose

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend
    from ibis.expr.datatypes import DataType
    from ibis.expr.types import Table

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*){0,2}")
UNREADABLE = "the predictions cannot be read to their end"


class Warehouse:
    """Named tables of an Ibis connection. Rows have no order there, and so no numbers."""

    def __init__(self, connection: SQLBackend, tables: Mapping[str, str]) -> None:
        self._connection, self._backend = connection, BACKENDS[connection.name]
        self._tables = {name: _path(table) for name, table in tables.items()}
        self._defined = {name: f"SELECT * FROM {table}" for name, table in self._tables.items()}
        self._kept: list[Any] = []
        self.words = self._backend.words
        for setting in self._backend.settings:
            connection.raw_sql(setting)

    def row_number(self, table: str) -> str:
        return ""

    def columns(self, table: str) -> Mapping[str, str]:
        with _explained(f"{whose(table)} cannot be read"):
            answer = self._answer(f"SELECT * FROM {table}")
            zoned = self._zoned(answer)
        return {name: "time" if name in zoned else kind(type_) for name, type_ in answer.schema().items()}

    def _zoned(self, answer: Table) -> set[str]:
        """Spark's columns of times with a zone, which Ibis does not tell from those without."""
        if self._connection.name != "pyspark":
            return set()
        native = self._connection.raw_sql(self._connection.compile(answer))
        return {field.name for field in native.schema if field.dataType.typeName() == "timestamp"}

    def rows(self, query: str) -> Columns:
        with _explained(UNREADABLE):
            found = self._answer(query).to_pyarrow()
        return {name: _plain(found.column(name)) for name in found.column_names}

    def define(self, name: str, query: str, keep: bool) -> None:
        self._defined[name] = query
        if keep and self._connection.supports_temporary_tables:
            with _explained(UNREADABLE):
                kept = self._answer(f"SELECT * FROM {name}").cache()
            self._kept.append(kept)
            self._defined[name] = f"SELECT * FROM {_path(kept.get_name())}"

    def label_type(self, columns: Sequence[tuple[str, str]]) -> str:
        """Text as it is."""
        return "VARCHAR"

    def close(self) -> None:
        """Let go of what was kept, and of a connection that is ours."""
        for kept in self._kept:
            kept.release()
        if not self._backend.stays:
            self._connection.disconnect()

    def _answer(self, query: str) -> Table:
        defined = ", ".join(f"{name} AS ({definition})" for name, definition in self._defined.items())
        return self._connection.sql(f"WITH {defined} {query}", dialect="duckdb")


@contextmanager
def warehouse(url: str, **tables: str) -> Iterator[Warehouse]:
    """An engine with these tables of the connection, under names of their own.

    Raises:
        UnusablePredictions: Ibis or the backend's driver is not installed, or there is no such connection.
    """
    engine = Warehouse(connect(url), tables)
    try:
        yield engine
    finally:
        engine.close()


def connect(url: str) -> SQLBackend:
    """An Ibis connection. The address may hold a password: no message repeats it."""
    scheme = url.partition("://")[0]
    if scheme not in BACKENDS:
        raise UnusablePredictions(f"no predictions are read behind {scheme}://; possible are: {', '.join(BACKENDS)}")
    try:
        import ibis
    except ImportError as error:
        raise UnusablePredictions(
            "predictions behind a connection need Ibis: pip install 'promotion-gate[warehouse]'"
        ) from error
    with _explained(f"the {scheme} connection cannot be opened"):
        connection: SQLBackend = ibis.connect(url)
    if scheme == "duckdb":
        connection.con = _Duckdb(connection.con)
    return connection


class _Duckdb:
    """DuckDB 2 took away a name that Ibis 12 calls."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def execute(self, *query: Any) -> _Duckdb:
        self._connection.execute(*query)
        return self

    def fetch_arrow_table(self) -> Any:
        import pyarrow

        return pyarrow.table(self._connection.fetchnumpy())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def kind(type_: DataType) -> str:
    """The kind that the contract speaks of, from Ibis' type."""
    if type_.is_array():
        return f"list of {kind(type_.value_type)}"
    if type_.is_integer() or (type_.is_decimal() and type_.scale == 0):
        return "integer"
    kinds = {
        "text": type_.is_string() and not type_.is_json(),
        "boolean": type_.is_boolean(),
        "number": type_.is_floating() or type_.is_decimal(),
        "time": type_.is_timestamp() and bool(type_.timezone),
        "naive time": type_.is_timestamp() or type_.is_date(),
    }
    return next((name for name, fits in kinds.items() if fits), "other")


def _plain(column: Any) -> npt.NDArray[Any]:
    """An Arrow column as an array, with None where there is no value."""
    return np.array(column.to_pylist(), dtype=object) if column.null_count else column.to_numpy()


def _path(table: str) -> str:
    if not NAME.fullmatch(table):
        raise UnusablePredictions(f"{table!r} is no name of a table")
    return ".".join(quoted(part) for part in table.split("."))


@contextmanager
def _explained(what: str) -> Iterator[None]:
    """Every driver has errors of its own, without a base in common."""
    try:
        yield
    except ImportError as error:
        raise UnusablePredictions(f"{what}: {error.name or error} is not installed") from error
    except Exception as error:
        raise UnusablePredictions(f"{what}: {str(error).strip().splitlines()[0][:200]}") from error
