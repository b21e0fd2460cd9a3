"""F1 per class as runs reported it: which scalars it is read from."""

from __future__ import annotations

import numpy as np
import pytest

from gate.evidence import Evidence, Run, Scalar
from gate.reported import reported_f1


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
