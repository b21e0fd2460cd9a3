"""Two tables of predictions, the second one drifted: python -m benchmarks.drifting.tables FOLDER ROWS CLASSES."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

VERSION = 1  # of what is generated
WINDOWS = ("reference", "current")
COLUMNS = ("y_pred", "confidence")
ZIPF = 1.05
MOVED = 0.03  # the share of predictions that leave the most frequent class for the tenth
SHAPES = ((8.0, 2.0), (7.5, 2.0))  # of the confidences' beta distributions


def name_of(rows: int, classes: int) -> str:
    return f"drift-v{VERSION}-{rows}-{classes}"


def file(folder: Path, window: str) -> Path:
    return folder / f"{window}.parquet"


def make(folder: Path, rows: int, classes: int) -> None:
    """Fill the folder, which is there only once it is whole."""
    import numpy as np  # here, since the timed methods import this module for the names of its files
    import pyarrow as pa
    import pyarrow.parquet as pq

    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    random = np.random.default_rng(1)
    shares = np.arange(1, classes + 1) ** -ZIPF
    shares /= shares.sum()
    names = pa.array([f"subreddit_{number:05}" for number in range(classes)])
    for number, (window, shape) in enumerate(zip(WINDOWS, SHAPES, strict=True)):
        now = shares.copy()
        now[0], now[min(10, classes - 1)] = now[0] - number * MOVED, now[min(10, classes - 1)] + number * MOVED
        codes = random.choice(classes, rows, p=now / now.sum()).astype(np.int32)
        labels = pa.DictionaryArray.from_arrays(pa.array(codes), names).cast(pa.string())
        columns = {"y_pred": labels, "confidence": random.beta(*shape, rows)}
        pq.write_table(pa.table(columns), file(part, window))
    part.rename(folder)


if __name__ == "__main__":
    make(Path(sys.argv[1]), *map(int, sys.argv[2:]))
