"""How often a candidate passes that is worse by exactly the margin, and one that is not worse at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.verdict_simulation.shares import Found
from gate.counts import Counts, Triples, from_triples
from gate.evidence import Evidence, Run, Scalar
from gate.rules import CompareRule, Margin, MetricRule, Rule
from gate.verdict import Outcome

SEED = 11
ACCURACY = 0.9
MARGIN = Margin("0.5pp", absolute=0.005)
RULES: dict[str, Rule] = {
    "gate: 95 % interval": CompareRule("accuracy", MARGIN),
    "old: point threshold": MetricRule("test/accuracy", "max", MARGIN),
}
FALSE_PASS, POWER = "passes though worse by the margin", "passes though not worse"


@dataclass(frozen=True)
class World:
    """Paired rows of which a share is discordant, and a candidate that is worse by ``drop``."""

    rows: int
    drop: float
    discordant: float = 0.05

    @property
    def said(self) -> str:
        return f"{self.rows:,} rows, {self.discordant:.0%} discordant, drop {100 * self.drop:g} pp"

    def draw(self, random: np.random.Generator) -> Evidence:
        lost, gained = (self.discordant + self.drop) / 2, (self.discordant - self.drop) / 2
        both = ACCURACY - lost
        rows = random.multinomial(self.rows, (both, gained, lost, 1 - both - gained - lost))
        return evidence(counts(*rows))


WORLDS = {
    FALSE_PASS: (World(10_000, 0.005), World(100_000, 0.005)),
    POWER: (World(10_000, 0.0), World(100_000, 0.0)),
}


def found(samples: int) -> Iterator[Found]:
    """Every world judged by every rule, on the same draws."""
    for question, worlds in WORLDS.items():
        for world in worlds:
            random = np.random.default_rng(SEED)
            drawn = [world.draw(random) for _ in range(samples)]
            for name, rule in RULES.items():
                passes = [float(rule.judge(each).outcome is Outcome.PASSED) for each in drawn]
                yield Found.of(question, world.said, name, passes)


def counts(both: int, gained: int, lost: int, neither: int) -> Counts:
    """Two classes, all rows of the first."""
    zero, one = np.zeros(4, dtype=np.int64), np.array([0, 1, 0, 1])
    rows = np.array([both, gained, lost, neither], dtype=np.float64)
    return from_triples(("owl", "bat"), Triples(zero, one, np.array([0, 0, 1, 1]), rows))


def evidence(found: Counts) -> Evidence:
    """Both runs, with their accuracies reported as scalars too."""
    best, candidate = (float(each.hits.sum() / each.rows) for each in (found.per_class.best, found.per_class.candidate))
    return Evidence(_run("candidate", candidate), _run("best", best), found)


def _run(name: str, value: float) -> Run:
    scalars = {"test/accuracy": Scalar(value, value, value)}
    return Run(name, name, "Owls", "completed", "", "", scalars=scalars)
