"""`gate.log_predictions`: what a training script has becomes checked Parquet with its ClearML task."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gate
from gate.predictions.table import UnusablePredictions
from gate.sandbox.serve import serve
from gate.verdict import Outcome
from gate.workflow import Question, check
from tests.small_world import CLASSES_RULE, POLICY, SmallWorld

ROOT = Path(__file__).parents[1]
NOON = datetime(2013, 4, 1, 12, tzinfo=UTC)


@dataclass
class Taker:
    """In the place of a ClearML task: it keeps what it is given to upload."""

    folder: Path
    given: list[tuple[str, bool]] = field(default_factory=list)

    def upload_artifact(self, name: str, artifact_object: Any, *, wait_on_upload: bool) -> bool:
        shutil.copy(artifact_object, self.folder / "kept.parquet")
        self.given.append((name, wait_on_upload))
        return True

    @property
    def table(self) -> pa.Table:
        return pq.read_table(self.folder / "kept.parquet")


@pytest.fixture
def task(tmp_path: Path) -> Taker:
    return Taker(tmp_path)


LABELS: dict[str, Callable[[], Any]] = {
    "a list": lambda: ["cat", "owl", "cat"],
    "a tuple": lambda: ("cat", "owl", "cat"),
    "NumPy text": lambda: np.array(["cat", "owl", "cat"]),
    "NumPy objects": lambda: np.array(["cat", np.str_("owl"), "cat"], dtype=object),
    "a Series": lambda: pd.Series(["cat", "owl", "cat"], index=[7, 7, 2]),
    "a Series of objects": lambda: pd.Series(["cat", "owl", "cat"], dtype=object, index=[2, 1, 0]),
    "categories": lambda: pd.Series(["cat", "owl", "cat"], index=[2, 1, 0]).astype("category"),
    "an Arrow array": lambda: pa.array(["cat", "owl", "cat"]),
    "an Arrow dictionary": lambda: pa.array(["cat", "owl", "cat"]).dictionary_encode(),
}


@pytest.mark.parametrize("kind", LABELS)
def test_labels_become_text_however_they_are_given(task: Taker, kind: str) -> None:
    gate.log_predictions(task, y_true=LABELS[kind](), y_pred=["owl", "owl", "cat"], id=[1, 2, 3])
    assert task.table.column("y_true").type == pa.string()
    assert task.table.to_pydict() == {
        "y_true": ["cat", "owl", "cat"],
        "y_pred": ["owl", "owl", "cat"],
        "id": [1, 2, 3],
    }


BERLIN = timezone(timedelta(hours=2))
COLUMNS: list[tuple[str, Any, list[Any]]] = [
    ("y_pred", np.array([1, 2], dtype=np.int8), [1, 2]),
    ("y_pred", [np.int64(1), np.int32(2)], [1, 2]),
    ("y_pred", pd.Series([1, 2], dtype="Int64"), [1, 2]),
    ("y_pred", pd.Categorical([1, 2]), [1, 2]),
    ("y_pred", [True, False], ["true", "false"]),
    ("y_pred", np.array([True, False]), ["true", "false"]),
    ("y_pred", pd.Series([True, False], dtype="boolean"), ["true", "false"]),
    ("confidence", [1, 0.5], [1.0, 0.5]),
    ("confidence", [Decimal("0.25"), Decimal("0.5")], [0.25, 0.5]),
    ("confidence", np.array([0.5, 0.25], dtype=np.float16), [0.5, 0.25]),
    ("confidence", np.array([[0.5, 0.25]], dtype=np.float32)[0], [0.5, 0.25]),
    ("id", [UUID(int=1), UUID(int=2)], [str(UUID(int=1)), str(UUID(int=2))]),
    ("id", [2**70, 1], [str(2**70), "1"]),
    ("id", [2**40, 1], [2**40, 1]),
    ("timestamp", [NOON, NOON.astimezone(BERLIN)], [NOON, NOON]),
    ("timestamp", pd.Series([NOON, NOON], index=[5, 4]), [NOON, NOON]),
    ("timestamp", pd.DatetimeIndex([NOON, NOON]).tz_convert("Europe/Berlin"), [NOON, NOON]),
    ("timestamp", [pd.Timestamp(NOON), NOON], [NOON, NOON]),
    ("timestamp", pa.array([NOON, NOON]), [NOON, NOON]),
    ("top_k", np.array([["a", "b"], ["b", "a"]]), [["a", "b"], ["b", "a"]]),
    ("top_k", [np.array(["a", "b"]), ("b",)], [["a", "b"], ["b"]]),
    ("top_k", pd.Series([["a"], ["b", "a"]]), [["a"], ["b", "a"]]),
    ("top_k", np.array([[1, 2], [2, 1]]), [[1, 2], [2, 1]]),
    ("wing", [None, "left"], [None, "left"]),
    ("wing", ["left", float("nan")], ["left", None]),
    ("wing", [None, None], [None, None]),
    ("wing", pd.Series(["left", None], dtype="category"), ["left", None]),
    ("wing", [pd.NA, "left"], [None, "left"]),
    ('a name with spaces, and "quotes"', ["l", "r"], ["l", "r"]),
]


@pytest.mark.parametrize(("column", "values", "kept"), COLUMNS, ids=lambda value: repr(value)[:40])
def test_every_kind_of_column_keeps_its_values(task: Taker, column: str, values: Any, kept: list[Any]) -> None:
    gate.log_predictions(task, **{"y_pred": ["a", "b"], column: values})
    assert task.table.column(column).to_pylist() == kept


def test_one_fraction_among_many_whole_numbers_is_kept(task: Taker) -> None:
    many = 200_000
    confidence = np.array([1] * many, dtype=object)
    confidence[many // 2 + 1] = 0.25
    gate.log_predictions(task, y_pred=np.zeros(many, dtype=int), confidence=confidence)
    assert task.table.column("confidence").to_numpy().min() == 0.25


def a_table() -> dict[str, list[Any]]:
    return {"id": [1, 2], "y_true": ["a", "b"], "y_pred": ["a", "a"], "confidence": [0.9, 0.8], "wing": ["l", "r"]}


TABLES: dict[str, Callable[[], Any]] = {
    "mapping": a_table,
    "DataFrame": lambda: pd.DataFrame(a_table(), index=[9, 8]),
    "DataFrame of objects": lambda: pd.DataFrame(a_table()).astype(object),
    "DataFrame with categories": lambda: pd.DataFrame(a_table()).astype({"y_true": "category", "wing": "category"}),
    "Arrow": lambda: pa.table(a_table()),
    "Arrow with a dictionary": lambda: pa.table(
        {
            **a_table(),
            "y_true": pa.array(["a", "b"]).dictionary_encode(),
            "wing": pa.array(["l", "r"], pa.large_string()),
        }
    ),
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_of_any_make_is_kept_as_it_is(task: Taker, kind: str) -> None:
    found = gate.log_predictions(task, TABLES[kind]())
    assert task.table.to_pydict() == a_table()
    assert (found.rows, found.classes, found.usable) == (2, 2, True)
    assert task.given == [("predictions", True)]


CELLS = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))


@settings(max_examples=40, deadline=None)
@given(cells=st.lists(CELLS, min_size=1, max_size=8), make=st.sampled_from(["list", "objects", "series", "category"]))
def test_no_text_is_changed_on_its_way(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str | None], make: str
) -> None:
    made: Mapping[str, Callable[[], Any]] = {
        "list": lambda: cells,
        "objects": lambda: np.array(cells, dtype=object),
        "series": lambda: pd.Series(cells, dtype="str"),
        "category": lambda: pd.Series(cells, dtype="str").astype("category"),
    }
    task = Taker(tmp_path_factory.mktemp("task"))
    gate.log_predictions(task, y_pred=["a"] * len(cells), y_true=made[make]())
    assert task.table.column("y_true").to_pylist() == cells


@pytest.mark.parametrize(
    ("columns", "sentences"),
    [
        ({"y_pred": ["a", 1]}, ["the column y_pred mixes integers and text"]),
        ({"y_pred": ["a", object()]}, ["the column y_pred holds values of the type object"]),
        ({"y_pred": ["a", {"b": 1}]}, ["the column y_pred holds values of the type dict"]),
        ({"y_pred": [1.0, 2.0]}, ["the column y_pred holds numbers with a fraction"]),
        ({"y_pred": [1, 2], "y_true": ["a", "b"]}, ["y_true is text and y_pred is integer"]),
        ({"y_pred": ["a", "b"], "timestamp": [NOON.replace(tzinfo=None)] * 2}, ["times without a zone"]),
        (
            {"y_pred": ["a", "b"], "timestamp": np.array(["2013-04-01", "2013-04-02"], "M8[s]")},
            ["times without a zone"],
        ),
        (
            {"y_pred": ["a", "b"], "timestamp": [NOON, NOON.replace(tzinfo=None)]},
            ["the column timestamp mixes times and times without a zone", "the column timestamp holds text"],
        ),
        (
            {"y_pred": ["a", None], "id": [1, 1], "confidence": [2.0, float("nan")], "weight": [-1, 1]},
            ["1 of 2 rows lack y_pred", "1 id occurs more than once", "2 of 2 rows have a confidence", "have a weight"],
        ),
        ({"y_pred": ["a", "b"], "id": [1]}, ["the columns are not of one length: y_pred 2, id 1"]),
        ({"y_pred": ["a"], "Wing": ["l"], "wing": ["r"]}, ["the columns Wing, wing cannot be told apart"]),
        ({"y_pred": []}, ["the predictions have no rows"]),
        ({"y_true": ["a"]}, ["have no column y_pred"]),
        ({"y_pred": ["a\ud800"]}, ["cannot be written as Parquet"]),
    ],
)
def test_what_is_wrong_is_said_all_at_once_and_nothing_is_uploaded(
    task: Taker, columns: dict[str, Any], sentences: list[str]
) -> None:
    with pytest.raises(UnusablePredictions) as caught:
        gate.log_predictions(task, **columns)
    assert len(caught.value.problems) == len(sentences)
    for sentence in sentences:
        assert sentence in str(caught.value)
    assert task.given == []


def test_a_data_frame_with_a_column_twice_is_refused(task: Taker) -> None:
    table = pd.DataFrame([["a", "b"]], columns=["y_pred", "y_pred"])
    with pytest.raises(UnusablePredictions, match="y_pred, y_pred cannot be told apart"):
        gate.log_predictions(task, table)


@pytest.mark.parametrize("given", [{}, {"table": pd.DataFrame(a_table()), "y_true": ["a", "b"]}])
def test_either_a_table_or_columns_are_given(task: Taker, given: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="either a table or columns"):
        gate.log_predictions(task, *[given.pop("table")] if "table" in given else [], **given)


def test_importing_the_gate_costs_nothing() -> None:
    script = "import gate, sys; print(sorted({'duckdb', 'clearml', 'numpy', 'pandas', 'requests'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]"
    with pytest.raises(AttributeError, match="has no attribute 'log_prediction'"):
        gate.log_prediction  # noqa: B018


@pytest.mark.parametrize("absent", [["pyarrow"], ["pandas", "pyarrow"]])
def test_neither_pandas_nor_pyarrow_is_needed(absent: list[str], tmp_path: Path) -> None:
    script = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {absent!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
import shutil, gate, numpy as np
from datetime import datetime, UTC
class Task:
    def upload_artifact(self, name, path, *, wait_on_upload):
        return shutil.copy(path, {str(tmp_path / "kept.parquet")!r})
columns = dict(y_true=["a", None], y_pred=np.array(["a", "b"]), top_k=[["a"], ["b"]], timestamp=[datetime.now(UTC)] * 2)
if "pandas" not in {absent!r}:
    import pandas
    columns = pandas.DataFrame(columns).astype({{"y_pred": "category"}})
print(gate.log_predictions(Task(), columns).usable)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "True", done.stderr
    assert pq.read_table(tmp_path / "kept.parquet").column("y_pred").to_pylist() == ["a", "b"]


SCRIPT = """
import sys

