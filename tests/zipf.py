"""Two models' predictions over thousands of classes, a few frequent and most of them rare."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SITES = ("north", "south", "=west")
BROKEN = 20  # frequent classes that the candidate has got wrong more often
MENDED = 20


def predictions(names: Sequence[str], rows: int, seed: int = 1) -> tuple[bytes, bytes]:
    """The best's and the candidate's table as Parquet, with ids and the column ``site``.

    The candidate is worse on every second of the first classes, `BROKEN` of them, and better on those between.
    """
    random = np.random.default_rng(seed)
    ranks = np.arange(1, len(names) + 1)
    truth = random.choice(len(names), rows, p=(1 / ranks) / (1 / ranks).sum())
    right = np.full(len(names), 0.75)
    best = _predicted(random, truth, right)
    right[: 2 * BROKEN : 2], right[1 : 2 * MENDED : 2] = 0.5, 0.95
    changed = random.random(rows) < 0.3 + 0.7 * (truth < 2 * BROKEN)
    candidate = np.where(changed, _predicted(random, truth, right), best)
    site = random.integers(len(SITES), size=rows)
    return tuple(_parquet(names, truth, predicted, site) for predicted in (best, candidate))  # type: ignore[return-value]


def _predicted(random: np.random.Generator, truth: Any, right: Any) -> Any:
    """A mistake falls on one of the next three classes."""
    wrong = (truth + random.integers(1, 4, size=len(truth))) % len(right)
    return np.where(random.random(len(truth)) < right[truth], truth, wrong)


def _parquet(names: Sequence[str], truth: Any, predicted: Any, site: Any) -> bytes:
    labels = pa.array(list(names))
    columns = {
        "id": pa.array(np.arange(len(truth))),
        "y_true": labels.take(pa.array(truth)),
        "y_pred": labels.take(pa.array(predicted)),
        "site": pa.array(list(SITES)).take(pa.array(site)),
    }
    written = io.BytesIO()
    pq.write_table(pa.table(columns), written)
    return written.getvalue()
