"""How far the scores of methods are from scikit-learn's: python -m benchmarks.evaluation.agreement REFERENCE OTHER…

Prints a JSON object: the largest difference of any score of any class, by file; null where nothing was scored.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

MODELS = ("best", "candidate")


def distance(reference: Path, other: Path) -> float | None:
    """The largest difference. A class that one of the two does not list has the score 0 there, as without any row."""
    with np.load(reference) as ours, np.load(other) as theirs:
        labels = np.union1d(ours["labels"], theirs["labels"])
        gaps = [np.abs(_along(labels, ours, model) - _along(labels, theirs, model)) for model in MODELS]
    known = [gap for gap in gaps if not np.isnan(gap).all()]  # Evidently tells nothing of the reference
    return float(np.max(known)) if known else None


def _along(labels: Any, scores: Any, model: str) -> Any:
    found = np.zeros((scores[model].shape[0], len(labels)))
    found[:, np.searchsorted(labels, scores["labels"])] = scores[model]
    return found


if __name__ == "__main__":
    reference, *others = map(Path, sys.argv[1:])
    print(json.dumps({str(other): distance(reference, other) for other in others}))
