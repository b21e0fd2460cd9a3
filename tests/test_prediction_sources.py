"""What is read where a run kept no predictions: its confusion matrix, else the F1 it reported."""

from __future__ import annotations

import html
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import streamlit
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix
from streamlit.testing.v1 import AppTest

from gate import report
from gate.adapters.clearml_plots import matrix_of
from gate.confusion import NoMatrix, counts_of_matrices
from gate.connect import connect
from gate.counts import Triples, from_triples
from gate.evidence import Evidence, Matrix, Run, Scalar
from gate.predictions.store import keep, recall
from gate.reported import reported_f1
from gate.review import Review
from gate.scores import class_scores, grown
from gate.verdict import Outcome
from gate.workflow import Question, Refused, check, decide
from tests.reviewer import decision
from tests.small_world import CLASSES_RULE, POLICY, SmallWorld

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text())
ANIMALS = ("cat", "dog", "owl")


def drawn(text: str, labels: Sequence[str] = ANIMALS, **changed: Any) -> Matrix:
    """A matrix as a line of numbers per row."""
    cells = np.array([[float(cell) for cell in line.split()] for line in text.strip().splitlines()])
    return replace(Matrix("confusion", "test", 0, tuple(labels), tuple(labels), cells), **changed)


BEST = drawn("8 2 0\n0 5 0\n1 1 3")
CANDIDATE = drawn("9 0 1\n0 5 0\n2 0 3")


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


# -- over the wire


def figure(matrix: Matrix) -> dict[str, Any]:
    trace = {"type": "heatmap", "x": matrix.columns, "y": matrix.rows, "z": matrix.cells.tolist()}
    return {"data": [trace], "layout": {"xaxis": {"title": "Predicted"}, "yaxis": {"title": {"text": "Actual"}}}}


def plot(
    owls: SmallWorld, task: str, drawing: Any, title: str = "confusion", series: str = "test", at: int = 0
) -> None:
    text = drawing if isinstance(drawing, str) else json.dumps(drawing)
    event = {"type": "plot", "task": task, "metric": title, "variant": series, "iter": at, "plot_str": text}
    owls.call("events.add", {**event, "timestamp": 1_700_000_000_000})


def two_runs(
    owls: SmallWorld, scalars: Mapping[str, Mapping[str, Sequence[float]]] | None = None
) -> tuple[int, str, str]:
    """A pull request's number, the best and the candidate: neither kept predictions."""
    found = scalars or {}
    pull = owls.pull("Look at both eyes")
    accuracy = {"test/accuracy": [0.9]}
    best = owls.run(owls.main(), {**accuracy, **found.get("best", {})}, tags=["best"])
    candidate = owls.run(pull.head.sha, {**accuracy, **found.get("candidate", {})})
    return pull.number, best, candidate


def judged(owls: SmallWorld, pull: int, settings: str = "") -> Review:
    owls.set_policy(settings + POLICY + CLASSES_RULE)
    review = check(owls.connect(), Question(pull=pull))
    jsonschema.validate(report.as_json(review), SCHEMA)
    return review


def test_runs_without_predictions_are_compared_by_their_confusion_matrices(owls: SmallWorld) -> None:
    pull, best, candidate = two_runs(owls)
    plot(owls, best, figure(CANDIDATE), at=3)
    plot(owls, best, figure(BEST), at=7)
    plot(owls, candidate, figure(CANDIDATE), at=7)
    plot(owls, candidate, {"data": [], "layout": {}}, title="roc")
    plot(owls, candidate, "not JSON at all", title="broken")
    plot(owls, candidate, [1, 2], title="strange")
    plot(owls, candidate, {"data": [{"type": "heatmap", "z": [[1], [2, 3]]}]}, title="ragged")
    review = judged(owls, pull)
    assert review.verdict.outcome is Outcome.PASSED, review.verdict.findings
    assert review.evidence.counts is not None
    assert review.evidence.counts.source == "confusion matrix 'confusion/test' at iteration 7"
    assert review.evidence.counts.per_class.best.hits.tolist() == [8, 5, 3]
    asked = owls.tracker.bodies("events.get_task_plots")
    assert asked == [{"task": task, "iters": 1, "no_scroll": True} for task in (best, candidate)]


