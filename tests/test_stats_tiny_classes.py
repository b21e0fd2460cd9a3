"""The interval of a macro mean: centred on what was observed, and wider where classes have hardly any rows."""

from __future__ import annotations

import numpy as np
import pytest

from gate.counts import Counts
from gate.stats.interval import Interval
from gate.stats.measures import f1, macro_f1, parts
from gate.stats.resample import bootstrap
from gate.stats.sources import OfTriples
from gate.stats.tiny_classes import FEW_ROWS, macro_interval
from tests.triples import THREE_CLASSES, counts_of

LARGE = [(0, 0, 0, 300), (0, 0, 1, 30), (1, 1, 1, 300), (1, 0, 1, 20)]
TINY = [(code, code, code if code % 3 else 0, 1) for code in range(2, 40)]


def found(counts: Counts, lost: float = 0.0, replicates: int = 1_000) -> Interval:
    assert counts.triples is not None
    best, candidate = (f1(part) for part in parts(counts.per_class))
    source, support = OfTriples(counts.triples, len(counts.labels)), counts.per_class.best.support
    return macro_interval(source, candidate - (1 - lost) * best, support, replicates=replicates, lost=lost)


def percentiles(counts: Counts, lost: float = 0.0) -> tuple[Interval, float]:
    """Plain ones, and the mean of the resamples."""
    assert counts.triples is not None
    drawn = bootstrap(OfTriples(counts.triples, len(counts.labels)), macro_f1)
    return drawn.interval(lost=lost), float((drawn.candidate - (1 - lost) * drawn.best).mean())


@pytest.mark.parametrize("lost", [0.0, 0.03])
def test_of_large_classes_it_is_the_percentiles_moved_to_what_was_observed(lost: float) -> None:
    plain, middle = percentiles(THREE_CLASSES, lost)
    best, candidate = (float(macro_f1(part)) for part in parts(THREE_CLASSES.per_class))
    moved = plain + (candidate - (1 - lost) * best - middle)
    ours = found(THREE_CLASSES, lost)
    assert (ours.low, ours.high) == pytest.approx((moved.low, moved.high), abs=1e-12)


def test_classes_of_a_single_row_make_it_wider_than_their_resamples() -> None:
    counts = counts_of([*LARGE, *TINY], 40)
    assert found(counts).width > 1.3 * percentiles(counts)[0].width


def test_so_many_rows_are_no_longer_few() -> None:
    few, enough = (
        counts_of([*LARGE, *((t, b, c, int(rows)) for t, b, c, _ in TINY)], 40) for rows in (FEW_ROWS - 1, FEW_ROWS)
    )
    assert found(few).width > 1.1 * percentiles(few)[0].width
    assert found(enough).width == pytest.approx(percentiles(enough)[0].width)


def test_a_drop_of_tiny_classes_is_not_shrunk_by_resamples_that_lack_them() -> None:
    counts = counts_of([*LARGE, *TINY], 40)
    observed = float(np.subtract(*(macro_f1(part) for part in parts(counts.per_class)[::-1])))
    assert percentiles(counts)[1] > observed + 0.05
    ours = found(counts)
    assert (ours.low + ours.high) / 2 == pytest.approx(observed, abs=0.02)


def test_it_is_the_same_every_time() -> None:
    counts = counts_of([*LARGE, *TINY], 40)
    assert found(counts) == found(counts)
    assert found(counts, replicates=120) != found(counts)
