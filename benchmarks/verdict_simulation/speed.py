"""How long judging takes, from counts that are already there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from benchmarks.verdict_simulation.margin import evidence
from gate.counts import Counts, Histograms, ModelCounts, Overlap, Pairing, PerClass
from gate.evidence import Evidence, Reuse
from gate.policy import Policy, judge
from gate.rules import ClassesRule, CompareRule, DriftRule, FlipsRule, HoldoutRule, Margin, MetricRule, Rule

SEED = 41
ROWS, CLASSES, BLOCKS, ROUNDS = 4_000_000, 5_000, 200, 5
MARGIN = Margin("1pp", absolute=0.01)
RULES: tuple[Rule, ...] = (
    MetricRule("test/accuracy", "max", MARGIN),
    CompareRule("accuracy", MARGIN),
    ClassesRule(max_regressed=5_000),
    FlipsRule(max_nfr=0.5),
    DriftRule(max_confidence_shift=0.1),
    HoldoutRule(),
)
RESAMPLED: Rule = CompareRule("macro_f1", MARGIN, method="bootstrap")
POLICIES = {"without resampling": RULES, "with 1,000 resamples of macro-F1": (*RULES, RESAMPLED)}
LIMITS = {"without resampling": 0.3, "with 1,000 resamples of macro-F1": 3.0}


@dataclass(frozen=True)
class Spent:
    """Seconds of the fastest of some rounds."""

    policy: str
    seconds: float

    @property
    def holds(self) -> bool:
        return self.seconds <= LIMITS[self.policy]

    def __str__(self) -> str:
        what = f"judging {ROWS:,} rows, {CLASSES:,} classes {self.policy}"
        return f"{'holds' if self.holds else 'BROKEN'}: {what}: {self.seconds:.2f} s, at most {LIMITS[self.policy]:g} s"


def spent(rounds: int = ROUNDS) -> Iterator[Spent]:
    found = large_evidence()
    for name, rules in POLICIES.items():
        policy = Policy(rules, "here", "")
        yield Spent(name, min(_timed(found, policy) for _ in range(rounds)))


def _timed(found: Evidence, policy: Policy) -> float:
    before = perf_counter()
    judge(found, policy)
    return perf_counter() - before


def large_evidence() -> Evidence:
    counts = large_counts()
    return replace(evidence(counts), reuse=Reuse("", 3))


def large_counts() -> Counts:
    """As of so many rows that only blocks of them are kept; drawn class by class, since nothing needs the rows."""
    random = np.random.default_rng(SEED)
    frequency = 1 / np.arange(1, CLASSES + 1)
    support = random.poisson(np.broadcast_to(ROWS / BLOCKS * frequency / frequency.sum(), (BLOCKS, CLASSES)))
    hits_best = random.binomial(support, 0.8)
    lost, gained = random.binomial(hits_best, 0.025), random.binomial(support - hits_best, 0.1)
    false, gone, new = (random.poisson(rate * support.mean(axis=0), support.shape) for rate in (0.15, 0.05, 0.05))
    hits = hits_best - lost + gained
    claims_best, claims = hits_best + false + gone, hits + false + new
    blocks = np.stack([support, claims_best, hits_best, claims, hits], axis=1).astype(np.float32)
    total = {name: each.sum(axis=0).astype(np.float64) for name, each in vars_of(blocks).items()}
    best = ModelCounts(total["support"], total["claims_best"], total["hits_best"], total["claims_best"])
    candidate = ModelCounts(total["support"], total["claims"], total["hits"], total["claims"])
    both = (hits_best - lost).sum(axis=0).astype(np.float64)
    rows = int(best.rows)
    return Counts(
        tuple(str(number) for number in range(CLASSES)),
        PerClass(best, candidate, Overlap(both, false.sum(axis=0).astype(np.float64))),
        Pairing("id", rows, rows, rows),
        blocks=blocks,
        changed=float((lost + gained + gone + new).sum()),
        confidence=Histograms(*(random.poisson(ROWS / 3_000, (3, 1_000)).astype(np.float64) for _ in range(2))),
    )


def vars_of(blocks: np.ndarray) -> dict[str, np.ndarray]:
    names = ("support", "claims_best", "hits_best", "claims", "hits")
    return {name: blocks[:, place] for place, name in enumerate(names)}
