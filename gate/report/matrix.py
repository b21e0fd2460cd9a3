"""A confusion matrix small enough to be read: of the few classes that matter, with all others as one column."""

from __future__ import annotations

from dataclasses import dataclass

from gate.counts import Codes, Counts, Totals
from gate.late import numpy as np


@dataclass(frozen=True)
class Matrix:
    """Of the candidate's rows: ``cells[truth, predicted]`` among ``names``, ``growth`` what is added to the best's.

    ``others`` are the rows of each truth that went anywhere else, known by name or not; a cell that was not kept by
    name is 0 and counted there. So each row adds up to its ``support``.
    """

    names: tuple[str, ...]
    cells: Totals
    growth: Totals
    others: Totals
    others_growth: Totals
    support: Totals


def matrix(counts: Counts, most: int) -> Matrix | None:
    """Of the classes at both ends of the confusions that grew most; None without confusions, or if none differ."""
    if counts.pairs is None:
        return None
    chosen = _chosen(counts, most)
    if not len(chosen):
        return None
    best, candidate = (_cells(counts, chosen, model) for model in ("best", "candidate"))
    support = [model.support[chosen] for model in (counts.per_class.best, counts.per_class.candidate)]
    others = [whole - cells.sum(axis=1) for whole, cells in zip(support, (best, candidate), strict=True)]
    names = tuple(counts.labels[index] for index in chosen)
    return Matrix(names, candidate, candidate - best, others[1], others[1] - others[0], support[1])


def _chosen(counts: Counts, most: int) -> Codes:
    """By how much their confusions changed, in the order of the labels."""
    pairs = counts.pairs
    assert pairs is not None
    change = np.abs(pairs.candidate - pairs.best)
    weight = np.zeros(len(counts.labels))
    np.add.at(weight, pairs.truth, change)
    np.add.at(weight, pairs.predicted, change)
    order = np.argsort(-weight, kind="stable")[:most]
    return np.sort(order[weight[order] > 0])


def _cells(counts: Counts, chosen: Codes, model: str) -> Totals:
    pairs = counts.pairs
    assert pairs is not None
    place = np.full(len(counts.labels), -1)
    place[chosen] = np.arange(len(chosen))
    rows, columns = place[pairs.truth], place[pairs.predicted]
    kept = (rows >= 0) & (columns >= 0)
    cells = np.diag(getattr(counts.per_class, model).hits[chosen].astype(np.float64))
    np.add.at(cells, (rows[kept], columns[kept]), getattr(pairs, model)[kept])
    return cells
