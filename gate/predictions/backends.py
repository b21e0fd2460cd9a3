"""What differs between the backends that predictions are counted behind; everything else is translated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Backend:
    """``words`` stand in the queries where translation does not reach; ``settings`` are said at the beginning.

    ``version`` is a query whose answer changes whenever the rows of a {table} do; empty where nothing tells.
    """

    words: Mapping[str, str]
    settings: tuple[str, ...] = ()
    version: str = ""
    stays: bool = False  # the connection belongs to the whole process


BACKENDS: Mapping[str, Backend] = {
    "duckdb": Backend(
        {
            "number of": "CAST('0x' || substr({digest}, 1, 7) AS BIGINT)",
            "seconds of": "epoch({time})",
            "place in": "coalesce(list_position({list}, {item}), 0)",
        },
        ("SET TimeZone = 'UTC'",),
    ),
    "pyspark": Backend(
        {
            "number of": "CAST(conv(substr({digest}, 1, 7), 16, 10) AS BIGINT)",
            "seconds of": "unix_seconds({time})",
            "place in": "coalesce(array_position({list}, {item}), 0)",
        },
        # Without ANSI mode numbers overflow in silence; without Arrow rows are handed over one by one.
        (
            "SET spark.sql.session.timeZone = UTC",
            "SET spark.sql.ansi.enabled = true",
            "SET spark.sql.execution.arrow.pyspark.enabled = true",
        ),
        "SELECT DISTINCT _metadata.file_path, _metadata.file_size, _metadata.file_modification_time FROM {table}",
        stays=True,
    ),
}
