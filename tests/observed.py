"""Predictions over time as tests draw them: rows of truth, prediction, confidence and time, counted one by one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gate.counts import BINS
from gate.drift import Drift, Watch
from gate.evidence import Run
from gate.observed import Bins, Cells, History, Observed
from gate.predictions.embedded import embedded
from gate.predictions.history import history
from gate.stretches import parse_every

RUN = Run("a" * 32, "train", "Owls", "completed", "b" * 40, "https://x/owls.git")


def seen(predicted: np.ndarray, sure: np.ndarray | None = None, labels: Sequence[str] = ()) -> Observed:
    """Rows of unknown truth: how often each class was predicted, and the confidences."""
    names = tuple(labels) or tuple(f"class {number:05}" for number in range(len(predicted)))
    nothing = np.zeros(len(predicted))
    return Observed(names, predicted.astype(float), nothing, nothing, nothing, unknown(sure))


def unknown(sure: np.ndarray | None) -> np.ndarray:
    bins = np.zeros((3, BINS))
    if sure is not None:
        bins[2] = histogram(sure)
    return bins


def histogram(values: np.ndarray) -> np.ndarray:
    return np.bincount(np.minimum((values * BINS).astype(int), BINS - 1), minlength=BINS).astype(float)


def as_history(found: Observed, start: int = 0) -> History:
    """One stretch that holds what was observed."""
    label = np.flatnonzero(found.predicted + found.support)
    kind, bin_ = np.nonzero(found.confidence)
    cells = (each[label] for each in (found.predicted, found.claims, found.hits, found.support))
    return History(
        found.labels,
        np.array([start]),
        np.array([start + 1]),
        Cells(np.zeros(len(label), np.int64), label, *cells),
        Bins(np.zeros(len(kind), np.int64), kind, bin_, found.confidence[kind, bin_]),
    )


def drift(reference: Observed, current: Observed, watch: Watch | None = None) -> Drift:
    return Drift("owls", watch or Watch(), RUN, as_history(reference), as_history(current, 1))


def counted(path: Path, every: str = "1d", slices: Sequence[str] = (), until: float = np.inf) -> History:
    with embedded(("log", [path])) as engine:
        return history(engine, "log", parse_every(every), slices, until)