import gate
from clearml import Task

task = Task.get_task(task_id=sys.argv[1])
gate.log_predictions(task, id=[1, 2, 3], y_true=["cat", "owl", "owl"], y_pred=sys.argv[2].split())
"""


def train(owls: SmallWorld, run: str, said: str, **changed: str) -> subprocess.CompletedProcess[str]:
    """A training script's last line, in a process of its own, through the real SDK."""
    command = [sys.executable, "-c", SCRIPT, run, said]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, **owls.environment, "PYTHONPATH": str(ROOT), "TMPDIR": folder, **changed}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert list(Path(folder).glob("promotion-gate-*")) == [], "no file of ours stays behind"
    return done


def test_two_trainings_that_log_their_predictions_are_compared_class_by_class(owls: SmallWorld) -> None:
    owls.set_policy(POLICY + CLASSES_RULE)
    best = owls.run(owls.main(), status="in_progress", tags=["best"])
    pull = owls.pull("Look at both eyes")
    candidate = owls.run(pull.head.sha, status="in_progress")
    for run, said in ((best, "cat cat owl"), (candidate, "cat owl owl")):
        done = train(owls, run, said)
        assert done.returncode == 0, done.stderr
        (artifact,) = owls.call("tasks.get_by_id", {"task": run})["task"]["execution"]["artifacts"]
        content = owls._http.get(artifact["uri"], timeout=20).content
        assert (artifact["key"], artifact["type"]) == ("predictions", "custom")
        assert artifact["hash"] == hashlib.sha256(content).hexdigest()
        assert artifact["content_size"] == len(content)
        owls.call("tasks.completed", {"task": run})
    review = check(owls.connect(), Question(pull=pull.number))
    assert review.verdict.outcome is Outcome.PASSED, review.verdict.findings
    assert review.scores is not None
    assert review.scores.candidate.accuracy == 1
    assert review.evidence.counts is not None
    assert review.evidence.counts.pairing.how == "id"


def test_predictions_that_cannot_be_uploaded_stop_the_script(owls: SmallWorld) -> None:
    run = owls.run(owls.main(), status="in_progress")

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b"full"})

    with serve(lambda _: broken) as files:
        done = train(owls, run, "cat cat owl", CLEARML_FILES_HOST=files)
    assert done.returncode != 0
    assert "Failed uploading" in done.stderr
    found = owls.call("tasks.get_by_id", {"task": run})["task"]["execution"]
    assert found.get("artifacts", []) == []


def test_unusable_predictions_are_not_uploaded_from_a_real_script(owls: SmallWorld) -> None:
    run = owls.run(owls.main(), status="in_progress")
    done = train(owls, run, "cat owl")
    assert "the columns are not of one length: y_true 3, y_pred 2, id 3" in done.stderr
    found = owls.call("tasks.get_by_id", {"task": run})["task"]["execution"]
    assert found.get("artifacts", []) == []
