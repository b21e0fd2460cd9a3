"""What leaves a prediction table: how often, never which rows. Bounded by classes, bins, slices and blocks.

Everything later (scores, tests, drift, charts) is a pure function of these values. Those of arrays have no equality:
whether two arrays are equal has an answer for each place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gate.late import numpy as np
from gate.late import numpy_typing as npt

if TYPE_CHECKING:
    Codes = npt.NDArray[np.int64]
    Totals = npt.NDArray[np.float64]
else:
    Codes = Totals = Any  # numpy is not loaded for a name

BINS = 1_000  # of confidence, equally wide on [0, 1]; fixed, so that one outlier cannot hide a shift


@dataclass(frozen=True, eq=False)
class ModelCounts:
    """One model, per class: rows whose truth it is (``support``), rows it was predicted for (``claims``), and both.

    Each has the length of the labels. Whole numbers, or sums of weights where the table has a weight column.
    ``claims`` and ``hits`` are of rows that have a truth, ``predicted`` of all rows.
    """

    support: Totals
    claims: Totals
    hits: Totals
    predicted: Totals

    @property
    def rows(self) -> float:
        return float(self.support.sum())


@dataclass(frozen=True, eq=False)
class Overlap:
    """Of rows that both models predicted, per class: both right, and both predicting the class where it is wrong."""

    hits: Totals
    false: Totals


@dataclass(frozen=True, eq=False)
class PerClass:
    """Both models' counts over one set of rows. ``overlap`` is None where rows could not be paired."""

    best: ModelCounts
    candidate: ModelCounts
    overlap: Overlap | None


@dataclass(frozen=True, eq=False)
class Triples:
    """Distinct (truth, best's prediction, candidate's prediction) as indices of the labels, with their ``count``."""

    truth: Codes
    best: Codes
    candidate: Codes
    count: Totals


@dataclass(frozen=True, eq=False)
class Pairs:
    """Confusions: rows of class ``truth`` predicted as ``predicted``, by each model; only those that differ most.

    ``left_out`` counts the further pairs that were found and not kept.
    """

    truth: Codes
    predicted: Codes
    best: Totals
    candidate: Totals
    left_out: int = 0


@dataclass(frozen=True, eq=False)
class Histograms:
    """Confidences of one model: arrays of shape (3, BINS): rows where it was wrong, right, and of unknown truth."""

    best: Totals | None = None
    candidate: Totals | None = None


@dataclass(frozen=True, eq=False)
class Slice:
    """The rows where ``column`` has ``value``: the counts per class and the confidences within them."""

    column: str
    value: str
    per_class: PerClass
    confidence: Histograms = field(default_factory=Histograms)


@dataclass(frozen=True, eq=False)
class Chunk:
    """The rows of one stretch of time: per model how many there were, how many had a truth, and were right.

    ``start`` is RFC 3339, UTC; the stretch has ``seconds``.
    """

    start: str
    seconds: int
    rows: Mapping[str, float]
    labelled: Mapping[str, float]
    right: Mapping[str, float]
    confidence: Histograms


@dataclass(frozen=True)
class Pairing:
    """How rows of the two tables were brought together.

    ``how`` is id, position or none; ``best`` and ``candidate`` are the tables' rows, ``both`` those compared as pairs.
    ``why`` says in a sentence why a better pairing was not possible.
    """

    how: str
    best: int
    candidate: int
    both: int
    why: str = ""

    @property
    def matched(self) -> float:
        """The share of all distinct rows found in both tables, in [0, 1]."""
        whole = self.best + self.candidate - self.both
        return self.both / whole if whole else 0.0

    @property
    def said(self) -> str:
        """In words, for a line of evidence."""
        if self.how == "none":
            return f"{self.best:,} and {self.candidate:,} rows, not paired: {self.why}"
        return f"{self.both:,} rows paired by {self.how}, {self.matched:.1%} of all found in both"