def test_titles_of_axes_are_texts_or_objects_with_a_text() -> None:
    layout = {"xaxis": {"title": {"text": "Predicted", "font": {}}}, "yaxis": {"title": "Actual"}}
    drawing = {"data": [{"type": "heatmap", "x": [1, 2], "y": None, "z": [[1, 2], [3, 4]]}], "layout": layout}
    found = matrix_of({"metric": "a", "variant": "b", "iter": 2, "plot_str": json.dumps(drawing)})
    assert found is not None
    assert (found.row_title, found.column_title) == ("Actual", "Predicted")
    assert (found.name, found.iteration, found.rows, found.columns) == ("a/b", 2, (), ("1", "2"))


def test_every_report_says_what_was_read_and_what_it_cannot_say(owls: SmallWorld) -> None:
    pull, best, candidate = two_runs(owls)
    plot(owls, best, figure(BEST))
    plot(owls, candidate, figure(CANDIDATE))
    review = judged(owls, pull)
    evidence = report.as_json(review)["evidence"]
    assert evidence["source"] == "confusion matrix 'confusion/test' at iteration 0"
    assert evidence["pairing"]["how"] == "none"
    assert evidence["silent"] == ["flips", "confidence", "top-k", "slices", "time"]
    for said in (report.text(review), report.markdown(review).replace("&#39;", "'")):
        assert "per class from confusion matrix 'confusion/test' at iteration 0: 20 and 20 rows, not paired" in said
        assert "nothing is known of flips, confidence, top-k, slices, time" in said
        assert "a confusion matrix has no confidence, no ranking, no slices and no times" in said


def test_one_run_with_predictions_and_one_without_are_compared_by_matrices(owls: SmallWorld) -> None:
    pull = owls.pull("Look at both eyes")
    best = owls.run(owls.main(), tags=["best"], rows=[("1", "cat", "cat")])
    candidate = owls.run(pull.head.sha)
    for task, matrix in ((best, BEST), (candidate, CANDIDATE)):
        plot(owls, task, figure(matrix))
    review = judged(owls, pull.number)
    assert review.evidence.counts is not None
    assert review.evidence.counts.source.startswith("confusion matrix")


@pytest.mark.parametrize(("title", "series"), [("confusion", "test"), ("test/confusion", "a/b")])
def test_the_policy_chooses_among_several_matrices(owls: SmallWorld, title: str, series: str) -> None:
    pull, best, candidate = two_runs(owls)
    for task, matrix in ((best, BEST), (candidate, CANDIDATE)):
        plot(owls, task, figure(matrix), title, series)
        plot(owls, task, figure(matrix), "confusion", "train")
    undecided = judged(owls, pull)
    assert undecided.verdict.outcome is Outcome.UNKNOWN
    assert "both runs reported several confusion matrices" in undecided.evidence.counts_missing
    chosen = judged(owls, pull, f'[predictions]\nconfusion = "{title}/{series}"\n')
    assert chosen.evidence.counts is not None
    assert chosen.evidence.counts.source == f"confusion matrix '{title}/{series}' at iteration 0"
    assert {"metric": title, "variants": [series]} in owls.tracker.bodies("events.get_task_plots")[-1]["metrics"]


def test_a_matrix_reported_anew_after_the_reviewer_looked_makes_the_decision_stale(owls: SmallWorld) -> None:
    pull, best, candidate = two_runs(owls)
    plot(owls, best, figure(BEST))
    plot(owls, candidate, figure(CANDIDATE))
    owls.set_policy(POLICY + CLASSES_RULE)
    seen = decision(owls, pull)
    changed = replace(CANDIDATE, cells=CANDIDATE.cells + np.diag([10, 0, 0]))
    plot(owls, candidate, figure(changed))
    with pytest.raises(Refused, match="changed since"):
        decide(owls.connect(), seen)
    plot(owls, candidate, figure(CANDIDATE))
    assert decide(owls.connect(), seen).kind == "promoted"


