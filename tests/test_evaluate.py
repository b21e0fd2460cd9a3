"""`gate evaluate`: two models' prediction files compared by themselves."""

from __future__ import annotations

import csv
import io
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score
from typer.testing import CliRunner

from gate.cli import app
from tests.tables import written

ROOT = Path(__file__).parents[1]
TRUTH = ["cat", "cat", "dog", "owl", "owl", "owl"]
BEST = ["cat", "dog", "dog", "owl", "owl", "cat"]
CANDIDATE = ["cat", "cat", "cat", "owl", "owl", "cat"]


def evaluate(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["evaluate", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["evaluate", *map(str, arguments)])
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    return result.stderr


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Two models' predictions of the same six rows, in another order."""
    best = written(tmp_path / "best.parquet", id=list(range(6)), y_true=TRUTH, y_pred=BEST)
    other_way = {"id": list(range(5, -1, -1)), "y_true": TRUTH[::-1], "y_pred": CANDIDATE[::-1]}
    return best, written(tmp_path / "candidate.parquet", **other_way)


def test_the_scores_of_both_and_what_flipped_are_printed(files: tuple[Path, Path]) -> None:
    said = evaluate(*files)
    assert said.startswith("6 rows with a truth, 3 classes; 6 rows paired by id, 100.0% of all found in both\n")
    lines = {line[:24].strip(): " ".join(line[24:].split()) for line in said.splitlines()}
    assert lines["accuracy = micro F1"] == "0.6667 0.6667 +0.0000"
    assert lines["macro F1"] == "0.6556 0.4889 -0.1667"
    assert lines["weighted F1"] == "0.6778 0.6222 -0.0556"
    assert lines["only the best is right"] == "1 rows, 16.67%"
    assert lines["only the candidate is"] == "1 rows, 16.67%"
    assert lines["predicted differently"] == "2 rows, 33.33%"
    losses, gains = said.split("largest losses of F1\n")[1].split("\nlargest gains of F1\n")
    assert [line.split() for line in losses.splitlines()] == [["dog", "0.6667", "0.0000", "-0.6667", "support", "1"]]
    assert [line.split()[0] for line in gains.splitlines()] == ["cat"]


def test_json_has_the_numbers_unrounded(files: tuple[Path, Path]) -> None:
    found = json.loads(evaluate(*files, "--format", "json"))
    assert found["scores"]["macro_f1"]["candidate"] == pytest.approx(f1_score(TRUTH, CANDIDATE, average="macro"))
    assert found["scores"]["accuracy"] == {"best": 4 / 6, "candidate": 4 / 6, "change": 0}
    assert found["pairing"]["how"] == "id"
    assert (found["flips"]["only_best_right"], found["flips"]["only_candidate_right"]) == (1, 1)
    assert found["flips"]["predicted_differently"] == 2
    assert [(each["class"], each["support"], each["best_f1"]) for each in found["losses"]] == [("dog", 1, 2 / 3)]
    assert found["silent"] == ["confidence", "top-k", "slices", "time"]


def test_csv_has_a_row_for_every_class(files: tuple[Path, Path], tmp_path: Path) -> None:
    output = tmp_path / "new" / "classes.csv"
    assert evaluate(*files, "--format", "csv", "--output", output) == ""
    rows = list(csv.DictReader(io.StringIO(output.read_text(encoding="utf-8-sig"))))
    assert [row["class"] for row in rows] == ["cat", "dog", "owl"]
    f1 = f1_score(TRUTH, CANDIDATE, average=None, labels=["cat", "dog", "owl"], zero_division=0)
    assert [float(row["candidate F1"]) for row in rows] == pytest.approx(f1.tolist())
    assert [float(row["support"]) for row in rows] == [2, 1, 3]


def test_folders_of_files_are_one_table_each(tmp_path: Path) -> None:
    for model, said in (("best", BEST), ("candidate", CANDIDATE)):
        (tmp_path / model).mkdir()
        for part in (slice(0, 4), slice(4, 6)):
            columns = {"id": list(range(6))[part], "y_true": TRUTH[part], "y_pred": said[part]}
            written(tmp_path / model / f"{part.start}.parquet", **columns)
    assert evaluate(tmp_path / "best", tmp_path / "candidate").startswith(
        "6 rows with a truth, 3 classes; 6 rows paired"
    )


def test_one_file_with_both_models_says_the_same(files: tuple[Path, Path], tmp_path: Path) -> None:
    wide = written(tmp_path / "wide.parquet", truth=TRUTH, old=BEST, new=CANDIDATE)
    two = json.loads(evaluate(*files, "--format", "json"))
    one = json.loads(evaluate("--wide", wide, "--columns", "truth, old,new", "--format", "json"))
    assert {**one, "pairing": two["pairing"]} == two


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), rows=st.integers(1, 60), classes=st.integers(1, 6))
def test_the_scores_are_those_of_scikit_learn(tmp_path: Path, seed: int, rows: int, classes: int) -> None:
    drawn = random.Random(seed)
    truth, best, candidate = ([f"c{drawn.randrange(classes)}" for _ in range(rows)] for _ in range(3))
    wide = written(tmp_path / "wide.parquet", y_true=truth, best=best, candidate=candidate)
    scores = json.loads(evaluate("--wide", wide, "--format", "json"))["scores"]
    labels = sorted({*truth, *best, *candidate})
    for name, said in (("best", best), ("candidate", candidate)):
        assert scores["accuracy"][name] == pytest.approx(accuracy_score(truth, said), abs=1e-12)
        for average in ("macro", "weighted"):
            wanted = f1_score(truth, said, average=average, labels=labels, zero_division=0)
            assert scores[f"{average}_f1"][name] == pytest.approx(wanted, abs=1e-12)


