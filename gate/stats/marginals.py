"""Do two models claim the classes equally often? A test on the same rows."""

from __future__ import annotations

from gate.counts import Triples
from gate.late import numpy as np
from gate.late import scipy

MOST_CLASSES = 2_000  # beyond, the covariance is too large to be solved while somebody waits


def stuart_maxwell(triples: Triples, classes: int) -> tuple[float, int, float] | None:
    """Chi-squared, degrees of freedom and p of marginal homogeneity (Stuart 1955, Maxwell 1970).

    None for too many classes. Only classes that a changed row touches count.
    """
    changed = triples.best != triples.candidate
    first, second, rows = triples.best[changed], triples.candidate[changed], triples.count[changed]
    touched, codes = np.unique(np.concatenate([first, second]), return_inverse=True)
    size = len(touched)
    if not 0 < size <= MOST_CLASSES:
        return (0.0, 0, 1.0) if not size else None
    table = np.zeros((size, size))
    np.add.at(table, (codes[: len(first)], codes[len(first) :]), rows)
    gap = (table.sum(axis=1) - table.sum(axis=0))[:-1]
    covariance = -(table + table.T)
    np.fill_diagonal(covariance, table.sum(axis=1) + table.sum(axis=0))
    found, _, rank, _ = np.linalg.lstsq(covariance[:-1, :-1], gap, rcond=None)
    chi2 = float(gap @ found)
    return chi2, int(rank), float(scipy.special.chdtrc(max(1, int(rank)), chi2))