@pytest.fixture
def dashboard(owls: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, int], AppTest]]:
    """Opens a page about a pull request of this world, in this process."""

    def opened(page: str, pull: int) -> AppTest:
        for name, value in {**owls.environment, "GATE_ACTING_AS": "noor"}.items():
            monkeypatch.setenv(name, value)
        at = AppTest.from_file(str(ROOT / "pages" / "_frame.py"), default_timeout=60).run()
        at.switch_page(str(ROOT / "pages" / f"{page}.py"))
        at.query_params["pr"] = str(pull)
        at.query_params["scope"] = "owls"
        at.run()
        assert not at.exception
        return at

    streamlit.cache_resource.clear()
    yield opened
    streamlit.cache_resource.clear()


@pytest.mark.parametrize("where", ["review", "classes"])
def test_the_pages_say_what_was_read_and_what_it_cannot_say(owls: SmallWorld, dashboard: Any, where: str) -> None:
    pull, best, candidate = two_runs(owls)
    plot(owls, best, figure(BEST))
    plot(owls, candidate, figure(CANDIDATE))
    owls.set_policy(POLICY + CLASSES_RULE)
    said = " ".join(html.unescape(caption.value) for caption in dashboard(where, pull).caption)
    assert "Per class from confusion matrix 'confusion/test' at iteration 0" in said
    assert "nothing is known of flips, confidence, top-k, slices, time" in said


@pytest.mark.parametrize("where", ["review", "classes"])
def test_the_pages_show_f1_as_reported(owls: SmallWorld, dashboard: Any, where: str) -> None:
    pull, *_ = two_runs(owls, {"best": {"f1/cat": [0.9]}, "candidate": {"f1/cat": [0.4], "f1/owl": [0.6]}})
    owls.set_policy(POLICY + CLASSES_RULE)
    at = dashboard(where, pull)
    said = " ".join(html.unescape(caption.value) for caption in at.caption)
    assert "As reported in 'f1', which is not judged by: 2 classes, F1 lower in 1, higher in 0" in said
    assert at.dataframe[0].value["class"].tolist() == ["cat", "owl"]
    assert at.dataframe[0].value["candidate F1"].tolist() == [0.4, 0.6]


SCRIPT = """
import sys

from clearml import Task

logger = Task.get_task(task_id=sys.argv[1]).get_logger()
labels = ["cat", "dog", "owl"]
matrix = eval(sys.argv[2])
logger.report_confusion_matrix(
    "confusion", "test", matrix, iteration=4, xaxis="Predicted", yaxis="True", xlabels=labels, ylabels=labels
)
logger.report_confusion_matrix("confusion", "unlabelled", matrix)
logger.flush(wait=True)
"""


def test_a_matrix_that_the_real_sdk_reported_is_read_back(owls: SmallWorld) -> None:
    pull = owls.pull("Look at both eyes")
    best = owls.run(owls.main(), tags=["best"], status="in_progress")
    candidate = owls.run(pull.head.sha, status="in_progress")
    for task, matrix in ((best, BEST), (candidate, CANDIDATE)):
        command = [sys.executable, "-c", SCRIPT, task, str(matrix.cells.tolist())]
        environment = {**os.environ, **owls.environment}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        owls.call("tasks.completed", {"task": task})
    review = judged(owls, pull.number)
    assert review.evidence.counts is not None, review.evidence.counts_missing
    assert review.evidence.counts.per_class.candidate.support.tolist() == [10, 5, 5]
    assert review.evidence.counts.per_class.candidate.claims.tolist() == [11, 5, 4]
    assert len(review.evidence.counts.lacks) == 2, "the titles of the axes left no doubt"


@pytest.mark.parametrize("kept", ["predictions", "matrices", "nothing"])
def test_a_check_asks_clearml_twelve_times_at_most(owls: SmallWorld, kept: str) -> None:
    owls.set_policy(POLICY + CLASSES_RULE)
    pull = owls.pull("Look at both eyes")
    rows = [("1", "cat", "cat"), ("2", "owl", "cat")] if kept == "predictions" else []
    curve = {"test/accuracy": [0.8, 0.9]}
    tasks = [owls.run(owls.main(), curve, tags=["best"], rows=rows), owls.run(pull.head.sha, curve, rows=rows)]
    for task in tasks if kept == "matrices" else []:
        plot(owls, task, figure(BEST))
    asked: list[tuple[str, str]] = []
    world = connect(owls.environment, journal=lambda *request: asked.append(request))
    review = check(world, Question(pull=pull.number))
    requests = [request for service, request in asked if service == "clearml"]
    assert (review.evidence.counts is None) is (kept == "nothing")
    assert "auth.login" in requests
    assert len(requests) <= 12, requests


