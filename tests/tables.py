"""Prediction tables as tests draw them: columns to a Parquet file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


def written(path: Path, **columns: Sequence[Any]) -> Path:
    """A Parquet file of these columns; an empty column is one of text."""
    arrays = {name: pa.array(list(values), None if len(values) else pa.string()) for name, values in columns.items()}
    pq.write_table(pa.table(arrays), path)
    return path