@dataclass(frozen=True, eq=False)
class Counts:
    """All that is known of two models' predictions.

    ``labels`` is the union of the labels in the truth and in both predictions, in order; every per-class array
    follows it. ``triples`` are there while they are few; ``blocks`` otherwise: counts per class within about equal
    random parts of the rows, shape (blocks, 5, classes): support, claims and hits of the best, then claims and hits
    of the candidate. ``top`` are hits among the first k predictions: k -> (best, candidate). ``span`` are the seconds
    since 1970 of the first and the last row. ``grouped`` rows are not independent of each other: those of a group
    share a block.
    """

    labels: tuple[str, ...]
    per_class: PerClass
    pairing: Pairing
    triples: Triples | None = None
    blocks: npt.NDArray[np.float32] | None = None
    pairs: Pairs | None = None
    confidence: Histograms = field(default_factory=Histograms)
    slices: tuple[Slice, ...] = ()
    chunks: tuple[Chunk, ...] = ()
    span: tuple[int, int] | None = None
    top: Mapping[int, tuple[float | None, float | None]] = field(default_factory=dict)
    changed: float = 0.0
    weighted: bool = False
    grouped: bool = False
    fingerprint: str = ""
    source: str = "predictions"
    lacks: tuple[str, ...] = ()

    @property
    def rows(self) -> float:
        """Rows of the comparison (sums of weights where there are weights)."""
        return self.per_class.candidate.rows

    def named(self, mask: npt.NDArray[np.bool_]) -> list[str]:
        return [self.labels[index] for index in np.flatnonzero(mask)]

    @property
    def silent(self) -> tuple[str, ...]:
        """What these counts say nothing about, for want of a column, or of rows that are paired."""
        absent = {
            "flips": self.per_class.overlap is None,
            "confidence": self.confidence.best is None or self.confidence.candidate is None,
            "top-k": not self.top,
            "slices": not self.slices,
            "time": not self.chunks,
        }
        return tuple(what for what, is_absent in absent.items() if is_absent)

    @property
    def new_classes(self) -> list[str]:
        """Predicted by the candidate, never by the best."""
        return self.named((self.per_class.candidate.predicted > 0) & (self.per_class.best.predicted == 0))

    @property
    def gone_classes(self) -> list[str]:
        """Predicted by the best, never by the candidate."""
        return self.named((self.per_class.best.predicted > 0) & (self.per_class.candidate.predicted == 0))

    @property
    def unseen_classes(self) -> list[str]:
        """Predicted by a model, never true."""
        return self.named((self.per_class.best.support + self.per_class.candidate.support) == 0)


def from_triples(labels: Sequence[str], triples: Triples, pairing: Pairing | None = None) -> Counts:
    """Counts of rows that are given as triples: of paired rows, everything else per class follows from them."""
    right = {"best": triples.best == triples.truth, "candidate": triples.candidate == triples.truth}
    support = _tally(labels, triples.truth, triples.count)
    models = {}
    for name, predicted in (("best", triples.best), ("candidate", triples.candidate)):
        claims, hits = _tally(labels, predicted, triples.count), triples.count * right[name]
        models[name] = ModelCounts(support, claims, _tally(labels, triples.truth, hits), claims)
    same = triples.best == triples.candidate
    overlap = Overlap(
        _tally(labels, triples.truth, triples.count * (right["best"] & right["candidate"])),
        _tally(labels, triples.best, triples.count * (same & ~right["best"])),
    )
    rows = int(triples.count.sum())
    return Counts(
        tuple(labels),
        PerClass(models["best"], models["candidate"], overlap),
        pairing or Pairing("id", rows, rows, rows),
        triples,
        changed=float(triples.count[~same].sum()),
    )


def _tally(labels: Sequence[str], codes: Codes, weight: Totals) -> Totals:
    return np.bincount(codes, weights=weight, minlength=len(labels)).astype(np.float64)
