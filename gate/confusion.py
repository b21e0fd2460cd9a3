"""Counts from the confusion matrices of two runs: per class and unpaired, for want of predictions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gate.counts import Codes, Counts, ModelCounts, Pairing, Pairs, PerClass, Totals
from gate.evidence import Matrix
from gate.late import numpy as np

CLAIM = re.compile(r"predict|answer|output|classified|guess", re.IGNORECASE)  # so "predicted label" is no truth
TRUTH = re.compile(r"true|truth|actual|target|label|expected|reference", re.IGNORECASE)
UNTOLD = "a confusion matrix does not say which row is which"
MOST_PAIRS = 2_000
ROUNDED = 2**24  # from here on ClearML's SDK, which sends 32-bit floats, rounds whole numbers


class NoMatrix(Exception):
    """Why two runs' matrices cannot be counted, in a sentence."""


@dataclass(frozen=True)
class _Cells:
    """The cells of one matrix that are not empty, as codes of the common labels."""

    rows: Codes
    columns: Codes
    count: Totals
    classes: int

    @property
    def row_sums(self) -> Totals:
        return np.bincount(self.rows, self.count, self.classes).astype(np.float64)

    @property
    def column_sums(self) -> Totals:
        return np.bincount(self.columns, self.count, self.classes).astype(np.float64)

    @property
    def turned(self) -> _Cells:
        return _Cells(self.columns, self.rows, self.count, self.classes)


def counts_of_matrices(best: Sequence[Matrix], candidate: Sequence[Matrix], name: str = "") -> Counts:
    """Count two runs by the confusion matrix that both reported, or by the one called ``name`` (title/series).

    Raises:
        NoMatrix: they have none in common, or several, or it does not hold counts.
    """
    pair = _chosen(best, candidate, name)
    labels = tuple(sorted({label for matrix in pair for label in (*matrix.rows, *matrix.columns)}))
    codes = {label: code for code, label in enumerate(labels)}
    cells = [_cells(matrix, codes) for matrix in pair]
    turned, doubt = _turned(pair, cells)
    upright = [each.turned if turn else each for each, turn in zip(cells, turned, strict=True)]
    models = [_model(each) for each in upright]
    rows = [int(model.rows) for model in models]
    return Counts(
        labels,
        PerClass(models[0], models[1], None),
        Pairing("none", rows[0], rows[1], 0, UNTOLD),
        pairs=_pairs(*upright),
        source=f"confusion matrix '{pair[0].name}' {_iterations(pair)}",
        lacks=tuple(_lacks(doubt, models, cells)),
    )


def _chosen(best: Sequence[Matrix], candidate: Sequence[Matrix], name: str) -> tuple[Matrix, Matrix]:
    found = [{matrix.name: matrix for matrix in matrices} for matrices in (best, candidate)]
    common = [each for each in found[0] if each in found[1] and name in ("", each)]
    wrong = {each: why for each in common for side in found if (why := _trouble(side[each]))}
    fit = [each for each in common if each not in wrong]
    if len(fit) == 1:
        return _named(found[0][fit[0]]), _named(found[1][fit[0]])
    if fit:
        raise NoMatrix(
            f"both runs reported several confusion matrices ({', '.join(fit)}): name one as confusion in [predictions]"
        )
    if wrong:
        raise NoMatrix("; ".join(f"the matrix {each} {why}" for each, why in wrong.items()))
    raise NoMatrix(f"the runs have no confusion matrix{f' {name!r}' if name else ''} in common")


def _trouble(matrix: Matrix) -> str:
    """Why a matrix cannot be counts of truths and predictions; empty if it can."""
    matrix = _named(matrix)
    if not matrix.rows:
        return "has no labels (xlabels and ylabels)"
    if matrix.cells.shape != (len(matrix.rows), len(matrix.columns)):
        return "has another number of labels than of rows or columns"
    if any(len(set(labels)) < len(labels) for labels in (matrix.rows, matrix.columns)):
        return "names a class twice"
    if not set(matrix.rows) & set(matrix.columns):
        return "names no class on both axes"
    whole = np.isfinite(matrix.cells) & (matrix.cells >= 0) & (matrix.cells == np.round(matrix.cells))
    if not whole.all():
        return "holds other numbers than counts of rows"
    return "" if matrix.cells.any() else "is empty"


