"""Tables of predictions with thousands of classes, as training scripts upload them."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

DAY = 86_400
BEGIN = 1_735_689_600  # 2025-01-01, in seconds since 1970
TEST_DAYS, LATER_DAYS = 30, 60


def test_rows(rows: int, classes: int, wrong_every: int) -> bytes:
    """Each class equally often; every ``wrong_every``-th prediction is another class, of a candidate's own choice."""
    truth = np.arange(rows) * 7_919 % classes
    wrong = (np.arange(rows) + wrong_every) % wrong_every == 0
    said = np.where(wrong, (truth + 1 + np.arange(rows) % 3) % classes, truth)
    when = np.arange(rows) * (TEST_DAYS * DAY) // rows
    return written("test", classes, truth, said, when, wrong_every)


def later_rows(rows: int, classes: int, wrong_every: int) -> bytes:
    """Of two more months, in which the model errs more often the later it is."""
    random = np.random.default_rng(wrong_every)
    truth = random.integers(0, classes, rows)
    share = np.arange(rows) / rows
    wrong = random.random(rows) < 1 / wrong_every + 0.2 * share
    said = np.where(wrong, random.integers(0, classes, rows), truth)
    when = TEST_DAYS * DAY + np.arange(rows) * (LATER_DAYS * DAY) // rows
    return written("later", classes, truth, said, when, wrong_every)


def written(
    kind: str,
    classes: int,
    truth: np.ndarray[tuple[int], np.dtype[np.int64]],
    said: np.ndarray[tuple[int], np.dtype[np.int64]],
    when: np.ndarray[tuple[int], np.dtype[np.int64]],
    seed: int,
) -> bytes:
    names = pa.array([f"owl of species {code:04}" for code in range(classes)])
    sure = np.random.default_rng(seed).beta(8, 2, len(truth))
    columns = {
        "id": pa.array([f"{kind}-{row:07}" for row in range(len(truth))]),
        "y_true": pa.DictionaryArray.from_arrays(pa.array(truth.astype(np.int32)), names).cast(pa.string()),
        "y_pred": pa.DictionaryArray.from_arrays(pa.array(said.astype(np.int32)), names).cast(pa.string()),
        "confidence": sure,
        "timestamp": pa.array((BEGIN + when) * 1_000, pa.timestamp("ms", "UTC")),
    }
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer, compression="zstd")
    return buffer.getvalue()