def test_rows_that_cannot_be_paired_have_no_flips(tmp_path: Path) -> None:
    best = written(tmp_path / "1.parquet", y_true=TRUTH, y_pred=BEST)
    candidate = written(tmp_path / "2.parquet", y_true=TRUTH[1:], y_pred=CANDIDATE[1:])
    said = evaluate(best, candidate)
    assert "6 and 5 rows, not paired: without an id in both tables" in said
    assert "only the best is right" not in said
    assert json.loads(evaluate(best, candidate, "--format", "json"))["flips"] is None


def test_predictions_without_a_truth_have_no_scores(tmp_path: Path) -> None:
    path = written(tmp_path / "1.parquet", id=[1, 2], y_pred=["cat", "owl"])
    assert "no row has a truth: there is nothing to score" in evaluate(path, path)
    assert json.loads(evaluate(path, path, "--format", "json"))["scores"] == {}


def test_what_had_to_be_left_out_is_said(tmp_path: Path) -> None:
    columns = {"id": [1], "y_true": ["cat"], "y_pred": ["cat"]}
    path = written(tmp_path / "1.parquet", **columns, confidence=[7.0])
    assert "the best's predictions: 1 of 1 rows have a confidence that is no number in [0, 1]" in evaluate(path, path)


def test_a_class_name_cannot_move_the_cursor_or_be_a_formula(tmp_path: Path) -> None:
    bad = "=\x1b[2J\u202e"
    wide = written(tmp_path / "w.parquet", y_true=[bad], best=[bad], candidate=["cat"])
    assert not {"\x1b", "\u202e"} & set(evaluate("--wide", wide))
    assert "'=" in evaluate("--wide", wide, "--format", "csv")


def test_every_reason_against_both_files_is_listed(tmp_path: Path) -> None:
    bad = written(tmp_path / "bad.parquet", id=[1, 1], y_true=["a", "b"], y_pred=[1, 2])
    good = written(tmp_path / "good.parquet", id=[1, 2], y_true=["a", "b"], y_pred=["a", None])
    assert refused(bad, good).splitlines()[-3:] == [
        "predictions: the best's predictions: y_true is text and y_pred is integer; use one kind of labels",
        "predictions: the best's predictions: 1 id occurs more than once; each row needs an id of its own",
        "predictions: the candidate's predictions: 1 of 2 rows lack y_pred",
    ]
    (tmp_path / "a.csv").write_text("id,y_true\n")
    said = refused(tmp_path / "a.csv", tmp_path / "none.parquet")
    assert "the best's predictions are not Parquet: the file begins with b'id,y', not PAR1 (text, such as CSV)" in said
    assert "the candidate's predictions cannot be opened: No such file or directory" in said
    (tmp_path / "empty").mkdir()
    assert "has no file *.parquet" in refused(tmp_path / "empty", good)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "name two prediction files, BEST and CANDIDATE, or one with --wide FILE"),
        (["a.parquet"], "name two prediction files"),
        (["a.parquet", "b.parquet", "--wide", "c.parquet"], "name two prediction files"),
        (["--wide", "c.parquet", "--columns", "a,b"], "--columns names 2: give the truth, the best and the candidate"),
        (["--wide", "c.parquet"], "the predictions cannot be opened: No such file or directory: c.parquet"),
    ],
)
def test_a_command_that_makes_no_sense_is_explained(arguments: list[str], sentence: str) -> None:
    assert sentence in refused(*arguments)


def test_a_process_of_its_own_answers_the_same(files: tuple[Path, Path]) -> None:
    command = [sys.executable, "-m", "gate", "evaluate", *map(str, files)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == evaluate(*files)
