"""Where resamples come from: triples, blocks of rows, or the confusions of two models that could not be paired.

A resample gives each row a weight drawn from Poisson(1); rows that look alike are drawn together, since their weights
add up to Poisson(count). Rows of one block share a weight, and so do the groups within it.
"""

from __future__ import annotations

from dataclasses import dataclass

from gate.counts import Codes, Totals, Triples
from gate.late import numpy as np
from gate.late import numpy_typing as npt
from gate.stats.measures import Part
from gate.stats.resample import Pair, Source

SMALL = 10_000  # codes times classes, up to which a product of matrices is fastest


@dataclass(frozen=True)
class OfTriples:
    """Independent rows, paired."""

    triples: Triples
    classes: int

    def draw(self, random: np.random.Generator, size: int) -> Pair:
        found = self.triples
        weights = random.poisson(found.count, (size, len(found.count))).astype(np.float64)
        support = _summed(found.truth, weights, self.classes)
        best, candidate = (
            Part(support.copy(), _summed(predicted, weights, self.classes), self._hits(predicted, weights))
            for predicted in (found.best, found.candidate)
        )
        return best, candidate

    def _hits(self, predicted: Codes, weights: Totals) -> Totals:
        right = predicted == self.triples.truth
        return _summed(predicted[right], weights[:, right], self.classes)


@dataclass(frozen=True)
class OfBlocks:
    """Paired rows in blocks, each block drawn as a whole: for rows of groups, with weights, or too many to be kept."""

    blocks: npt.NDArray[np.float32]

    def draw(self, random: np.random.Generator, size: int) -> Pair:
        number, totals, classes = self.blocks.shape
        weights = random.poisson(1.0, (size, number)).astype(self.blocks.dtype)
        drawn = (weights @ self.blocks.reshape(number, -1)).reshape(size, totals, classes)
        support, claims_best, hits_best, claims, hits = drawn.swapaxes(0, 1)
        return Part(support.copy(), claims_best, hits_best), Part(support, claims, hits)


@dataclass(frozen=True)
class Cells:
    """One model's rows: so many of each truth and prediction."""

    truth: Codes
    predicted: Codes
    count: Totals


@dataclass(frozen=True)
class OfConfusions:
    """Rows that could not be paired: each model is drawn by itself."""

    best: Cells
    candidate: Cells
    classes: int

    def draw(self, random: np.random.Generator, size: int) -> Pair:
        return self._drawn(self.best, random, size), self._drawn(self.candidate, random, size)

    def _drawn(self, cells: Cells, random: np.random.Generator, size: int) -> Part:
        weights = random.poisson(cells.count, (size, len(cells.count))).astype(np.float64)
        right = cells.truth == cells.predicted
        return Part(
            _summed(cells.truth, weights, self.classes),
            _summed(cells.predicted, weights, self.classes),
            _summed(cells.truth[right], weights[:, right], self.classes),
        )


@dataclass(frozen=True)
class Widened:
    """A source with imagined rows, for models that hardly ever differ: one more row for each model, as of Bonett
    and Price, its classes drawn by ``shares``, so that no sample proves that nothing can happen.
    """

    source: Source
    shares: Totals
    weight: float = 1.0

    def draw(self, random: np.random.Generator, size: int) -> Pair:
        best, candidate = self.source.draw(random, size)
        for right, wrong in ((best, candidate), (candidate, best)):
            resample = np.repeat(np.arange(size), random.poisson(1.0, size))
            truth, guess = random.choice(len(self.shares), (2, len(resample)), p=self.shares)
            elsewhere = guess != truth
            for counts, place in (
                *((each, (resample, truth)) for each in (right.support, right.claims, right.hits, wrong.support)),
                (wrong.claims, (resample[elsewhere], guess[elsewhere])),
            ):
                np.add.at(counts, place, self.weight)
        return best, candidate


def _summed(codes: Codes, weights: Totals, classes: int) -> Totals:
    """Per resample and class."""
    if len(codes) * classes <= SMALL:
        return np.asarray(weights @ np.eye(classes)[codes])
    return np.stack([np.bincount(codes, row, classes) for row in weights]).astype(np.float64)
