"""Predictions of two models: one wide table, and the same rows as a table of each model, the second one shuffled.

python -m benchmarks.evaluation.rows FOLDER ROWS CLASSES FILES SEED
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.evaluation.folder import Size

ZIPF = 1.05  # the exponent of the classes' frequencies
BEST, CANDIDATE = 0.60, 0.62  # the share of rows that each model would have right by itself
KEPT = 0.9  # the share of rows that the candidate predicts as the best one does
NEAR = 20  # four in five mistakes fall on one of so many neighbours of the truth, the others anywhere

Codes = npt.NDArray[np.int32]


class World:
    """Everything that is drawn, in one order, from one seed."""

    def __init__(self, size: Size) -> None:
        self._rng, self._size = np.random.default_rng(size.seed), size
        shares = np.arange(1, size.classes + 1) ** -ZIPF
        self._ladder = np.cumsum(shares / shares.sum())
        self._names = pa.array([f"subreddit_{number:05}" for number in range(size.classes)])
        self.truth = self._drawn()
        self.best = self._model(BEST)
        self.candidate = np.where(self._rng.random(size.rows) < KEPT, self.best, self._model(CANDIDATE))
        self.shuffled = self._rng.permutation(size.rows)

    def _drawn(self) -> Codes:
        steps = np.searchsorted(self._ladder, self._rng.random(self._size.rows))
        return np.minimum(steps, self._size.classes - 1).astype(np.int32)

    def _model(self, right: float) -> Codes:
        rows, rng = self._size.rows, self._rng
        near = (self.truth + rng.integers(1, NEAR, rows, dtype=np.int32)) % self._size.classes
        wrong = np.where(rng.random(rows) < 0.8, near, self._drawn())
        return np.where(rng.random(rows) < right, self.truth, wrong).astype(np.int32)

    def wide(self, ids: npt.NDArray[np.int64]) -> pa.Table:
        named = {"y_true": self.truth[ids], "best": self.best[ids], "candidate": self.candidate[ids]}
        return pa.table({column: self._labels(codes) for column, codes in named.items()})

    def of_model(self, ids: npt.NDArray[np.int64], said: Codes) -> pa.Table:
        """Confidences are higher where the model is right."""
        drawn, truth = self._rng.random(len(ids)), self.truth[ids]
        confidence = np.where(truth == said, np.sqrt(drawn), drawn)
        columns = {"id": ids, "y_true": self._labels(truth), "y_pred": self._labels(said), "confidence": confidence}
        return pa.table(columns)

    def _labels(self, codes: Codes) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(codes), self._names).cast(pa.string())


def make(folder: Path, size: Size) -> None:
    """Fill the folder, which is there only once it is whole."""
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    world = World(size)
    for number, ids in enumerate(np.array_split(np.arange(size.rows), size.files)):
        others = world.shuffled[ids]
        pq.write_table(world.wide(ids), part / f"wide-{number:02}.parquet")
        pq.write_table(world.of_model(ids, world.best[ids]), part / f"best-{number:02}.parquet")
        pq.write_table(world.of_model(others, world.candidate[others]), part / f"candidate-{number:02}.parquet")
    part.rename(folder)


if __name__ == "__main__":
    make(Path(sys.argv[1]), Size(*map(int, sys.argv[2:])))
