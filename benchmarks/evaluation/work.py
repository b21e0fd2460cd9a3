"""One method in a process of its own: python -m benchmarks.evaluation.work MODULE FUNCTION FOLDER OUTPUT."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main(module: str, function: str, folder: str, output: str) -> None:
    """Call the method; what it scored (labels, and precision, recall and F1 of each model) goes to the output."""
    scores = getattr(importlib.import_module(f"benchmarks.evaluation.{module}"), function)(Path(folder))
    if scores is not None:
        import numpy as np  # not before: those who only read need not load it

        labels, best, candidate = scores
        np.savez(output, labels=np.asarray(labels, dtype=str), best=best, candidate=candidate)


if __name__ == "__main__":
    main(*sys.argv[1:])
