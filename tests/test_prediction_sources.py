"""What is read where a run kept no predictions: its confusion matrix, else the F1 it reported."""

from __future__ import annotations

import html
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from gate import report
from gate.adapters.clearml_plots import matrix_of
from gate.connect import connect
from gate.evidence import Matrix
from gate.review import Review
from gate.verdict import Outcome
from gate.workflow import Question, Refused, check, decide
from tests.matrices import BEST, CANDIDATE
from tests.reviewer import decision
from tests.small_world import CLASSES_RULE, POLICY, SmallWorld

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text())


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
    assert review.verdict.outcome is Outcome.REVIEW, review.verdict.findings
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
def dashboard(owls: SmallWorld, opened: Any) -> Callable[[str, int], AppTest]:
    """Opens a page about a pull request of this world, in this process."""
    return lambda page, pull: opened(owls, page, pr=str(pull), scope="owls")


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
