"""Per-class scores of two models on the same rows: pure arithmetic on counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gate.counts import Codes, PairedCounts

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ModelScores:
    """One model's scores: ``precision``, ``recall`` and ``f1`` per class in [0, 1], in the order of the labels.

    A share with an empty denominator is 0, as scikit-learn has it with ``zero_division=0``.
    """

    precision: Shares
    recall: Shares
    f1: Shares
    accuracy: float

    @property
    def macro_f1(self) -> float:
        return float(self.f1.mean())


@dataclass(frozen=True)
class ClassScores:
    """Both models' scores over one fixed set of classes; ``support`` counts the rows whose truth is the class."""

    labels: tuple[str, ...]
    support: Codes
    best: ModelScores
    candidate: ModelScores

    @property
    def f1_change(self) -> Shares:
        return self.candidate.f1 - self.best.f1


def class_scores(counts: PairedCounts) -> ClassScores:
    """Score both models of ``counts``; every class of the truth or of either prediction takes part."""
    support = _tally(counts.truth, counts, counts.count)
    return ClassScores(
        counts.labels, support, _model(counts, counts.best, support), _model(counts, counts.candidate, support)
    )


def _model(counts: PairedCounts, predicted: Codes, support: Codes) -> ModelScores:
    hits = _tally(counts.truth, counts, np.where(predicted == counts.truth, counts.count, 0))
    claims = _tally(predicted, counts, counts.count)
    return ModelScores(
        precision=_share(hits, claims),
        recall=_share(hits, support),
        f1=_share(2 * hits, support + claims),
        accuracy=float(hits.sum() / counts.rows),
    )


def _tally(codes: Codes, counts: PairedCounts, weight: Codes) -> Codes:
    return np.bincount(codes, weights=weight, minlength=len(counts.labels)).astype(np.int64)


def _share(part: Codes, whole: Codes) -> Shares:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
