"""`gate doctor --predictions`: everything that is wrong with a file at once, and what it is good for."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from gate.cli import app
from gate.predictions.compare import compare
from gate.predictions.examine import PURPOSES, examine
from gate.predictions.table import UnusablePredictions
from tests.tables import written
from tests.trap import Trap

GOOD: dict[str, list[Any]] = {"id": [1, 2, 3], "y_true": ["cat", "owl", "owl"], "y_pred": ["cat", "owl", "cat"]}


def doctor(path: Path, *options: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["doctor", "--predictions", str(path), *options])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout


def test_a_good_file_is_said_to_be_countable_and_what_it_lacks_is_named(tmp_path: Path) -> None:
    code, said = doctor(written(tmp_path / "p.parquet", **GOOD, wing=["left", "right", "left"]))
    assert code == 0
    assert "can be counted; 3 rows, 2 classes" in said
    assert "pairing          id\n" in said
    assert "slices           wing\n" in said
    assert "confidence       no: without confidence nothing is said of calibration" in said
    assert "wrong" not in said


def test_everything_a_full_table_supports_is_listed(tmp_path: Path) -> None:
    full = {
        **GOOD,
        "confidence": [0.1, 0.2, 1.0],
        "top_k": [["cat"], ["owl"], ["owl", "cat"]],
        "timestamp": [datetime(2013, 4, 1, tzinfo=UTC)] * 3,
        "weight": [1.0, 0.5, 0.0],
        "group": ["n", "n", "m"],
        "wing": ["l", "r", "l"],
    }
    found = examine([written(tmp_path / "p.parquet", **full)])
    assert found.problems == ()
    assert {each.what: each.columns for each in found.supports} == {
        "scores per class": ("y_true",),
        "pairing": ("id",),
        "confidence": ("confidence",),
        "top-k": ("top_k",),
        "time": ("timestamp",),
        "weights": ("weight",),
        "groups": ("group",),
        "slices": ("wing",),
    }


@pytest.mark.parametrize(
    ("column", "values", "sentence"),
    [
        ("y_pred", None, "have no column y_pred; the columns are: id, y_true"),
        ("y_pred", ["cat", None, "owl"], "1 of 3 rows lack y_pred"),
        ("y_pred", [1, 2, 3], "y_true is text and y_pred is integer; use one kind of labels"),
        ("y_pred", [["cat"], ["owl"], ["owl"]], "the column y_pred holds list of text; required: text or integer"),
        ("y_true", [0.0, 1.0, 2.0], "the column y_true holds numbers with a fraction; required: text or integer"),
        ("y_true", [True, False, True], "the column y_true holds booleans; required: text or integer"),
        ("id", [1, 1, 2], "1 id occurs more than once; each row needs an id of its own"),
        ("id", [1, None, 2], "1 of 3 rows lack an id"),
        ("confidence", [0.5, float("nan"), 0.5], "1 of 3 rows have a confidence that is no number in [0, 1]"),
        ("confidence", [-0.1, 1.1, None], "3 of 3 rows have a confidence that is no number in [0, 1]"),
        ("confidence", ["high", "low", "low"], "the column confidence holds text; required: number or integer"),
        ("weight", [1.0, -1.0, float("nan")], "2 of 3 rows have a weight that is no finite number, 0 or more"),
        ("weight", [1.0, float("inf"), None], "2 of 3 rows have a weight that is no finite number"),
        (
            "timestamp",
            [datetime(2013, 4, 1)] * 3,
            "the column timestamp holds times without a zone; required: times wi",
        ),
        ("timestamp", ["2013-04-01"] * 3, "the column timestamp holds text; required: times with a zone"),
        ("timestamp", [datetime(2013, 4, 1, tzinfo=UTC), None, None], "2 of 3 rows lack a timestamp"),
        ("group", ["a", None, "b"], "1 of 3 rows lack a group"),
        ("top_k", ["cat", "owl", "owl"], "the column top_k holds text; required: list of text or list of integer"),
    ],
)
def test_each_thing_that_can_be_wrong_has_its_sentence(
    tmp_path: Path, column: str, values: list[Any] | None, sentence: str
) -> None:
    columns = {**GOOD, column: values}
    path = written(tmp_path / "p.parquet", **{name: each for name, each in columns.items() if each is not None})
    found = examine([path])
    assert any(sentence in problem for problem in found.problems), found.problems
    assert len(found.problems) == 1
    mild = sentence.endswith(("in [0, 1]", "lack a timestamp"))
    assert found.usable is mild, "only these cost no more than what is made of the column"
    assert doctor(path)[0] == (0 if mild else 2)
    spoiled = {each.what for each in found.supports if each.lacking == f"{column} cannot be used as it is"}
    assert spoiled == {what for what, (name, _) in PURPOSES.items() if name == column and values is not None}


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    wrong = {
        "id": [1, 1, None],
        "y_true": ["cat", "owl", "owl"],
        "y_pred": [1, 2, None],
        "confidence": [0.5, 7.0, 0.5],
        "weight": [-1.0, 1.0, 1.0],
        "timestamp": [datetime(2013, 4, 1)] * 3,
        "group": [["n"]] * 3,
    }
    code, said = doctor(written(tmp_path / "p.parquet", **wrong))
    assert code == 2
    assert said.count("  wrong: ") == 8
    for column in wrong:
        assert column in said


def empty(path: Path) -> None:
    path.touch()


def cut(path: Path) -> None:
    path.write_bytes(written(path, **GOOD).read_bytes()[:-30])


def hollowed(path: Path) -> None:
    """The letters at both ends are right, and nothing between them is."""
    path.write_bytes(b"PAR1" + b"\0" * 400 + b"PAR1")


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (empty, "are an empty file"),
        (lambda path: path.write_bytes(b"PAR1"), "were cut short"),
        (cut, "were cut short: the file does not end as Parquet does"),
        (hollowed, "the predictions are not readable Parquet"),
        (lambda path: path.write_text("id,y_true\n1,cat\n"), "begins with b'id,y', not PAR1 (text, such as CSV)"),
        (lambda path: path.write_bytes(b"\x1f\x8b\x08\0"), "compressed with gzip"),
        (lambda path: path.mkdir(), "has no file *.parquet"),
        (lambda path: None, "the predictions cannot be opened: No such file or directory"),
    ],
)
def test_what_is_no_parquet_is_named(tmp_path: Path, make: Callable[[Path], object], sentence: str) -> None:
    path = tmp_path / "p.parquet"
    make(path)
    code, said = doctor(path)
    assert code == 2
    assert sentence in said
    assert "rows" not in said


def test_a_pickle_is_named_and_never_opened(tmp_path: Path) -> None:
    path, mark = tmp_path / "p.parquet", tmp_path / "executed"
    path.write_bytes(pickle.dumps(Trap(mark)))
    code, said = doctor(path)
    assert code == 2
    assert "(a Python pickle, which is never opened)" in said
    assert not mark.exists()
    pickle.loads(path.read_bytes()).close()
    assert mark.exists(), "the trap does spring when it is opened"


def test_a_folder_of_files_is_one_table(tmp_path: Path) -> None:
    for number in range(3):
        written(tmp_path / f"{number}.parquet", id=[number], y_true=["cat"], y_pred=["owl"])
    code, said = doctor(tmp_path)
    assert (code, "3 rows, 2 classes" in said) == (0, True)


def test_the_json_says_the_same(tmp_path: Path) -> None:
    code, said = doctor(written(tmp_path / "p.parquet", **GOOD), "--format", "json")
    found = json.loads(said)
    assert (code, found["usable"], found["rows"], found["classes"], found["problems"]) == (0, True, 3, 2, [])
    assert found["supports"][1] == {"what": "pairing", "columns": ["id"], "lacking": ""}


def test_names_that_others_chose_cannot_move_the_cursor(tmp_path: Path) -> None:
    _, said = doctor(written(tmp_path / "p.parquet", **GOOD, **{"\x1b[2J\u202ewing": ["a", "b", "c"]}))
    assert "\x1b" not in said
    assert "\u202e" not in said
    _, said = doctor(written(tmp_path / "p.parquet", **{"\x1b[2J": ["a"]}))
    assert "have no column y_pred; the columns are: \N{REPLACEMENT CHARACTER}[2J" in said


LABELS = st.one_of(st.none(), st.sampled_from(["cat", "owl", ""]))
NUMBERS = st.one_of(st.none(), st.sampled_from([0.0, 0.5, 1.0, -1.0, 2.0, float("nan"), float("inf")]))
TABLES = st.fixed_dictionaries(
    {
        "id": st.lists(st.one_of(st.none(), st.integers(1, 6)), min_size=4, max_size=4),
        "y_true": st.one_of(
            st.lists(LABELS, min_size=4, max_size=4), st.lists(st.integers(0, 3), min_size=4, max_size=4)
        ),
        "y_pred": st.lists(LABELS, min_size=4, max_size=4),
    },
    optional={
        "confidence": st.lists(NUMBERS, min_size=4, max_size=4),
        "weight": st.lists(NUMBERS, min_size=4, max_size=4),
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TABLES)
def test_what_the_doctor_calls_countable_is_counted_and_nothing_else(
    tmp_path: Path, columns: dict[str, list[Any]]
) -> None:
    path = written(tmp_path / "p.parquet", **columns)
    found = examine([path])
    try:
        compare([path], [path])
        counted = True
    except UnusablePredictions:
        counted = False
    assert found.usable is counted, found.problems
