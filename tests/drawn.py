"""Counts of rows that a test draws."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from gate.counts import Counts, Triples, from_triples
from gate.predictions.compare import Settings, compare
from tests.tables import written

LABEL = st.sampled_from(["cat", "dog", "owl", "=1+1", "<b>"])
ROWS = st.lists(st.tuples(LABEL, LABEL, LABEL, st.sampled_from(["north", "south"])), min_size=1, max_size=80)
Row = tuple[str, str, str, str]  # truth, best, candidate, site
many = settings(deadline=None)
few_files = settings(max_examples=30, deadline=None)

CHANGES = """
    owl owl cat x6     # six rows of owl lost
    owl owl owl x4
    cat owl cat x7     # seven rows of cat mended
    cat cat cat x3
    ant ant cat x2     # too few to say anything
    ant ant ant x20
    elk cat elk x3     # too few, though all were mended
    bee bee bee x5
    fox cat new x1     # a class that only the candidate predicts, and no row has
    fox old cat x1     # a class that only the best predicts
    old cat cat x1
"""


def drawn(text: str) -> Counts:
    """Lines of truth, best, candidate, how many."""
    lines = [line.split("#")[0].split() for line in text.strip().splitlines()]
    labels = sorted({label for line in lines for label in line[:3]})
    codes = np.array([[labels.index(label) for label in line[:3]] for line in lines])
    return from_triples(labels, Triples(*codes.T, count=np.array([float(line[3][1:]) for line in lines])))


def counted(rows: list[Row]) -> Counts:
    """Files of these rows (truth, best, candidate, site), compared."""
    truth, best, candidate, site = (list(column) for column in zip(*rows, strict=True))
    ids = list(range(len(rows)))
    with tempfile.TemporaryDirectory() as folder:
        one = written(Path(folder) / "best.parquet", id=ids, y_true=truth, y_pred=best, site=site)
        two = written(Path(folder) / "new.parquet", id=ids, y_true=truth, y_pred=candidate, site=site)
        return compare([one], [two], Settings(slices=("site",)))


def one_by_one(rows: list[Row]) -> Counts:
    """The same without files: no slices, and no confusions."""
    return drawn("\n".join(f"{truth} {best} {candidate} x1" for truth, best, candidate, _ in rows))
