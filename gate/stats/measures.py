"""Scores of one model as functions of its counts per class, for one sample or for many resamples at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from gate.counts import PerClass
from gate.late import numpy as np
from gate.late import numpy_typing as npt

Array: TypeAlias = "npt.NDArray[Any]"  # of floats, of one precision or the other


@dataclass(frozen=True)
class Part:
    """Counts of one model; the last axis are the classes, any axes before are resamples."""

    support: Array
    claims: Array
    hits: Array

    def of(self, label: int) -> Part:
        """One class alone."""
        chosen = slice(label, label + 1)
        return Part(self.support[..., chosen], self.claims[..., chosen], self.hits[..., chosen])


Measure = Callable[[Part], Array]


def accuracy(part: Part) -> Array:
    return share(part.hits.sum(axis=-1), part.support.sum(axis=-1))


def f1(part: Part) -> Array:
    """Per class; 0 where a class is neither true nor predicted."""
    return share(2 * part.hits, part.support + part.claims)


def macro_f1(part: Part) -> Array:
    """The mean over all classes, those that a resample lacks included: the class set is fixed."""
    return np.asarray(f1(part).mean(axis=-1))


def weighted_f1(part: Part) -> Array:
    return share((f1(part) * part.support).sum(axis=-1), part.support.sum(axis=-1))


def f1_of_one(part: Part) -> Array:
    return f1(part)[..., 0]


def recall_of_one(part: Part) -> Array:
    return share(part.hits, part.support)[..., 0]


def precision_of_one(part: Part) -> Array:
    return share(part.hits, part.claims)[..., 0]


OVERALL: Mapping[str, Measure] = {"accuracy": accuracy, "macro_f1": macro_f1, "weighted_f1": weighted_f1}
OF_ONE: Mapping[str, Measure] = {"f1": f1_of_one, "recall": recall_of_one, "precision": precision_of_one}


def share(part: Array, whole: Array) -> Array:
    """Part of whole; 0 where the whole is empty."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def parts(per_class: PerClass) -> tuple[Part, Part]:
    """The counts of the best and of the candidate."""
    best, candidate = (Part(each.support, each.claims, each.hits) for each in (per_class.best, per_class.candidate))
    return best, candidate
