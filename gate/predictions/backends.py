"""What differs between the backends that predictions are counted behind; everything else is translated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gate.predictions.table import UnusablePredictions, quoted

PART = r"[A-Za-z0-9_]+"
NAME = re.compile(rf"{PART}(\.{PART}){{0,2}}")
RUN = "{task}"  # in the name of a table: the id of the run that it belongs to


@dataclass(frozen=True)
class Backend:
    """One kind of connection, which sorts text by its bytes.

    ``words`` stand in the queries where translation does not reach, ``settings`` are said at the beginning, and
    ``refresh`` makes a {table} be looked at anew. ``version`` is a query whose answer changes whenever the {table}
    does. A ``shared`` connection belongs to the whole process; ``chatter`` is a logger that repeats its errors.
    """

    words: Mapping[str, str]
    settings: tuple[str, ...] = ()
    refresh: str = ""
    version: str = ""
    shared: bool = False
    chatter: str = ""


BACKENDS: Mapping[str, Backend] = {
    # A table of DuckDB tells nothing by which a change could be seen: without a version, counts are not kept.
    "duckdb": Backend(
        words={
            "number of": "CAST('0x' || substr({digest}, 1, 7) AS BIGINT)",
            "seconds of": "epoch({time})",
            "place in": "coalesce(list_position({list}, {item}), 0)",
        },
        settings=("SET TimeZone = 'UTC'",),
    ),
    "pyspark": Backend(
        words={
            "number of": "CAST(conv(substr({digest}, 1, 7), 16, 10) AS BIGINT)",
            "seconds of": "unix_seconds({time})",
            "place in": "coalesce(array_position({list}, {item}), 0)",
        },
        # Without ANSI mode numbers overflow in silence; without Arrow rows are handed over one by one.
        settings=(
            "SET spark.sql.session.timeZone = UTC",
            "SET spark.sql.ansi.enabled = true",
            "SET spark.sql.execution.arrow.pyspark.enabled = true",
        ),
        # A session remembers the files of a table, and would read the new ones under the old ones' names and sizes.
        refresh="REFRESH TABLE {table}",
        # The files of a table, and how many rows of each are in it: formats with deletions keep the files.
        version=(
            "SELECT file_path, file_size, file_modification_time, count(*) AS n FROM (SELECT "
            "CAST(_metadata.file_path AS VARCHAR) AS file_path, CAST(_metadata.file_size AS VARCHAR) AS file_size, "
            "CAST(_metadata.file_modification_time AS VARCHAR) AS file_modification_time FROM {table}) AS files "
            "GROUP BY file_path, file_size, file_modification_time"
        ),
        shared=True,
        chatter="SQLQueryContextLogger",
    ),
}


def backend_of(url: str) -> str:
    """The backend's name.

    Raises:
        UnusablePredictions: nothing is known of it.
    """
    name = url.partition("://")[0]
    if "://" not in url or name not in BACKENDS:
        known = " or ".join(f"{each}://" for each in BACKENDS)
        raise UnusablePredictions(f"a connection begins with {known}, not with {name[:20]!r}")
    return name


def table_name(template: str, run: str) -> str:
    """The table of a run. Ids come from other people: they must not lead to another table.

    Raises:
        UnusablePredictions: the id cannot be part of a name.
    """
    if not re.fullmatch(PART, run):
        raise UnusablePredictions(f"the run's id {run!r} cannot be part of a table's name")
    return template.replace(RUN, run)


def path_of(table: str, quote: str = '"') -> str:
    """A table's name as SQL.

    Raises:
        UnusablePredictions: it is none.
    """
    if not NAME.fullmatch(table):
        raise UnusablePredictions(f"{table!r} is no name of a table")
    return ".".join(quoted(part) for part in table.split(".")).replace('"', quote)
