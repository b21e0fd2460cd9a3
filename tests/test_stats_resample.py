"""Resamples of counts: what they add up to on average, how far they spread, and that they are always the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from gate.counts import Counts
from gate.stats.measures import Part, accuracy, macro_f1, parts
from gate.stats.paired import difference
from gate.stats.resample import CHUNK, Source, bootstrap
from gate.stats.sources import SMALL, Cells, OfBlocks, OfConfusions, OfTriples, Widened
from tests.triples import ROWS, THREE_CLASSES, blocked, counts_of


def triples_of(counts: Counts) -> OfTriples:
    assert counts.triples is not None
    return OfTriples(counts.triples, len(counts.labels))


def confusions_of(counts: Counts) -> OfConfusions:
    rows = counts.triples
    assert rows is not None
    best, candidate = (Cells(rows.truth, each, rows.count) for each in (rows.best, rows.candidate))
    return OfConfusions(best, candidate, len(counts.labels))


def mean_of(source: Source, size: int = 4_000) -> list[np.ndarray]:
    drawn = source.draw(np.random.default_rng(5), size)
    return [each.mean(axis=0) for part in drawn for each in (part.support, part.claims, part.hits)]


SOURCES = {
    "triples": triples_of(THREE_CLASSES),
    "blocks": OfBlocks(blocked(THREE_CLASSES, 60)),
    "confusions": confusions_of(THREE_CLASSES),
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES.keys())
def test_resamples_are_the_counts_on_average(source: Source) -> None:
    for found, part in zip(np.array_split(np.array(mean_of(source)), 2), parts(THREE_CLASSES.per_class), strict=True):
        assert np.allclose(found, [part.support, part.claims, part.hits], rtol=0, atol=0.9)


@pytest.mark.parametrize("name", ["triples", "blocks"])
def test_accuracies_spread_as_their_formula_says(name: str) -> None:
    expected = difference(8, 11, 120).error
    assert bootstrap(SOURCES[name], accuracy, 4_000).error() == pytest.approx(expected, rel=0.1)


def test_models_drawn_by_themselves_spread_more() -> None:
    alone, paired = (bootstrap(SOURCES[name], accuracy).error() for name in ("confusions", "triples"))
    best, candidate = 103 / 120, 100 / 120
    assert alone == pytest.approx(((best * (1 - best) + candidate * (1 - candidate)) / 120) ** 0.5, rel=0.1)
    assert alone > 1.2 * paired


def test_the_interval_is_that_of_the_reference() -> None:
    found = bootstrap(SOURCES["triples"], macro_f1).interval()
    assert (found.low, found.high) == pytest.approx((-0.123, 0.038), abs=0.004)


def test_rows_drawn_one_by_one_spread_as_much() -> None:
    triples, random = THREE_CLASSES.triples, np.random.default_rng(3)
    assert triples is not None
    drawn = random.multinomial(120, triples.count / 120, 3_000)
    changes = []
    for count in drawn:
        rows = zip(triples.truth, triples.best, triples.candidate, count, strict=True)
        best, candidate = parts(counts_of([tuple(map(int, row)) for row in rows], 3).per_class)  # type: ignore[misc]
        changes.append(float(macro_f1(candidate) - macro_f1(best)))
    found = bootstrap(SOURCES["triples"], macro_f1, 3_000)
    assert found.error() == pytest.approx(np.std(changes), rel=0.1)


def test_resampling_twice_gives_the_same_numbers() -> None:
    first, second = (bootstrap(SOURCES["triples"], macro_f1, 2 * CHUNK + 7) for _ in range(2))
    assert np.array_equal(first.candidate - first.best, second.candidate - second.best)
    assert len(first.best) == 2 * CHUNK + 7
    assert bootstrap(SOURCES["triples"], macro_f1, seed=1).interval() != first.interval()


def test_groups_that_are_drawn_as_a_whole_spread_more() -> None:
    """Every block holds one of the triples: the rows of a group are all alike."""
    triples = THREE_CLASSES.triples
    assert triples is not None
    groups = np.zeros((len(triples.count), 5, 3), dtype=np.float32)
    for row, (truth, best, candidate, count) in enumerate(
        zip(triples.truth, triples.best, triples.candidate, triples.count, strict=True)
    ):
        groups[row, 0, truth] = groups[row, 1, best] = groups[row, 3, candidate] = count
        groups[row, 2, truth], groups[row, 4, truth] = count * (best == truth), count * (candidate == truth)
    assert bootstrap(OfBlocks(groups), accuracy).error() > 1.5 * bootstrap(SOURCES["triples"], accuracy).error()


def test_a_part_of_the_best_is_what_the_contrast_is_about() -> None:
    found = bootstrap(SOURCES["triples"], accuracy)
    whole, part = found.interval(), found.interval(lost=0.1)
    assert part.low > whole.low + 0.07
    assert part.high > whole.high + 0.07


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES.keys())
def test_imagined_rows_are_one_more_for_each_model(source: Source) -> None:
    before, after = (np.array(mean_of(each)) for each in (source, Widened(source, np.array([0.5, 0.3, 0.2]))))
    support, claims, hits = (after - before)[:3]
    assert np.allclose(support, [1.0, 0.6, 0.4], atol=0.05)
    assert hits.sum() == pytest.approx(1, abs=0.05)
    assert claims.sum() == pytest.approx(2 - (0.25 + 0.09 + 0.04), abs=0.05)
    assert np.allclose((after - before)[3:], (after - before)[:3], atol=0.1)


@settings(max_examples=25)
@given(ROWS)
def test_with_imagined_rows_no_interval_has_width_zero(rows: list[tuple[int, int, int, int]]) -> None:
    counts = counts_of(rows)
    shares = counts.per_class.best.support / counts.rows
    assert bootstrap(Widened(triples_of(counts), shares), macro_f1).interval().width > 0


def test_many_codes_are_added_up_as_few_are() -> None:
    """The two ways of adding up differ in nothing but speed."""
    classes = SMALL // 4 + 1
    counts = counts_of([(0, 0, 1, 9), (1, 1, 1, 4), (classes - 1, 0, 1, 3), (2, 1, 2, 5)], classes)
    few = counts_of([(0, 0, 1, 9), (1, 1, 1, 4), (3, 0, 1, 3), (2, 1, 2, 5)])
    drawn: list[tuple[Part, Part]] = [triples_of(each).draw(np.random.default_rng(2), 30) for each in (counts, few)]
    for many_codes, few_codes in zip(*drawn, strict=True):
        assert np.array_equal(many_codes.claims.sum(axis=1), few_codes.claims.sum(axis=1))
        assert np.array_equal(many_codes.hits[:, :3], few_codes.hits[:, :3])
