"""Rows of groups, or with weights, tell less than as many independent rows: how much less."""

from __future__ import annotations

from gate.counts import Counts
from gate.late import numpy as np


class NoBlocks(Exception):
    """Rows are dependent or weighted, and nothing says how they belong together."""


def worth(counts: Counts) -> float:
    """What part of the counted rows as many independent rows would be worth; 1 where rows are independent.

    The variance of the accuracy difference among independent rows, over its variance between blocks of rows. Where
    blocks show no difference each of them counts as one row.

    Raises:
        NoBlocks: the counts have groups or weights, but no blocks.
    """
    if not (counts.grouped or counts.weighted):
        return 1.0
    overlap, n = counts.per_class.overlap, counts.rows
    if counts.blocks is None or overlap is None or not n:
        raise NoBlocks("rows with weights or in groups need blocks of paired rows, which were not counted")
    support, _, hits_best, _, hits = counts.blocks.sum(axis=2, dtype=np.float64).T
    rows_of_blocks = float((support > 0).sum())
    both = float(overlap.hits.sum())
    rise, fall = float(hits.sum()) - both, float(hits_best.sum()) - both
    gap = (rise - fall) / n
    between = float(((hits - hits_best - gap * support) ** 2).sum()) * rows_of_blocks / max(1.0, rows_of_blocks - 1)
    if between <= 0:
        return rows_of_blocks / n
    return min((rise + fall - n * gap**2) / between, counts.pairing.both / n)
