"""Small answers of an engine, folded into arrays along the labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gate.counts import BINS, Codes, ModelCounts, Overlap, PerClass, Totals
from gate.late import numpy as np
from gate.late import numpy_typing as npt
from gate.predictions import tally
from gate.predictions.relation import Relation
from gate.predictions.table import Columns, Engine

MODELS = ("best", "candidate")


@dataclass(frozen=True)
class Fold:
    """The labels that arrays follow, and whether rows are weighted (in whole numbers of 2**-``places``) and paired."""

    labels: tuple[str, ...]
    weighted: bool
    paired: bool
    places: int = 0

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {label: number for number, label in enumerate(self.labels)}

    def codes(self, labels: npt.NDArray[Any]) -> Codes:
        return np.fromiter((self._numbers[label] for label in labels), dtype=np.int64, count=len(labels))

    def totals(self, values: Iterable[object]) -> Totals:
        """Numbers of rows; or sums of weights, which come as exact whole numbers."""
        if not self.weighted:
            return np.asarray(values, dtype=np.float64)
        up, down = 2 ** max(0, -self.places), 2 ** max(0, self.places)
        return np.array([int(str(value)) * up / down for value in values], dtype=np.float64)

    def per_class(self, found: Columns) -> PerClass:
        codes, classes = self.codes(found["label"]), len(self.labels)
        sums: dict[str, Totals] = {
            name: np.bincount(codes, self.totals(found[name]), classes).astype(np.float64)
            for name in tally.CLASS_TOTALS
        }
        best, candidate = (
            ModelCounts(*(sums[f"{name}_{model}"] for name in ("support", "claims", "hits", "predicted")))
            for model in MODELS
        )
        return PerClass(best, candidate, Overlap(sums["hits_both"], sums["false_both"]) if self.paired else None)

    def histogram(self, found: Columns) -> Totals:
        """Shape (3, BINS): wrong, right, unknown."""
        bins = np.zeros((3, BINS))
        np.add.at(bins, (found["kind"].astype(np.int64), found["bin"]), self.totals(found["n_"]))
        return bins


def where(found: Columns, chosen: npt.NDArray[np.bool_]) -> Columns:
    """The rows of an answer for which something holds."""
    return {name: column[chosen] for name, column in found.items()}


def binned(engine: Engine, relation: Relation, model: str, key: str = "") -> Columns | None:
    """The answer of `tally.confidence` where there is a confidence; None where the model has none."""
    if not relation.has(f"conf_{model}"):
        return None
    found = engine.rows(tally.confidence(relation, model, key))
    known = where(found, np.array([place is not None for place in found["bin"].tolist()], np.bool_))
    return {**known, "bin": np.minimum(known["bin"].astype(np.int64), BINS - 1)}
