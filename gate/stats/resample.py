"""Poisson bootstrap (Chamandy et al. 2012): the distribution of a score over resamples of the test set."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

from gate.late import numpy as np
from gate.stats.interval import Interval
from gate.stats.measures import Array, Measure, Part

REPLICATES = 1_000
SEED = 20_240_229
CHUNK = 50  # resamples drawn at once: some megabytes
THREADS = 2
Pair = tuple[Part, Part]
Digest = TypeVar("Digest")


class Source(Protocol):
    """Where resamples come from."""

    def draw(self, random: np.random.Generator, size: int) -> Pair:
        """So many resamples of both models, the best first."""
        ...


@dataclass(frozen=True)
class Replicates:
    """A measure of both models in every resample."""

    best: Array
    candidate: Array

    def interval(self, confidence: float = 0.95, lost: float = 0.0) -> Interval:
        """The percentile interval of the candidate minus a (1 - ``lost``) part of the best."""
        tail = (1 - confidence) / 2
        low, high = np.quantile(self.candidate - (1 - lost) * self.best, (tail, 1 - tail))
        return Interval(float(low), float(high))

    def error(self, lost: float = 0.0) -> float:
        """The standard error of that contrast."""
        return float(np.std(self.candidate - (1 - lost) * self.best, ddof=1))


def bootstrap(source: Source, measure: Measure, replicates: int = REPLICATES, seed: int = SEED) -> Replicates:
    """A measure of both models in so many resamples."""
    found = drawn(source, lambda best, candidate: (measure(best), measure(candidate)), replicates, seed)
    return Replicates(*(np.concatenate(values) for values in zip(*found, strict=True)))


def drawn(
    source: Source, digest: Callable[[Part, Part], Digest], replicates: int = REPLICATES, seed: int = SEED
) -> list[Digest]:
    """What is made of each chunk of resamples, in two threads; which thread draws what has no influence on it."""
    sizes = [min(CHUNK, replicates - start) for start in range(0, replicates, CHUNK)]
    seeds = np.random.SeedSequence(seed).spawn(len(sizes))

    def digested(size: int, chosen: np.random.SeedSequence) -> Digest:
        return digest(*source.draw(np.random.default_rng(chosen), size))

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(digested, sizes, seeds))
