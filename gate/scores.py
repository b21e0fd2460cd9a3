"""Scores of two models: pure arithmetic on counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from gate.counts import Counts, ModelCounts, PerClass, Totals
from gate.late import numpy as np
from gate.late import numpy_typing as npt

Shares: TypeAlias = "npt.NDArray[np.float64]"


@dataclass(frozen=True)
class ModelScores:
    """One model's scores: ``precision``, ``recall`` and ``f1`` per class in [0, 1], in the order of the labels.

    A share with an empty denominator is 0, as scikit-learn has it with ``zero_division=0``.
    """

    precision: Shares
    recall: Shares
    f1: Shares
    support: Totals
    accuracy: float

    @property
    def macro_f1(self) -> float:
        """The plain mean over all classes."""
        return float(self.f1.mean()) if len(self.f1) else 0.0

    @property
    def weighted_f1(self) -> float:
        """The mean over all classes, weighted by their support."""
        rows = self.support.sum()
        return float((self.f1 * self.support).sum() / rows) if rows else 0.0

    @property
    def micro_f1(self) -> float:
        """Of all rows together; where each row has one truth and one prediction that is the accuracy."""
        return self.accuracy


@dataclass(frozen=True)
class ClassScores:
    """Both models' scores over one fixed set of classes; ``support`` counts the rows whose truth is the class."""

    labels: tuple[str, ...]
    support: Totals
    best: ModelScores
    candidate: ModelScores

    @property
    def f1_change(self) -> Shares:
        return self.candidate.f1 - self.best.f1


@dataclass(frozen=True)
class Flips:
    """How the candidate's mistakes differ from the best's, on paired rows (Yan et al. 2021, Srivastava et al. 2020).

    ``rows`` N; ``negative`` rows only the best had right, ``positive`` only the candidate, ``both`` and ``neither``.
    ``changed`` rows are predicted differently.
    """

    rows: float
    both: float
    negative: float
    positive: float
    neither: float
    changed: float

    @property
    def nfr(self) -> float:
        """Negative flip rate: the share of all rows that the update breaks."""
        return _ratio(self.negative, self.rows)

    @property
    def pfr(self) -> float:
        """Positive flip rate: the share of all rows that the update mends."""
        return _ratio(self.positive, self.rows)

    @property
    def relative_nfr(self) -> float:
        """NFR over what independent mistakes would give: NFR / ((1 - error of the best) * error of the candidate)."""
        right = _ratio(self.both + self.negative, self.rows)
        wrong = _ratio(self.negative + self.neither, self.rows)
        return _ratio(self.nfr, right * wrong)

    @property
    def btc(self) -> float:
        """Backward trust compatibility: of the rows the best had right, the share still right."""
        return _ratio(self.both, self.both + self.negative)

    @property
    def bec(self) -> float:
        """Backward error compatibility: of the rows the candidate has wrong, the share that the best had wrong too."""
        return _ratio(self.neither, self.neither + self.negative)

    @property
    def churn(self) -> float:
        """The share of rows whose prediction changed, right or wrong."""
        return _ratio(self.changed, self.rows)


@dataclass(frozen=True)
class Confusion:
    """Rows of class ``truth`` predicted as ``predicted``, by each model."""

    truth: str
    predicted: str
    best: float
    candidate: float

    @property
    def growth(self) -> float:
        return self.candidate - self.best


def class_scores(counts: Counts) -> ClassScores:
    """Score both models; every class of the truth or of either prediction takes part."""
    return scores_within(counts.labels, counts.per_class)


def scores_within(labels: tuple[str, ...], per_class: PerClass) -> ClassScores:
    """Scores over part of the rows, such as a slice, with the class set of the whole."""
    candidate = per_class.candidate
    return ClassScores(labels, candidate.support, _model(per_class.best), _model(candidate))


def flips(counts: Counts) -> Flips | None:
    """None where rows could not be paired."""
    overlap = counts.per_class.overlap
    if overlap is None:
        return None
    rows, both = counts.rows, float(overlap.hits.sum())
    negative = float(counts.per_class.best.hits.sum()) - both
    positive = float(counts.per_class.candidate.hits.sum()) - both
    return Flips(rows, both, negative, positive, rows - both - negative - positive, counts.changed)


def grown(counts: Counts, most: int = 20) -> list[Confusion]:
    """The confusions that the candidate makes more often, largest growth first; those that shrank are left out."""
    pairs = counts.pairs
    if pairs is None:
        return []
    growth = pairs.candidate - pairs.best
    order = np.argsort(-growth, kind="stable")[:most]
    names = counts.labels
    return [
        Confusion(names[pairs.truth[i]], names[pairs.predicted[i]], float(pairs.best[i]), float(pairs.candidate[i]))
        for i in order
        if growth[i] > 0
    ]


def top_recall(counts: Counts, k: int) -> tuple[float | None, float | None]:
    """Recall among the first k predictions, of the best and of the candidate; None without a ranking."""
    best, candidate = counts.top.get(k, (None, None))
    rows = (counts.per_class.best.rows, counts.per_class.candidate.rows)
    return tuple(None if hits is None else _ratio(hits, n) for hits, n in zip((best, candidate), rows, strict=True))  # type: ignore[return-value]


def _model(counts: ModelCounts) -> ModelScores:
    return ModelScores(
        precision=_share(counts.hits, counts.claims),
        recall=_share(counts.hits, counts.support),
        f1=_share(2 * counts.hits, counts.support + counts.claims),
        support=counts.support,
        accuracy=_ratio(float(counts.hits.sum()), counts.rows),
    )


def _share(part: Totals, whole: Totals) -> Shares:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
