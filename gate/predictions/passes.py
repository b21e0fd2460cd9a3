"""The one pass over two models' predictions: run the tallies, and fold their small answers into `Counts`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gate.counts import (
    BINS,
    Chunk,
    Codes,
    Counts,
    Histograms,
    ModelCounts,
    Overlap,
    Pairs,
    PerClass,
    Slice,
    Totals,
    Triples,
)
from gate.predictions import tally
from gate.predictions.couple import WEIGHT_UNIT
from gate.predictions.relation import Relation
from gate.predictions.table import Columns, Engine

VERSION = 1  # of what is counted and how; part of the key under which counts are kept
MOST_TRIPLES = 50_000
MOST_BLOCKS = 1_000
BLOCK_CELLS = 1_000_000  # blocks times classes that are kept
SLICE_VALUES = 50
MODELS = ("best", "candidate")
TOP = (1, 3, 5, 10)
STRETCHES = (3_600, 86_400, 7 * 86_400)
BLOCK_TOTALS = ("support_best", "claims_best", "hits_best", "claims_candidate", "hits_candidate")
MOST_STRETCHES = 400


def count_classes(engine: Engine, relation: Relation) -> Counts:
    """Only what the scores per class need: the cheapest pass."""
    return _Pass(engine, relation).classes()


def count(engine: Engine, relation: Relation, said: Callable[[str], None] = lambda _: None) -> Counts:
    """Everything. ``said`` hears what is being counted.

    Triples are kept where they cannot be more than `MOST_TRIPLES` (each is a row with a mistake, or a class);
    otherwise counts per block of rows carry what resampling needs.
    """
    running = _Pass(engine, relation)
    said("counting classes")
    found = running.classes()
    said("counting confusions and confidences")
    mistakes = found.pairing.both - (float(found.per_class.overlap.hits.sum()) if found.per_class.overlap else 0)
    plain = relation.paired and not found.weighted and not relation.has("g")
    few = plain and mistakes + len(found.labels) <= MOST_TRIPLES
    return Counts(
        labels=found.labels,
        per_class=found.per_class,
        pairing=found.pairing,
        triples=running.triples() if few else None,
        blocks=None if few else running.blocks(),
        pairs=running.pairs(),
        confidence=running.confidence(),
        slices=running.slices(),
        chunks=running.chunks(),
        top=running.top(),
        changed=running.changed(),
        weighted=found.weighted,
        fingerprint=running.fingerprint(),
    )


class _Pass:
    """One relation in one engine, and the labels once they are known."""

    def __init__(self, engine: Engine, relation: Relation) -> None:
        self._engine, self._relation = engine, relation
        self._labels: tuple[str, ...] = ()
        self._codes: dict[str, int] = {}

    def classes(self) -> Counts:
        self._engine.define(tally.CLASSES, tally.per_class(self._relation), keep=True)
        found = self._engine.rows(f"SELECT * FROM {tally.CLASSES}")
        self._labels = tuple(sorted({str(label) for label in found["label"]}))
        self._codes = {label: code for code, label in enumerate(self._labels)}
        per_class = self._per_class(found)
        return Counts(self._labels, per_class, self._relation.pairing, weighted=self._relation.has("n"))

    def _code(self, labels: npt.NDArray[Any]) -> Codes:
        return np.fromiter((self._codes[label] for label in labels), dtype=np.int64, count=len(labels))

    def _totals(self, values: Iterable[object]) -> Totals:
        """Numbers of rows, or exact sums of weights in units of `WEIGHT_UNIT`."""
        if not self._relation.has("n"):
            return np.asarray(values, dtype=np.float64)
        return np.array([int(str(value)) / WEIGHT_UNIT for value in values], dtype=np.float64)

    def _per_class(self, found: Columns, chosen: npt.NDArray[np.bool_] | None = None) -> PerClass:
        rows = found if chosen is None else {name: column[chosen] for name, column in found.items()}
        codes = self._code(rows["label"])
        sums = {
            name: np.bincount(codes, self._totals(rows[name]), len(self._labels)).astype(np.float64)
            for name in tally.CLASS_TOTALS
        }
        best, candidate = (
            ModelCounts(sums[f"support_{model}"], sums[f"claims_{model}"], sums[f"hits_{model}"]) for model in MODELS
        )
        overlap = Overlap(sums["hits_both"], sums["false_both"]) if self._relation.paired else None
        return PerClass(best, candidate, overlap)

    def triples(self) -> Triples:
        found = self._engine.rows(tally.triples(self._relation))
        codes = np.stack([self._code(found[name]) for name in ("truth", "best", "candidate")])
        order = np.lexsort(codes[::-1])
        truth, best, candidate = codes[:, order]
        return Triples(truth, best, candidate, self._totals(found["n_"])[order])

    def blocks(self) -> npt.NDArray[np.float32] | None:
        """Shape (blocks, 5, classes), or None where rows have nothing to be divided by."""
        if not (self._relation.has("h") or self._relation.has("g")):
            return None
        shape = (_blocks(len(self._labels)), len(self._labels))
        found = self._engine.rows(tally.per_block(self._relation, shape[0]))
        cells = found["part"].astype(np.int64) * shape[1] + found["code"].astype(np.int64)
        layers = [np.bincount(cells, self._totals(found[name]), shape[0] * shape[1]) for name in BLOCK_TOTALS]
        return np.stack([layer.reshape(shape) for layer in layers], axis=1).astype(np.float32)

    def pairs(self) -> Pairs:
        found = self._engine.rows(tally.pairs(self._relation))
        truth, predicted = self._code(found["truth"]), self._code(found["predicted"])
        order = np.lexsort((predicted, truth))
        every = int(found["found"][0]) if len(truth) else 0
        best, candidate = (self._totals(found[model])[order] for model in MODELS)
        return Pairs(truth[order], predicted[order], best, candidate, every - len(truth))

    def confidence(self) -> Histograms:
        return Histograms(*(self._histogram(model) for model in MODELS))

    def _histogram(self, model: str) -> Totals | None:
        if not self._relation.has(f"conf_{model}"):
            return None
        return self._filled(self._engine.rows(tally.confidence(self._relation, model)))

    def _filled(self, found: Columns) -> Totals:
        bins = np.zeros((3, BINS))
        bins[found["kind"].astype(np.int64), found["bin"].astype(np.int64)] = self._totals(found["n_"])
        return bins

    def slices(self) -> tuple[Slice, ...]:
        named = enumerate(self._relation.slices)
        return tuple(each for number, column in named for each in self._slices_of(column, f"s{number}"))

    def _slices_of(self, column: str, key: str) -> list[Slice]:
        frequent = self._engine.rows(tally.values(self._relation, key, SLICE_VALUES))
        found = self._engine.rows(tally.per_class(self._relation, key))
        return [
            Slice(column, value, self._per_class(found, found["part"].astype(str) == value))
            for value in frequent["value_"].astype(str)
        ]

    def chunks(self) -> tuple[Chunk, ...]:
        if not self._relation.has("seconds"):
            return ()
        found = self._engine.rows(tally.span(self._relation))
        seconds = _stretch(int(found["last_"][0]) - int(found["first_"][0]))
        key = tally.stretch(seconds)
        rows = self._engine.rows(tally.over_time(self._relation, key))
        parts = {model: self._confidence_over_time(model, key) for model in MODELS}
        order = np.argsort(rows["part"])
        return tuple(self._chunk(rows, int(index), seconds, parts) for index in order)

    def _chunk(self, rows: Columns, index: int, seconds: int, parts: Mapping[str, Mapping[int, Totals]]) -> Chunk:
        number = int(rows["part"][index])
        totals = {
            name: {model: float(self._totals([rows[f"{name}_{model}"][index]])[0]) for model in MODELS}
            for name in ("rows", "labelled", "right")
        }
        start = str(np.datetime64(number * seconds, "s")) + "Z"
        histograms = Histograms(parts["best"].get(number), parts["candidate"].get(number))
        return Chunk(start, seconds, totals["rows"], totals["labelled"], totals["right"], histograms)

    def _confidence_over_time(self, model: str, key: str) -> dict[int, Totals]:
        if not self._relation.has(f"conf_{model}"):
            return {}
        found = self._engine.rows(tally.confidence(self._relation, model, key))
        return {int(part): self._filled(_where(found, found["part"] == part)) for part in np.unique(found["part"])}

    def top(self) -> dict[int, tuple[float | None, float | None]]:
        """Hits among the first k; None for a model without a ranking."""
        places = [self._places(model) for model in MODELS]
        if places == [None, None]:
            return {}
        return {k: (_within(places[0], k), _within(places[1], k)) for k in TOP}

    def _places(self, model: str) -> dict[int, float] | None:
        if not self._relation.has(f"rank_{model}"):
            return None
        found = self._engine.rows(tally.top(self._relation, model))
        return dict(zip((int(place) for place in found["place"]), self._totals(found["n_"]).tolist(), strict=True))

    def changed(self) -> float:
        if not self._relation.paired:
            return 0.0
        return float(self._totals(self._engine.rows(tally.changed(self._relation))["changed"])[0])

    def fingerprint(self) -> str:
        """Of the compared rows: their ids (or positions) and truths, in any order; empty without either."""
        if not self._relation.has("h"):
            return ""
        found = self._engine.rows(tally.fingerprint(self._relation))
        rows = sorted(zip(map(str, found["label"]), map(str, found["hashes"]), map(int, found["n_"]), strict=True))
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def _where(found: Columns, chosen: npt.NDArray[np.bool_]) -> Columns:
    return {name: column[chosen] for name, column in found.items()}


def _within(places: Mapping[int, float] | None, k: int) -> float | None:
    return None if places is None else sum(rows for place, rows in places.items() if 1 <= place <= k)


def _blocks(classes: int) -> int:
    """How many blocks, so that all cells fit; fewer than 32 would say little."""
    return max(32, min(MOST_BLOCKS, BLOCK_CELLS // max(classes, 1)))


def _stretch(seconds: int) -> int:
    fitting: Sequence[int] = [size for size in STRETCHES if seconds / size <= MOST_STRETCHES]
    return fitting[0] if fitting else STRETCHES[-1]
