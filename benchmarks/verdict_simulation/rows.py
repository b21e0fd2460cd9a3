"""Rows of a world with many classes: truths of Zipf's frequencies, and two models that mostly agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gate.counts import Counts, Triples, from_triples

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
SAME_MISTAKE = 0.95  # of rows that both models have wrong: both predict the same class


@dataclass(frozen=True)
class Zipf:
    """``classes`` of frequencies 1/rank to the power of ``exponent``; each row is right with its class's accuracy.

    Where the models draw anew (a share ``apart`` of the rows) the candidate is right with ``accuracy_new``.
    """

    exponent: float
    accuracy: Array
    accuracy_new: Array
    apart: float

    @property
    def classes(self) -> int:
        return len(self.accuracy)

    @property
    def shares(self) -> Array:
        frequency = np.arange(1.0, self.classes + 1) ** -self.exponent
        return np.asarray(frequency / frequency.sum())

    def draw(self, random: np.random.Generator, rows: int) -> Counts:
        truth = random.choice(self.classes, rows, p=self.shares)
        luck = random.random(rows)
        again = np.where(random.random(rows) < self.apart, random.random(rows), luck)
        other = self._other(random, truth)
        same = np.where(random.random(rows) < SAME_MISTAKE, other, self._other(random, truth))
        best = np.where(luck < self.accuracy[truth], truth, other)
        candidate = np.where(again < self.accuracy_new[truth], truth, same)
        return counted(truth, best, candidate, self.classes)

    def _other(self, random: np.random.Generator, truth: Codes) -> Codes:
        """Any class but the truth."""
        other = random.integers(0, self.classes - 1, len(truth))
        return np.asarray(other + (other >= truth))


def counted(truth: Codes, best: Codes, candidate: Codes, classes: int) -> Counts:
    """Counts over all classes, those that no row has included."""
    keys, count = np.unique((truth * classes + best) * classes + candidate, return_counts=True)
    triples = Triples(keys // classes**2, keys // classes % classes, keys % classes, count.astype(np.float64))
    return from_triples([str(number) for number in range(classes)], triples)
