"""Paired rows that a test draws, as triples."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from hypothesis import strategies as st

from gate.counts import Counts, Triples, from_triples

THREE_CLASSES = from_triples(
    ("0", "1", "2"),
    Triples(
        truth=np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]),
        best=np.array([0, 0, 1, 2, 1, 1, 0, 0, 2, 2, 1, 0]),
        candidate=np.array([0, 1, 0, 2, 1, 0, 1, 0, 2, 1, 1, 2]),
        count=np.array([50, 6, 2, 4, 30, 1, 5, 3, 12, 4, 2, 1.0]),
    ),
)
CODE = st.integers(0, 3)
ROWS = st.lists(st.tuples(CODE, CODE, CODE, st.integers(1, 30)), min_size=1, max_size=25)


def counts_of(rows: Sequence[tuple[int, int, int, int]], classes: int = 4) -> Counts:
    """Counts of (truth, best, candidate, how many); a triple that comes twice is two triples."""
    truth, best, candidate, count = np.array(rows).T
    labels = tuple(str(code) for code in range(classes))
    return from_triples(labels, Triples(truth, best, candidate, count.astype(np.float64)))


def blocked(counts: Counts, parts: int, seed: int = 0) -> np.ndarray:
    """Each row in a random block: shape (parts, 5, classes)."""
    return blocks_of(counts, parts, lambda rows: np.random.default_rng(seed).integers(0, parts, rows))


def blocks_of(counts: Counts, parts: int, part_of: Callable[[int], np.ndarray]) -> np.ndarray:
    """Every row in the block that is drawn for it; the rows of a triple are neighbours."""
    triples = counts.triples
    assert triples is not None
    blocks = np.zeros((parts, 5, len(counts.labels)), dtype=np.float32)
    where = np.repeat(np.arange(len(triples.count)), triples.count.astype(int))
    part = part_of(len(where))
    truth, best, candidate = triples.truth[where], triples.best[where], triples.candidate[where]
    for place, label, kept in (
        (0, truth, truth >= 0),
        (1, best, truth >= 0),
        (2, truth, best == truth),
        (3, candidate, truth >= 0),
        (4, truth, candidate == truth),
    ):
        np.add.at(blocks, (part[kept], place, label[kept]), 1)
    return blocks
