"""The one pass over two models' predictions: run the tallies, and fold their small answers into `Counts`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping

from gate.counts import Counts, Histograms, Pairs, PerClass, Totals, Triples
from gate.late import numpy as np
from gate.late import numpy_typing as npt
from gate.predictions import divided, tally
from gate.predictions.folding import MODELS, Fold, binned
from gate.predictions.relation import Relation
from gate.predictions.table import Engine

MOST_TRIPLES = 50_000
MOST_BLOCKS = 1_000
FEWEST_BLOCKS = 32
BLOCK_CELLS = 1_000_000  # blocks times classes
BLOCK_TOTALS = ("support_best", "claims_best", "hits_best", "claims_candidate", "hits_candidate")
TOTALS_OF_BLOCK = {label: sorted({*BLOCK_TOTALS} & totals.keys()) for label, totals in tally.TOTALS_OF_LABEL.items()}
TOP = (1, 3, 5, 10)


def count_classes(engine: Engine, relation: Relation) -> Counts:
    """Only what the scores per class need: the cheapest pass."""
    fold, per_class = _classes(engine, relation)
    return Counts(fold.labels, per_class, relation.pairing, weighted=fold.weighted)


def count(engine: Engine, relation: Relation, said: Callable[[str], None] = lambda _: None) -> Counts:
    """Everything. ``said`` hears what is being counted.

    Triples are kept where they cannot be more than `MOST_TRIPLES` (each is a row with a mistake, or a class);
    otherwise counts per block of rows carry what resampling needs.
    """
    said("counting classes")
    fold, per_class = _classes(engine, relation)
    few = _few_triples(relation, fold, per_class)
    said("counting confusions")
    triples, blocks = (_triples(engine, relation, fold), None) if few else (None, _blocks(engine, relation, fold))
    pairs = _pairs(engine, relation, fold)
    said("counting confidences, slices and times")
    span = divided.span(engine, relation)
    return Counts(
        labels=fold.labels,
        per_class=per_class,
        pairing=relation.pairing,
        triples=triples,
        blocks=blocks,
        pairs=pairs,
        confidence=Histograms(*(_confidence(engine, relation, fold, model) for model in MODELS)),
        slices=divided.slices(engine, relation, fold),
        chunks=divided.chunks(engine, relation, fold, span),
        span=span,
        top=_top(engine, relation, fold),
        changed=_changed(engine, relation, fold),
        weighted=fold.weighted,
        grouped=relation.has("g"),
        fingerprint=_fingerprint(engine, relation),
    )


def _classes(engine: Engine, relation: Relation) -> tuple[Fold, PerClass]:
    engine.define(tally.CLASSES, tally.per_class(relation), keep=True)
    found = engine.rows(f"SELECT * FROM {tally.CLASSES}")
    labels = tuple(sorted({str(label) for label in found["label"]}))
    fold = Fold(labels, relation.has("n"), relation.paired, relation.places)
    return fold, fold.per_class(found)


def _few_triples(relation: Relation, fold: Fold, per_class: PerClass) -> bool:
    if per_class.overlap is None or fold.weighted or relation.has("g"):
        return False
    mistakes = relation.pairing.both - float(per_class.overlap.hits.sum())
    return mistakes + len(fold.labels) <= MOST_TRIPLES


def _triples(engine: Engine, relation: Relation, fold: Fold) -> Triples:
    found = engine.rows(tally.triples(relation))
    codes = np.stack([fold.codes(found[name]) for name in ("truth", "best", "candidate")])
    order = np.lexsort(codes[::-1])
    truth, best, candidate = codes[:, order]
    return Triples(truth, best, candidate, fold.totals(found["n_"])[order])


def _blocks(engine: Engine, relation: Relation, fold: Fold) -> npt.NDArray[np.float32] | None:
    """None where rows have nothing to be divided by."""
    if not (relation.has("h") or relation.has("g")):
        return None
    classes = len(fold.labels)
    blocks = max(FEWEST_BLOCKS, min(MOST_BLOCKS, BLOCK_CELLS // max(classes, 1)))
    counts = np.zeros((blocks, len(BLOCK_TOTALS), classes), dtype=np.float32)
    for label, names in TOTALS_OF_BLOCK.items():
        found = engine.rows(tally.per_block(relation, blocks, label, names))
        part, code = found["part"].astype(np.int64), found["code"].astype(np.int64)
        for name in names:
            counts[part, BLOCK_TOTALS.index(name), code] = fold.totals(found[name])
    return counts


def _pairs(engine: Engine, relation: Relation, fold: Fold) -> Pairs:
    found = engine.rows(tally.pairs(relation))
    truth, predicted = fold.codes(found["truth"]), fold.codes(found["predicted"])
    order = np.lexsort((predicted, truth))
    best, candidate = (fold.totals(found[model])[order] for model in MODELS)
    every = int(found["found"][0]) if len(truth) else 0
    return Pairs(truth[order], predicted[order], best, candidate, every - len(truth))


def _confidence(engine: Engine, relation: Relation, fold: Fold, model: str) -> Totals | None:
    found = binned(engine, relation, model)
    return None if found is None else fold.histogram(found)


def _top(engine: Engine, relation: Relation, fold: Fold) -> dict[int, tuple[float | None, float | None]]:
    best, candidate = (_places(engine, relation, fold, model) for model in MODELS)
    if best is None and candidate is None:
        return {}
    return {k: (_within(best, k), _within(candidate, k)) for k in TOP}


def _places(engine: Engine, relation: Relation, fold: Fold, model: str) -> dict[int, float] | None:
    if not relation.has(f"rank_{model}"):
        return None
    found = engine.rows(tally.top(relation, model))
    return dict(zip((int(place) for place in found["place"]), fold.totals(found["n_"]).tolist(), strict=True))


def _within(places: Mapping[int, float] | None, k: int) -> float | None:
    return None if places is None else sum(rows for place, rows in sorted(places.items()) if 1 <= place <= k)


def _changed(engine: Engine, relation: Relation, fold: Fold) -> float:
    if not relation.paired:
        return 0.0
    return float(fold.totals(engine.rows(tally.changed(relation))["changed"])[0])


def _fingerprint(engine: Engine, relation: Relation) -> str:
    """Of the compared rows: their ids (or positions) and truths, in any order; empty without either."""
    if not relation.has("h"):
        return ""
    found = engine.rows(tally.fingerprint(relation))
    rows = sorted(zip(map(str, found["label"]), map(str, found["hashes"]), map(int, found["n_"]), strict=True))
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()
