"""The product: classes alone, and everything that is counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.evaluation.folder import files
from gate.counts import Counts
from gate.predictions.compare import Settings, compare, compare_classes, compare_wide
from gate.scores import ModelScores, class_scores

MEMORY = "2GB"
Scores = tuple[tuple[str, ...], npt.NDArray[np.float64], npt.NDArray[np.float64]]


def classes_wide(folder: Path) -> Scores:
    return scored(compare_wide(files(folder, "wide"), memory=MEMORY))


def everything_wide(folder: Path) -> Scores:
    return scored(compare_wide(files(folder, "wide"), memory=MEMORY, light=False))


def classes_joined(folder: Path) -> Scores:
    return scored(compare_classes(files(folder, "best"), files(folder, "candidate"), memory=MEMORY))


def everything_joined(folder: Path) -> Scores:
    return scored(compare(files(folder, "best"), files(folder, "candidate"), Settings(memory=MEMORY)))


def scored(counts: Counts) -> Scores:
    """Every class of both models. Their differences are computed too, as any user of them would."""
    scores = class_scores(counts)
    if not np.isfinite(scores.f1_change).all():
        raise ValueError("a class has no difference")
    return scores.labels, _stacked(scores.best), _stacked(scores.candidate)


def _stacked(model: ModelScores) -> npt.NDArray[np.float64]:
    return np.stack([model.precision, model.recall, model.f1])
