"""The only door to Ibis: opening a connection, and saying in a sentence why one fails."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from gate.predictions.backends import BACKENDS, backend_of
from gate.predictions.table import UnusablePredictions

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend


def connect(url: str) -> SQLBackend:
    """An Ibis connection.

    Raises:
        UnusablePredictions: Ibis or the backend's driver is not installed, or the connection cannot be opened.
    """
    name = backend_of(url)
    try:
        import ibis

        getattr(ibis, name)  # imports the driver
    except ImportError as error:
        raise UnusablePredictions(
            f"predictions behind {name}:// need Ibis and its driver: "
            f"pip install 'promotion-gate[warehouse]' 'ibis-framework[{name}]'"
        ) from error
    if chatter := BACKENDS[name].chatter:
        logging.getLogger(chatter).setLevel(logging.CRITICAL + 1)
    with explained(f"the {name} connection cannot be opened", url):
        connection: SQLBackend = ibis.connect(url)
    if name == "duckdb":
        connection.con = _Duckdb(connection.con)
    return connection


@contextmanager
def explained(what: str, url: str = "") -> Iterator[None]:
    """Drivers' errors have no base in common. What is secret in the address is not repeated."""
    try:
        yield
    except Exception as error:
        said = str(error).strip() or type(error).__name__
        for secret in _secrets(url):
            said = said.replace(secret, "…")
        raise UnusablePredictions(f"{what}: {said.splitlines()[0][:200]}") from error


def _secrets(url: str) -> list[str]:
    address = urlsplit(url)
    return [each for each in (address.password, *(value for _, value in parse_qsl(address.query))) if each]


class _Duckdb:
    """A DuckDB connection with the name that Ibis 12 calls and DuckDB 2 has no more."""

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
