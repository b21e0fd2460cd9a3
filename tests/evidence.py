"""Evidence that a test draws: runs, paired rows, and the ways in which counts can be less than that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gate.confusion import counts_of_matrices
from gate.counts import Counts, Histograms, Pairing, Slice
from gate.evidence import Curve, Dataset, Evidence, Matrix, Reuse, Run, Scalar, Split
from gate.rules import Margin
from tests.triples import blocked, blocks_of, counts_of

FALLING = tuple(1 + 1.3 * np.exp(-np.arange(100) / 8))


def margin(text: str) -> Margin:
    """As a policy writes it."""
    if text.endswith("%"):
        return Margin(text, relative=float(text[:-1]) / 100)
    return Margin(text, absolute=float(text.removesuffix("pp")) / (100 if text.endswith("pp") else 1))


def run(id: str = "new", value: float | None = 0.9, **more: object) -> Run:
    scalars = {} if value is None else {"a/b": Scalar(value, value, value)}
    return replace(Run(id, "train", "Owls", "completed", "a" * 40, "", scalars=scalars), **more)  # type: ignore[arg-type]


def two_classes(both: int, gained: int, lost: int, neither: int = 0, classes: int = 2) -> Counts:
    """Half of the rows of each kind are of class 0, half of class 1."""
    kinds = ((1, 1, both), (1, 0, gained), (0, 1, lost), (0, 0, neither))
    rows = []
    for candidate_right, best_right, count in kinds:
        for truth in (0, 1):
            some = count // 2 + (truth == 0) * (count % 2)
            rows.append((truth, truth if best_right else 1 - truth, truth if candidate_right else 1 - truth, some))
    return counts_of(rows, classes)


def unpaired(counts: Counts, moved: int = 0) -> Counts:
    """The same rows as two tables that share no id; ``moved`` rows of class 1 are of class 0 for the candidate."""
    best, candidate = counts.per_class.best, counts.per_class.candidate
    support = candidate.support + np.array([moved, -moved])
    apart = replace(counts.per_class, candidate=replace(candidate, support=support), overlap=None)
    pairing = Pairing("none", int(best.rows), int(best.rows), 0, "the tables have no id in common")
    return replace(counts, per_class=apart, pairing=pairing, triples=None)


def confusions(counts: Counts) -> Counts:
    """What the confusion matrices of both models say of the rows."""
    rows = counts.triples
    assert rows is not None
    matrices = []
    for predicted in (rows.best, rows.candidate):
        cells = np.zeros((len(counts.labels), len(counts.labels)))
        np.add.at(cells, (rows.truth, predicted), rows.count)
        matrices.append(Matrix("confusion", "test", 1, counts.labels, counts.labels, cells, "true", "predicted"))
    return counts_of_matrices(matrices[:1], matrices[1:])


def grouped(counts: Counts, groups: int) -> Counts:
    """The rows in groups that share a block; every triple's rows are neighbours, and so of few groups."""
    blocks = blocks_of(counts, groups, lambda rows: np.arange(rows) * groups // rows)
    return replace(counts, triples=None, blocks=blocks, grouped=True)


def weighted(counts: Counts, weight: float = 0.5, parts: int = 200) -> Counts:
    """Every row weighs as much; nothing but counts and blocks is left."""
    blocks = (blocked(counts, parts) * weight).astype(np.float32)
    per_class = replace(
        counts.per_class,
        best=_times(counts.per_class.best, weight),
        candidate=_times(counts.per_class.candidate, weight),
        overlap=_times(counts.per_class.overlap, weight),
    )
    changed = counts.changed * weight
    return replace(counts, per_class=per_class, triples=None, blocks=blocks, changed=changed, weighted=True)


def _times(part: object, weight: float) -> object:
    return replace(part, **{name: value * weight for name, value in vars(part).items()})  # type: ignore[type-var]


def sliced(counts: Counts, *parts: tuple[str, str, Counts]) -> Counts:
    return replace(counts, slices=tuple(Slice(column, value, part.per_class) for column, value, part in parts))


def confident(counts: Counts, best: int = 800, candidate: int = 800) -> Counts:
    """All rows have the same confidence, in this bin; all are right."""
    bins = np.zeros((2, 3, 1_000))
    bins[0, 1, best - 50 : best + 50] = bins[1, 1, candidate - 50 : candidate + 50] = counts.rows / 100
    return replace(counts, confidence=Histograms(bins[0], bins[1]))


def evidence(counts: Counts | None = None, **more: object) -> Evidence:
    """A candidate, a best, and whatever a policy may ask for."""
    found = Evidence(
        run(datasets={"train": "d1"}),
        run("old", 0.9),
        counts,
        curves={"train/loss": Curve(FALLING)},
        anchor=run("anchor", 0.95),
        anchor_counts=counts,
        reuse=Reuse(counts.fingerprint if counts else "", 37, 11),
        split=Split(train_end=1.6e9, test_start=1.7e9),
        datasets={"d1": Dataset("d1", "Flights", "flights", "1.2", newest="d1")},
    )
    return replace(found, **more)  # type: ignore[arg-type]
