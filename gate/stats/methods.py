"""Which interval fits which counts: paired or not, independent rows or blocks of them, few changes or many.

Each function answers with the interval of the candidate's score minus a (1 - lost) part of the best's, and the name
of the formula (a key of `gate.formulas`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gate.counts import Counts, ModelCounts, Pairs, Totals
from gate.late import numpy as np
from gate.late import numpy_typing as npt
from gate.stats import macro
from gate.stats.interval import Interval, newcombe, tango
from gate.stats.measures import OF_ONE, OVERALL, Measure, f1, parts
from gate.stats.paired import Estimate, contrast
from gate.stats.resample import REPLICATES, Source, bootstrap
from gate.stats.seven import Seven
from gate.stats.sources import Cells, OfBlocks, OfConfusions, OfTriples, Widened
from gate.stats.tiny_classes import macro_interval

FEW = 10  # rows (or blocks) on which one model alone is right: with fewer, resamples show too little
EVEN = (0.5, 0.5)


class Incomparable(Exception):
    """Why there is no interval, in words. ``missing``: not even the scores can be told."""

    def __init__(self, why: str, missing: bool = False) -> None:
        super().__init__(why)
        self.missing = missing


@dataclass(frozen=True)
class How:
    """What an interval is to be: its confidence, the part of the best that may be lost, and the method."""

    confidence: float = 0.95
    lost: float = 0.0
    method: str = "auto"
    replicates: int = REPLICATES


Found = tuple[Interval, str]
Resampling = Callable[[Source], Interval]


def of_all(counts: Counts, score: str, how: How) -> Found:
    """Accuracy, or a mean of F1 over classes."""
    if score == "accuracy" and not _dependent(counts) and (how.method != "bootstrap" or not _resamples(counts)):
        return _accuracy(counts, how)
    if counts.per_class.overlap is None:
        return _confusions(counts, _interval(counts, score, how))
    if score != "accuracy" and how.method != "bootstrap" and _many_everywhere(counts):
        return _delta(counts, score == "weighted_f1", how)
    return _of_rows(counts, _interval(counts, score, how))


def of_class(counts: Counts, score: str, label: int, how: How) -> Found:
    """Recall, precision or F1 of one class."""
    best, candidate = (_at(each, label) for each in (counts.per_class.best, counts.per_class.candidate))
    interval = _percentiles(OF_ONE[score], how)
    if _dependent(counts):
        return _blocks(counts, interval, label)
    if counts.per_class.overlap is None:
        source = OfConfusions(_cells(best), _cells(candidate), classes=2)
        return _resampled(source, interval, EVEN, min(sum(best), sum(candidate)) < FEW), "confusions"
    seven = Seven.of(counts.per_class)
    if score == "recall":
        b, c, both, rows = (float(x[label]) for x in (seven.gained, seven.lost, seven.both, seven.support))
        return of_shares(b, c, both, rows, how)
    few = bool(seven.changed[label] < FEW)
    return _resampled(OfTriples(seven.triples(label), classes=2), interval, EVEN, few), "bootstrap"


def of_shares(b: float, c: float, both: float, n: float, how: How) -> Found:
    """Two shares of the same rows."""
    if how.lost:
        return contrast(b, c, both, n, how.lost).interval(how.confidence), "contrast"
    return tango(b, c, n, how.confidence), "tango"


def _accuracy(counts: Counts, how: How) -> Found:
    best, candidate, overlap = counts.per_class.best, counts.per_class.candidate, counts.per_class.overlap
    hits_best, hits = float(best.hits.sum()), float(candidate.hits.sum())
    if overlap is None:
        return newcombe(hits, candidate.rows, hits_best, best.rows, how.confidence, how.lost), "newcombe"
    both = float(overlap.hits.sum())
    return of_shares(hits - both, hits_best - both, both, counts.rows, how)


def _interval(counts: Counts, score: str, how: How) -> Resampling:
    """From resamples to an interval: percentiles, and more care for a mean over classes that may be tiny."""
    if score != "macro_f1":
        return _percentiles(OVERALL[score], how)
    best, candidate = (f1(part) for part in parts(counts.per_class))
    rows = counts.pairing.both or counts.pairing.best
    support = counts.per_class.best.support * (rows / counts.rows if counts.weighted else 1)
    observed = candidate - (1 - how.lost) * best
    return lambda source: macro_interval(source, observed, support, how.confidence, how.replicates, how.lost)


def _percentiles(measure: Measure, how: How) -> Resampling:
    return lambda source: bootstrap(source, measure, how.replicates).interval(how.confidence, how.lost)


def _of_rows(counts: Counts, interval: Resampling) -> Found:
    """By resampling paired rows, or the blocks in which they were counted."""
    if counts.triples is None:
        return _blocks(counts, interval)
    source = OfTriples(counts.triples, len(counts.labels))
    return _resampled(source, interval, _shares(counts), _alone(counts) < FEW), "bootstrap"


def _blocks(counts: Counts, interval: Resampling, label: int | None = None) -> Found:
    blocks = counts.blocks
    if blocks is None or counts.per_class.overlap is None:
        raise Incomparable(
            "the counts carry no resamples for it: within slices, of rows that could not be paired, or of a source "
            "without ids there are none"
        )
    chosen = blocks if label is None else blocks[:, :, label : label + 1]
    filled = float((blocks[:, 0].sum(axis=1) > 0).sum())
    weight = counts.rows / (filled if counts.grouped else counts.pairing.both)
    few = int((chosen[:, 2] != chosen[:, 4]).any(axis=1).sum()) < FEW
    shares = _shares(counts) if label is None else np.ones(1)
    return _resampled(OfBlocks(chosen), interval, shares, few, weight), "blocks"


def _confusions(counts: Counts, interval: Resampling) -> Found:
    """Of rows that could not be paired, where every confusion is known."""
    pairs = counts.pairs
    if _dependent(counts) or pairs is None or pairs.left_out:
        raise Incomparable("rows could not be paired, and not all confusions are known")
    best, candidate = counts.per_class.best, counts.per_class.candidate
    right, rows = float(best.hits.sum() + candidate.hits.sum()), best.rows + candidate.rows
    cells = (_all_cells(pairs, pairs.best, best), _all_cells(pairs, pairs.candidate, candidate))
    source = OfConfusions(cells[0], cells[1], classes=len(counts.labels))
    return _resampled(source, interval, _shares(counts), min(right, rows - right) < FEW), "confusions"


def _delta(counts: Counts, weighted: bool, how: How) -> Found:
    per_class, measure = counts.per_class, OVERALL["weighted_f1" if weighted else "macro_f1"]
    if counts.triples is not None:
        error = macro.error_of_triples(per_class, counts.triples, how.lost, weighted)
    else:
        assert counts.blocks is not None
        error = macro.error_of_blocks(per_class, counts.blocks.astype(np.float64), how.lost, weighted)
    best, candidate = (float(measure(part)) for part in parts(per_class))
    return Estimate(candidate - (1 - how.lost) * best, error).interval(how.confidence), "delta"


def _resampled(
    source: Source, interval: Resampling, shares: Totals | Sequence[float], few: bool, weight: float = 1.0
) -> Interval:
    """Where models hardly differ, or not at all in this score, with imagined rows."""
    found = interval(source)
    return found if found.width > 0 and not few else interval(Widened(source, np.asarray(shares), weight))


def _dependent(counts: Counts) -> bool:
    return counts.grouped or counts.weighted


def _resamples(counts: Counts) -> bool:
    return counts.triples is not None or counts.blocks is not None


def _many_everywhere(counts: Counts) -> bool:
    return _resamples(counts) and _alone(counts) >= FEW and macro.valid(counts.per_class)


def _alone(counts: Counts) -> float:
    """Rows that one model alone has right."""
    overlap = counts.per_class.overlap
    assert overlap is not None
    return float((counts.per_class.best.hits + counts.per_class.candidate.hits - 2 * overlap.hits).sum())


def _shares(counts: Counts) -> Totals:
    support = counts.per_class.best.support
    return np.asarray(support / support.sum())


def _at(model: ModelCounts, label: int) -> tuple[float, float, float]:
    """Rows of the class that are right, those that are not, and rows of others claimed for it."""
    hits = float(model.hits[label])
    return hits, float(model.support[label]) - hits, float(model.claims[label]) - hits


def _cells(rows: tuple[float, float, float]) -> Cells:
    """The class is code 0, all others are code 1."""
    return Cells(np.array([0, 0, 1]), np.array([0, 1, 0]), np.array(rows))


def _all_cells(pairs: Pairs, count: Totals, model: ModelCounts) -> Cells:
    every: npt.NDArray[np.int64] = np.arange(len(model.hits))
    return Cells(
        np.concatenate([pairs.truth, every]),
        np.concatenate([pairs.predicted, every]),
        np.concatenate([count, model.hits]),
    )
