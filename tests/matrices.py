"""Confusion matrices as tests draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gate.evidence import Matrix

ANIMALS = ("cat", "dog", "owl")


def drawn(text: str, labels: Sequence[str] = ANIMALS, **changed: Any) -> Matrix:
    """A matrix as a line of numbers per row."""
    cells = np.array([[float(cell) for cell in line.split()] for line in text.strip().splitlines()])
    return replace(Matrix("confusion", "test", 0, tuple(labels), tuple(labels), cells), **changed)


BEST = drawn("8 2 0\n0 5 0\n1 1 3")
CANDIDATE = drawn("9 0 1\n0 5 0\n2 0 3")