def _named(matrix: Matrix) -> Matrix:
    """Where only one axis has labels, they are those of both."""
    rows, columns = matrix.rows or matrix.columns, matrix.columns or matrix.rows
    axes = (matrix.title, matrix.series, matrix.iteration, rows, columns, matrix.cells)
    return Matrix(*axes, matrix.row_title, matrix.column_title)


def _cells(matrix: Matrix, codes: dict[str, int]) -> _Cells:
    rows, columns = np.nonzero(matrix.cells)
    row_codes = np.array([codes[label] for label in matrix.rows], dtype=np.int64)
    column_codes = np.array([codes[label] for label in matrix.columns], dtype=np.int64)
    return _Cells(row_codes[rows], column_codes[columns], matrix.cells[rows, columns], len(codes))


def _turned(pair: Sequence[Matrix], cells: Sequence[_Cells]) -> tuple[list[bool], str]:
    """Whether the columns of each matrix are the truth, and what doubt is left.

    The titles of the axes tell; else the sums do: on one test set both models have the same truths. Else rows are
    taken to be the truth, as scikit-learn has it.
    """
    told = [_told(matrix) for matrix in pair]
    known = [each for each in told if each is not None]
    if known:
        return [known[0] if each is None else each for each in told], ""
    rows = np.array_equal(cells[0].row_sums, cells[1].row_sums)
    columns = np.array_equal(cells[0].column_sums, cells[1].column_sums)
    if rows == columns:
        return [False, False], "nothing says which axis is the truth: rows are taken to be, as scikit-learn has it"
    return [columns, columns], ""


def _told(matrix: Matrix) -> bool | None:
    """Whether the columns are the truth, by the titles of the axes; None where they do not say."""
    row, column = _meaning(matrix.row_title), _meaning(matrix.column_title)
    if row == column:
        return None
    return row == "claim" or column == "truth"


def _meaning(title: str) -> str:
    if CLAIM.search(title):
        return "claim"
    return "truth" if TRUTH.search(title) else ""


def _model(cells: _Cells) -> ModelCounts:
    right = cells.rows == cells.columns
    hits = np.bincount(cells.rows[right], cells.count[right], cells.classes).astype(np.float64)
    return ModelCounts(cells.row_sums, cells.column_sums, hits, cells.column_sums)


def _pairs(best: _Cells, candidate: _Cells) -> Pairs:
    """The confusions that differ most."""
    keys = [each.rows * each.classes + each.columns for each in (best, candidate)]
    every = np.unique(np.concatenate(keys))
    every = every[every // best.classes != every % best.classes]
    counts = [_at(every, key, each.count) for key, each in zip(keys, (best, candidate), strict=True)]
    order = np.sort(np.lexsort((-counts[0], -abs(counts[1] - counts[0])))[:MOST_PAIRS])
    kept = every[order]
    truth, predicted = kept // best.classes, kept % best.classes
    return Pairs(truth, predicted, counts[0][order], counts[1][order], len(every) - len(kept))


def _at(wanted: Codes, keys: Codes, count: Totals) -> Totals:
    """The count of each wanted key; 0 where it is not among the keys."""
    order = np.argsort(keys)
    places = np.searchsorted(keys, wanted, sorter=order)
    found = order[np.minimum(places, len(keys) - 1)]
    return np.where(keys[found] == wanted, count[found], 0.0)


def _iterations(pair: Sequence[Matrix]) -> str:
    best, candidate = (matrix.iteration for matrix in pair)
    return f"at iteration {best}" if best == candidate else f"at iterations {best} (best) and {candidate} (candidate)"


def _lacks(doubt: str, models: Sequence[ModelCounts], cells: Sequence[_Cells]) -> Iterator[str]:
    yield f"{UNTOLD}: no pairing, so nothing on which predictions flipped"
    yield "a confusion matrix has no confidence, no ranking, no slices and no times"
    if doubt:
        yield doubt
    if not np.array_equal(models[0].support, models[1].support):
        yield "the classes occur in different numbers: the two runs were not tested on the same rows"
    if max(float(each.count.max()) for each in cells) >= ROUNDED:
        yield f"cells of {ROUNDED:,} and more were rounded by ClearML's SDK"
