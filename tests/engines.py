"""One pair of prediction tables in each engine, and whether two counts are the same to the bit."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gate.predictions.connection import connect
from gate.predictions.embedded import embedded
from gate.predictions.table import Engine
from gate.predictions.warehouse import Warehouse

NAMES = ("best", "candidate")
LACKING = [
    what for what, there in {"java": shutil.which("java"), "pyspark": importlib.util.find_spec("pyspark")}.items()
    if not there
]  # fmt: skip
SUBMIT = (
    "--master local[2] --driver-memory 1g --conf spark.ui.enabled=false --conf spark.driver.host=127.0.0.1 "
    "--conf spark.driver.bindAddress=127.0.0.1 --conf spark.sql.shuffle.partitions=2 "
    # for a few hundred rows compiling costs more than running
    "--conf spark.sql.codegen.wholeStage=false --conf spark.sql.codegen.factoryMode=NO_CODEGEN "
    "--conf spark.sql.adaptive.enabled=false "
    "--driver-java-options -XX:TieredStopAtLevel=1 "
    "--conf spark.ui.showConsoleProgress=false --conf spark.sql.warehouse.dir={folder} pyspark-shell"
)
needs_spark = pytest.mark.skipif(
    bool(LACKING) and not os.environ.get("CI"),
    reason=f"no {' and no '.join(LACKING)}: apt install openjdk-17-jre-headless, pip install -e '.[spark]'",
)


@contextmanager
def engine(name: str, files: Sequence[Path]) -> Iterator[Engine]:
    """The best's and the candidate's file, opened by the engine of this name."""
    if name == "embedded":
        with embedded(*((table, [file]) for table, file in zip(NAMES, files, strict=True))) as found:
            yield found
    else:
        with behind(f"{name}://", files) as found:
            yield found


@contextmanager
def behind(url: str, files: Sequence[Path]) -> Iterator[Warehouse]:
    """The files as tables that a connection knows by the names of the files."""
    connection = connect(url)
    for file in files:
        connection.read_parquet(str(file), table_name=file.stem)
    found = Warehouse(connection, {table: file.stem for table, file in zip(NAMES, files, strict=True)})
    try:
        found.open()
        yield found
    finally:
        found.close()


def differences(one: Any, other: Any, place: str = "") -> Iterator[str]:
    """Where two values are not the same to the bit."""
    if type(one) is not type(other):
        yield f"{place}: {type(one)} and {type(other)}"
    elif is_dataclass(one):
        for field in fields(one):
            yield from differences(getattr(one, field.name), getattr(other, field.name), f"{place}.{field.name}")
    elif isinstance(one, np.ndarray):
        if (one.dtype, one.shape, one.tobytes()) != (other.dtype, other.shape, other.tobytes()):
            yield f"{place}: {one!r:.200} and {other!r:.200}"
    elif isinstance(one, Mapping):
        yield from differences(tuple(one.items()), tuple(other.items()), place)
    elif isinstance(one, tuple) and len(one) == len(other):
        for number, each in enumerate(zip(one, other, strict=True)):
            yield from differences(*each, f"{place}[{number}]")
    elif one != other:
        yield f"{place}: {one!r:.200} and {other!r:.200}"
