"""The delta method for means of F1 over classes, by the influence of each row; no resampling."""

from __future__ import annotations

import math

from gate.counts import ModelCounts, PerClass, Totals, Triples
from gate.late import numpy as np
from gate.late import numpy_typing as npt
from gate.stats.measures import share

LEAST = 50.0  # of 2TP + FP + FN in every class: below, the interval of a nominal 95 % covered 77 %


def valid(per_class: PerClass) -> bool:
    """Whether every class is large enough, for both models."""
    return all(bool((weight(each) >= LEAST).all()) for each in (per_class.best, per_class.candidate))


def weight(counts: ModelCounts) -> Totals:
    """2TP + FP + FN per class: the denominator of F1."""
    return counts.support + counts.claims


def error_of_triples(per_class: PerClass, triples: Triples, lost: float = 0.0, weighted: bool = False) -> float:
    """The standard error of the candidate's mean F1 minus a (1 - ``lost``) part of the best's."""
    influence = _of_rows(per_class.candidate, triples.truth, triples.candidate, weighted)
    influence -= (1 - lost) * _of_rows(per_class.best, triples.truth, triples.best, weighted)
    return math.sqrt(float((triples.count * influence**2).sum()))


def error_of_blocks(
    per_class: PerClass, blocks: npt.NDArray[np.floating], lost: float = 0.0, weighted: bool = False
) -> float:
    """The same where rows are only known in blocks: their influences add up."""
    support, claims_best, hits_best, claims, hits = blocks.swapaxes(0, 1)
    influence = _of_counts(per_class.candidate, support, claims, hits, weighted)
    influence -= (1 - lost) * _of_counts(per_class.best, support, claims_best, hits_best, weighted)
    return math.sqrt(float((influence**2).sum()) * len(blocks) / max(1, len(blocks) - 1))


def _of_rows(
    model: ModelCounts, truth: npt.NDArray[np.int64], predicted: npt.NDArray[np.int64], weighted: bool
) -> Totals:
    hit, touched, present = _slopes(model, weighted)
    return np.where(truth == predicted, hit[truth], 0.0) - touched[truth] - touched[predicted] + present[truth]


def _of_counts(
    model: ModelCounts, support: Totals, claims: Totals, hits: Totals, weighted: bool
) -> npt.NDArray[np.floating]:
    hit, touched, present = _slopes(model, weighted)
    return np.asarray(hits @ hit - (support + claims) @ touched + support @ present)


def _slopes(model: ModelCounts, weighted: bool) -> tuple[Totals, Totals, Totals]:
    """What the mean gains, per class, by a hit, loses by a row of the class or claimed for it, and gains by its weight.

    A class weighs 1/K in the macro mean, its share of the rows in the weighted one.
    """
    whole = weight(model)
    f1 = share(2 * model.hits, whole)
    rows = model.support.sum()
    importance = model.support / rows if weighted else np.full(len(f1), 1 / len(f1))
    present = (f1 - (importance * f1).sum()) / rows if weighted else np.zeros(len(f1))
    return share(2 * importance, whole), share(f1 * importance, whole), present
