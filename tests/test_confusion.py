"""Confusion matrices as counts: what they give, which axis is the truth, and which matrices are none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from gate.confusion import NoMatrix, counts_of_matrices
from gate.counts import Triples, from_triples
from gate.evidence import Matrix
from gate.predictions.store import keep, recall
from gate.scores import class_scores, grown
from tests.matrices import ANIMALS, BEST, CANDIDATE, drawn


def test_a_matrix_gives_support_claims_hits_and_confusions() -> None:
    counts = counts_of_matrices([BEST], [CANDIDATE])
    assert counts.labels == ANIMALS
    assert counts.per_class.best.support.tolist() == [10, 5, 5]
    assert counts.per_class.best.claims.tolist() == [9, 8, 3]
    assert counts.per_class.best.hits.tolist() == [8, 5, 3]
    assert counts.per_class.candidate.hits.tolist() == [9, 5, 3]
    assert [(c.truth, c.predicted, c.best, c.candidate) for c in grown(counts)] == [
        ("cat", "owl", 0, 1),
        ("owl", "cat", 1, 2),
    ]
    assert counts.source == "confusion matrix 'confusion/test' at iteration 0"


def test_what_a_matrix_cannot_say_is_said() -> None:
    counts = counts_of_matrices([BEST], [CANDIDATE])
    assert counts.pairing.said == "20 and 20 rows, not paired: a confusion matrix does not say which row is which"
    assert counts.silent == ("flips", "confidence", "top-k", "slices", "time")
    assert counts.lacks == (
        "a confusion matrix does not say which row is which: no pairing, so nothing on which predictions flipped",
        "a confusion matrix has no confidence, no ranking, no slices and no times",
    )


LABELS = st.sampled_from(["cat", "dog", "owl", "eel"])


@pytest.mark.filterwarnings("ignore:A single label was found")
@given(rows=st.lists(st.tuples(LABELS, LABELS, LABELS), min_size=1, max_size=60), turned=st.booleans())
def test_counts_of_matrices_are_those_of_the_rows(rows: list[tuple[str, str, str]], turned: bool) -> None:
    labels = sorted({label for row in rows for label in row})
    truth, *models = zip(*rows, strict=True)
    titles = {"row_title": "Predicted label", "column_title": "True label"} if turned else {"row_title": "Actual"}
    matrices = [
        Matrix("c", "t", 0, tuple(labels), tuple(labels), cells.T if turned else cells, **titles)
        for cells in (confusion_matrix(truth, model, labels=labels).astype(float) for model in models)
    ]
    counts = counts_of_matrices(matrices[:1], matrices[1:])
    codes = np.array([[labels.index(label) for label in row] for row in rows])
    wanted = from_triples(labels, Triples(*codes.T, count=np.ones(len(rows))))
    for ours, theirs in zip(*((c.per_class.best, c.per_class.candidate) for c in (counts, wanted)), strict=True):
        for name in ("support", "claims", "hits", "predicted"):
            assert getattr(ours, name).tolist() == getattr(theirs, name).tolist(), name
    assert class_scores(counts).candidate.macro_f1 == class_scores(wanted).candidate.macro_f1
    assert counts.pairs is not None
    wrong = codes[codes[:, 0] != codes[:, 2]][:, [0, 2]].tolist()
    pairs = counts.pairs
    assert {
        (t, p): n for t, p, n in zip(pairs.truth.tolist(), pairs.predicted.tolist(), pairs.candidate, strict=True) if n
    } == {(t, p): wrong.count([t, p]) for t, p in wrong}


@pytest.mark.parametrize(
    ("row_title", "column_title", "columns_are_the_truth"),
    [
        ("True label", "Predicted label", False),
        ("Predicted label", "True label", True),
        ("", "Predicted", False),
        ("Predictions", "", True),
        ("", "ground truth", True),
        ("Output Class", "Target Class", True),
        ("actual", "", False),
    ],
)
def test_the_titles_of_the_axes_say_which_is_the_truth(
    row_title: str, column_title: str, columns_are_the_truth: bool
) -> None:
    pair = [replace(each, row_title=row_title, column_title=column_title) for each in (BEST, CANDIDATE)]
    support = counts_of_matrices(pair[:1], pair[1:]).per_class.best.support.tolist()
    assert support == ([9, 8, 3] if columns_are_the_truth else [10, 5, 5])


def test_without_titles_the_axis_on_which_both_models_agree_is_the_truth() -> None:
    turned = [replace(each, cells=each.cells.T) for each in (BEST, CANDIDATE)]
    for pair in ([BEST, CANDIDATE], turned):
        counts = counts_of_matrices(pair[:1], pair[1:])
        assert counts.per_class.candidate.support.tolist() == [10, 5, 5]
        assert len(counts.lacks) == 2


def test_one_titled_matrix_tells_for_both() -> None:
    best = replace(BEST, cells=BEST.cells.T, column_title="truth")
    candidate = replace(CANDIDATE, cells=CANDIDATE.cells.T + np.eye(3))
    assert counts_of_matrices([best], [candidate]).per_class.candidate.support.tolist() == [11, 6, 6]


def test_where_nothing_tells_the_truth_rows_are_taken_and_that_is_said() -> None:
    counts = counts_of_matrices([BEST], [drawn("4 0 1\n0 2 0\n2 0 3")])
    assert counts.per_class.candidate.support.tolist() == [5, 2, 5]
    assert "nothing says which axis is the truth: rows are taken to be, as scikit-learn has it" in counts.lacks
    assert "the classes occur in different numbers: the two runs were not tested on the same rows" in counts.lacks


def test_classes_are_matched_by_name_in_whatever_order() -> None:
    order = [2, 0, 1]
    shuffled = replace(
        CANDIDATE,
        rows=("owl", "cat", "dog"),
        columns=("owl", "cat", "dog"),
        cells=CANDIDATE.cells[np.ix_(order, order)],
    )
    ours, theirs = (counts_of_matrices([BEST], [each]).per_class.candidate for each in (shuffled, CANDIDATE))
    assert ours.support.tolist() == theirs.support.tolist()
    assert ours.claims.tolist() == theirs.claims.tolist()


def test_a_class_that_only_one_model_knows_takes_part() -> None:
    counts = counts_of_matrices([drawn("1 0\n0 1", ("cat", "dog"))], [drawn("1 0 0\n0 1 0\n0 0 7")])
    assert counts.labels == ANIMALS
    assert counts.per_class.best.support.tolist() == [1, 1, 0]
    assert counts.new_classes == ["owl"]


def test_labels_of_one_axis_are_those_of_both() -> None:
    pair = [replace(each, rows=()) for each in (BEST, CANDIDATE)]
    assert counts_of_matrices(pair[:1], pair[1:]).labels == ANIMALS


def test_counts_that_the_sdk_rounded_are_said_to_be() -> None:
    large = drawn("16777216 0 0\n0 1 0\n0 0 1")
    assert "cells of 16,777,216 and more were rounded by ClearML's SDK" in counts_of_matrices([large], [large]).lacks


@pytest.mark.parametrize(
    ("matrix", "why"),
    [
        (replace(BEST, rows=(), columns=()), "has no labels (xlabels and ylabels)"),
        (replace(BEST, rows=("cat", "cat", "owl")), "names a class twice"),
        (replace(BEST, rows=("cat", "owl")), "has another number of labels than of rows or columns"),
        (replace(BEST, rows=("a", "b", "c")), "names no class on both axes"),
        (replace(BEST, cells=BEST.cells / 10), "holds other numbers than counts of rows"),
        (replace(BEST, cells=-BEST.cells), "holds other numbers than counts of rows"),
        (replace(BEST, cells=BEST.cells * np.nan), "holds other numbers than counts of rows"),
        (replace(BEST, cells=BEST.cells * 0), "is empty"),
        (replace(BEST, series="train"), "the runs have no confusion matrix in common"),
    ],
)
def test_a_matrix_that_cannot_be_counts_is_refused_with_the_reason(matrix: Matrix, why: str) -> None:
    for pair in ([matrix], [CANDIDATE]), ([CANDIDATE], [matrix]):
        with pytest.raises(NoMatrix) as caught:
            counts_of_matrices(*pair)
        assert why in str(caught.value)


def test_of_several_matrices_the_policy_names_one() -> None:
    best, candidate = ([each, replace(each, series="train")] for each in (BEST, CANDIDATE))
    with pytest.raises(NoMatrix, match=r"several confusion matrices \(confusion/test, confusion/train\): name one"):
        counts_of_matrices(best, candidate)
    assert counts_of_matrices(best, candidate, "confusion/train").source.startswith(
        "confusion matrix 'confusion/train'"
    )
    with pytest.raises(NoMatrix, match="no confusion matrix 'c/t' in common"):
        counts_of_matrices(best, candidate, "c/t")


def test_heatmaps_that_are_no_confusion_matrix_stand_in_nobodys_way() -> None:
    other = drawn("0.5 1\n1 0.5", ("x", "y"), title="correlation")
    assert counts_of_matrices([other, BEST], [other, CANDIDATE]).labels == ANIMALS


def test_counts_of_matrices_survive_being_kept(tmp_path: Path) -> None:
    counts = counts_of_matrices([BEST], [CANDIDATE])
    keep(tmp_path, "k", counts)
    assert repr(recall(tmp_path, "k")) == repr(counts)
