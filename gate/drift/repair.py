"""Concept drift, class by class: what a model lost on new data, and how much of it another model wins back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from gate.counts import Counts, Totals
from gate.late import numpy as np
from gate.late import numpy_typing as npt
from gate.late import scipy
from gate.observed import Observed
from gate.stats.interval import Interval, newcombe
from gate.stats.marginals import stuart_maxwell
from gate.stats.measures import Part, f1
from gate.stats.per_class import benjamini_hochberg

FALSE = 0.1  # of the classes called damaged, the share that may be called so by chance
Mask: TypeAlias = "npt.NDArray[np.bool_]"


@dataclass(frozen=True)
class Damage:
    """One model per class, along ``labels``: F1 on its test rows and on later ones, with how many rows of each class.

    ``damaged`` marks the classes whose F1 fell beyond chance. A class without rows before is new.
    """

    labels: tuple[str, ...]
    before: Totals
    after: Totals
    support_before: Totals
    support_after: Totals
    damaged: Mask

    @property
    def change(self) -> Totals:
        return self.after - self.before

    @property
    def new(self) -> Mask:
        return np.asarray((self.support_before == 0) & (self.support_after > 0))


@dataclass(frozen=True)
class Repair:
    """Another model on the later rows that both predicted: accuracies of both there, and F1 per class of ``labels``.

    ``reference`` is the old model's accuracy on its test rows. ``marginals`` are chi-squared, degrees of freedom and p
    of the Stuart-Maxwell test whether both models claim the classes equally often.
    """

    counts: Counts
    reference: float
    old: float
    new: float

    @property
    def repaired(self) -> float | None:
        """The part of the lost accuracy that came back; None where none was lost."""
        lost = self.reference - self.old
        return (self.new - self.old) / lost if lost > 0 else None

    @cached_property
    def f1(self) -> tuple[Totals, Totals]:
        return tuple(f1(Part(m.support, m.claims, m.hits)) for m in self._models)  # type: ignore[return-value]

    @property
    def marginals(self) -> tuple[float, int, float] | None:
        triples = self.counts.triples
        return None if triples is None else stuart_maxwell(triples, len(self.counts.labels))

    @property
    def _models(self) -> tuple:  # type: ignore[type-arg]
        return self.counts.per_class.best, self.counts.per_class.candidate


def accuracy_change(reference: Observed, current: Observed, confidence: float) -> tuple[float, Interval] | None:
    """Current minus reference, of rows whose truth is known; None where one has none."""
    if not (reference.labelled and current.labelled):
        return None
    interval = newcombe(current.right, current.labelled, reference.right, reference.labelled, confidence)
    return current.right / current.labelled - reference.right / reference.labelled, interval


def damage(reference: Observed, current: Observed) -> Damage | None:
    """Both sets have the same labels; None where one has no truth. Classes without a row are left out."""
    if not (reference.labelled and current.labelled):
        return None
    here = (reference.support + current.support) > 0
    parts = [Part(each.support[here], each.claims[here], each.hits[here]) for each in (reference, current)]
    before, after = (f1(part) for part in parts)
    compared = np.asarray((parts[0].support > 0) & (parts[1].support > 0))
    found = np.zeros(len(before), np.bool_)
    places = np.flatnonzero(compared)
    found[places] = benjamini_hochberg(_fell(*parts)[places], FALSE)
    labels = tuple(np.array(reference.labels, dtype=object)[here].tolist())
    return Damage(labels, before, after, parts[0].support, parts[1].support, found)


def _fell(before: Part, after: Part) -> Totals:
    """One-sided p per class that F1 did not fall, from two independent samples.

    The spread of each F1 is the end of Wilson's interval, one standard error wide, of J = TP / (TP + FP + FN) that lies
    towards the other one (as Newcombe's interval is made): small classes need many rows to fall.
    """
    low = _edge(before, -1)
    high = _edge(after, +1)
    old, new = f1(before), f1(after)
    spread = np.hypot(old - low, high - new)
    z = np.divide(new - old, spread, out=np.zeros_like(old), where=spread > 0)
    return np.asarray(scipy.special.ndtr(z))


def _edge(part: Part, sign: int) -> Totals:
    rows = np.maximum(part.support + part.claims - part.hits, 1)
    jaccard = part.hits / rows
    middle = (jaccard + 1 / (2 * rows)) / (1 + 1 / rows)
    half = np.sqrt((jaccard * (1 - jaccard) + 1 / (4 * rows)) / rows) / (1 + 1 / rows)
    edge = np.clip(middle + sign * half, 0, 1)
    return np.asarray(2 * edge / (1 + edge))
