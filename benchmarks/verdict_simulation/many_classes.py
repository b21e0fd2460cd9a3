"""Thousands of classes, some truly damaged: who is accused, who is found, and who stands first on the list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.verdict_simulation.rows import Zipf
from benchmarks.verdict_simulation.shares import Found
from gate.rules.regressions import Regressions, regressions

SEED = 23
CLASSES, DAMAGED, AMONG, FIRST = 5_000, 50, 1_000, 50
FDR, FIXED_DROP = 0.10, 0.05
ACCUSED, FOUND, PRECISION = "accused, not damaged", "damaged, found", f"damaged among the first {FIRST}"
OURS, FIXED, RAW = f"gate: swap test, BH {FDR:.0%}", f"F1 fell by more than {FIXED_DROP}", "largest drop of F1 first"
BOUND = "gate: largest certain drop first"


@dataclass(frozen=True)
class Accusation:
    """What one draw shows: which classes are truly damaged, and the tests of all."""

    damaged: np.ndarray
    found: Regressions

    def shares(self) -> Iterator[tuple[str, str, float]]:
        change = self.found.seven.change
        for rule, accused in ((OURS, self.found.fell), (FIXED, change < -FIXED_DROP)):
            yield ACCUSED, rule, float(accused[~self.damaged].sum() / max(1, accused.sum()))
            yield FOUND, rule, float(accused[self.damaged].mean())
        for rule, order in ((BOUND, np.argsort(self.found.bound)), (RAW, np.argsort(change))):
            yield PRECISION, rule, float(self.damaged[order[:FIRST]].mean())


def draw(rows: int, sample: int) -> Accusation:
    """One of the ``AMONG`` most frequent classes in twenty gets a fifth of its right answers wrong."""
    random = np.random.default_rng([SEED, rows, sample])
    damaged = np.zeros(CLASSES, dtype=np.bool_)
    damaged[random.choice(AMONG, DAMAGED, replace=False)] = True
    accuracy = np.clip(random.beta(8, 2, CLASSES), 0.3, 0.98)
    world = Zipf(0.8, accuracy, np.where(damaged, 0.8 * accuracy, accuracy), apart=0.03)
    return Accusation(damaged, regressions(world.draw(random, rows), 1.0, FDR))


def found(sizes: dict[int, int]) -> Iterator[Found]:
    """For each number of rows, so many draws."""
    for rows, samples in sizes.items():
        world = f"{rows:,} rows, {CLASSES:,} classes, {DAMAGED} damaged"
        drawn = [list(draw(rows, sample).shares()) for sample in range(samples)]
        for each in zip(*drawn, strict=True):
            question, rule, _ = each[0]
            yield Found.of(question, world, rule, [value for _, _, value in each])