# -- as reported


def reporting(**scalars: float) -> Run:
    found = {name: Scalar(value, value, value, 1, *name.split("/", 1)) for name, value in scalars.items()}
    return Run("id", "train", "Owls", "completed", "a" * 40, "", scalars=found)


@pytest.mark.parametrize("title", ["f1", "F1", "per-class f1", "Per class F1", "class f1", "f1_per_class", "f1-score"])
def test_f1_by_class_is_found_under_the_titles_people_give_it(title: str) -> None:
    run = reporting(**{f"{title}/owl": 0.5, f"{title}/cat": 0.25, "loss/owl": 3.0})
    found = reported_f1(Evidence(run, run))
    assert found is not None
    assert (found.title, found.labels, found.best.tolist()) == (title, ("cat", "owl"), [0.25, 0.5])


@pytest.mark.parametrize("series", ["macro", "weighted avg", "Macro F1", "train", "test macro", "validation", "micro"])
def test_averages_and_parts_of_the_data_are_no_classes(series: str) -> None:
    run = reporting(**{f"f1/{series}": 0.5})
    assert reported_f1(Evidence(run, run)) is None


def test_a_class_that_one_run_did_not_report_is_shown_as_that() -> None:
    found = reported_f1(Evidence(reporting(**{"f1/owl": 0.5, "f1/eel": 0.1}), reporting(**{"f1/owl": 0.25})))
    assert found is not None
    assert found.labels == ("eel", "owl")
    assert np.isnan(found.best[0])
    assert found.candidate.tolist() == [0.1, 0.5]
    assert found.change[1] == 0.25


def test_the_title_with_most_classes_in_common_is_shown() -> None:
    run = reporting(**{"f1/owl": 0.5, "class f1/owl": 0.5, "class f1/cat": 0.5})
    found = reported_f1(Evidence(run, run))
    assert found is not None
    assert found.title == "class f1"


def test_runs_that_share_no_class_have_nothing_to_show() -> None:
    assert reported_f1(Evidence(reporting(**{"f1/owl": 0.5}), reporting(**{"f1/cat": 0.5}))) is None
    assert reported_f1(Evidence(None, reporting(**{"f1/cat": 0.5}))) is None


def test_reported_f1_is_shown_and_never_judged_by(owls: SmallWorld) -> None:
    scalars = {
        "best": {"per-class f1/cat": [0.9], "per-class f1/owl": [0.5], "per-class f1/macro": [0.7]},
        "candidate": {"per-class f1/cat": [0.4], "per-class f1/owl": [0.6], "per-class f1/<b>eel": [1.0]},
    }
    pull, *_ = two_runs(owls, scalars)
    review = judged(owls, pull)
    assert review.verdict.outcome is Outcome.UNKNOWN
    assert "has no artifact 'predictions', and the runs have no confusion matrix in common" in (
        review.evidence.counts_missing
    )
    reported = report.as_json(review)["evidence"]["reported"]
    assert reported == {
        "title": "per-class f1",
        "classes": [
            {"class": "<b>eel", "best": None, "candidate": 1.0},
            {"class": "cat", "best": 0.9, "candidate": 0.4},
            {"class": "owl", "best": 0.5, "candidate": 0.6},
        ],
    }
    assert "as reported in 'per-class f1', which is not judged by: 3 classes, F1 lower in 1, higher in 1" in (
        report.text(review)
    )
    comment = report.markdown(review)
    assert "F1 per class as reported by the training scripts: support unknown, not judged by" in comment
    assert "| cat | 0.900 | 0.400 |" in comment
    assert "| &#60;b&#62;eel | not reported | 1.000 |" in comment
