"""How often the interval of a macro-F1 difference holds the true difference where classes are tiny."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from benchmarks.verdict_simulation.rows import Zipf
from benchmarks.verdict_simulation.shares import Found
from gate.counts import Counts
from gate.stats.comparison import compared
from gate.stats.interval import Interval
from gate.stats.macro import error_of_triples
from gate.stats.measures import macro_f1, parts
from gate.stats.paired import Estimate
from gate.stats.resample import bootstrap
from gate.stats.sources import OfTriples

SEED = 37
ROWS, CLASSES, TRUTH_ROWS = 1_000, 200, 4_000_000
COVERED = "95 % interval of the macro-F1 difference holds it"
TOO_HIGH = "the interval lies above the true difference"
OURS = "gate: resampled, centred, widened"


def found(samples: int, truth_rows: int = TRUTH_ROWS) -> Iterator[Found]:
    for exponent in (0.0, 1.0):
        world = _world(exponent)
        truth = difference(world.draw(np.random.default_rng([SEED, 0]), truth_rows))
        drawn = [world.draw(np.random.default_rng([SEED, 1, sample]), ROWS) for sample in range(samples)]
        said = f"{ROWS:,} rows, {CLASSES} classes, {'alike' if exponent == 0 else 'Zipf'}"
        for rule, interval in RULES.items():
            found = [interval(counts) for counts in drawn]
            yield Found.of(COVERED, said, rule, [float(each.low <= truth <= each.high) for each in found])
            yield Found.of(TOO_HIGH, said, rule, [float(truth < each.low) for each in found])


def difference(counts: Counts) -> float:
    best, candidate = parts(counts.per_class)
    return float(macro_f1(candidate) - macro_f1(best))


def _world(exponent: float) -> Zipf:
    random = np.random.default_rng(SEED)
    accuracy = np.clip(random.normal(0.75, 0.15, CLASSES), 0.2, 0.98)
    changed = np.clip(accuracy + random.normal(-0.02, 0.05, CLASSES), 0.1, 0.99)
    return Zipf(exponent, accuracy, changed, apart=0.3)


def _ours(counts: Counts) -> Interval:
    return compared(counts, "macro_f1").interval


def _percentiles(counts: Counts) -> Interval:
    assert counts.triples is not None
    return bootstrap(OfTriples(counts.triples, len(counts.labels)), macro_f1).interval()


def _delta(counts: Counts) -> Interval:
    assert counts.triples is not None
    return Estimate(difference(counts), error_of_triples(counts.per_class, counts.triples)).interval()


RULES: Mapping[str, Callable[[Counts], Interval]] = {
    OURS: _ours,
    "percentiles of resamples": _percentiles,
    "delta method": _delta,
}
