"""`gate init`: a first policy with comments, which parses and can be explained, whatever the run reported."""

from __future__ import annotations

import io
import json
import math
import re
import subprocess
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.config import ScopePolicy, explained, json_schema, parse
from gate.config.kinds import KINDS
from gate.config.starter import Seen, starter
from gate.config.starter.guess import allowed_loss, direction, learning_curve, words, worth_a_rule
from gate.evidence import Run, Scalar
from gate.predictions.examine import Examination, Support
from gate.rules import CurveRule, DriftRule, FlipsRule, MetricRule, SlicesRule
from tests.small_world import PROJECT, TASK, SmallWorld
from tests.test_old_action import ROOT, gate

OFF = re.compile(r"^#(?=[^ :#\n])", re.M)
NAMED = ("--project", PROJECT, "--task", TASK)
REPORTED = {
    "test/accuracy": [0.9],
    "val/loss": [0.5],
    "train/loss": [2.0 / (step + 1) for step in range(12)],
    ":monitor:gpu/load": [50.0],
    "training/lr": [0.1],
    "test/seconds": [3.0],
    **{f"f1/class {number}": [0.5] for number in range(12)},
}


def init(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return gate("init", *options, cwd=folder, PYTHONPATH=str(ROOT), **environment)


def policy(folder: Path, name: str = "gate.toml") -> ScopePolicy:
    (scope,) = parse((folder / name).read_text(encoding="utf-8"), name)
    return scope


def kinds(text: str) -> list[str]:
    (scope,) = parse(text, "gate.toml")
    return [rule.name for rule in scope.policy.rules]


def predictions(**columns: list[Any]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def test_without_a_run_a_template_is_written_that_parses_and_asks_no_service(tmp_path: Path) -> None:
    done = init(tmp_path, CLEARML_API_HOST="http://127.0.0.1:9")
    assert (done.returncode, done.stdout.split("gate explain ")[-1]) == (0, "gate.toml\n")
    assert [rule.name for rule in policy(tmp_path).policy.rules] == ["metric test/accuracy"]
    assert explained([policy(tmp_path)], "gate.toml").startswith("gate.toml: 1 model, 1 rule.")


def test_the_first_line_leads_editors_to_the_schema_that_is_written_beside_it(tmp_path: Path) -> None:
    assert init(tmp_path, "--output", "here/policy.toml").returncode == 0
    first = (tmp_path / "here/policy.toml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "#:schema policy.schema.json"
    assert json.loads((tmp_path / "here/policy.schema.json").read_text(encoding="utf-8")) == json_schema()


def test_without_the_schema_no_line_leads_to_it(tmp_path: Path) -> None:
    assert init(tmp_path, "--no-schema").returncode == 0
    assert [file.name for file in tmp_path.iterdir()] == ["gate.toml"]
    assert "#:schema" not in (tmp_path / "gate.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("taken", ["gate.toml", "gate.schema.json"])
def test_a_file_that_exists_is_replaced_only_by_force(taken: str, tmp_path: Path) -> None:
    (tmp_path / taken).write_text("mine", encoding="utf-8")
    done = init(tmp_path)
    assert (done.returncode, [file.name for file in tmp_path.iterdir()]) == (2, [taken])
    assert done.stderr == f"configuration: {taken} exists already: --force replaces it, --output chooses another file\n"
    assert (tmp_path / taken).read_text(encoding="utf-8") == "mine"
    assert init(tmp_path, "--force").returncode == 0
    assert policy(tmp_path)


def test_all_that_is_wrong_with_the_wish_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "gate.toml").write_text("", encoding="utf-8")
    done = init(tmp_path, "--project", "Owls", "--no-schema")
    assert done.returncode == 2
    assert [line.split(" ")[1] for line in done.stderr.splitlines()] == ["--project", "gate.toml"]


def test_a_run_is_read_for_its_metrics_and_its_predictions(owls: SmallWorld, tmp_path: Path) -> None:
    run = owls.run(owls.main(), REPORTED, tags=["best"], status="in_progress")
    rows = range(120)
    table = predictions(
        id=list(rows),
        y_true=["owl", "bat"] * 60,
        y_pred=["owl"] * 120,
        confidence=[0.5] * 120,
        site=["north", "south"] * 60,
        note=[f"note {row}" for row in rows],
        same=["x"] * 120,
    )
    owls.upload(run, "predictions", table)
    owls.call("tasks.completed", {"task": run})
    done = init(tmp_path, *NAMED, **owls.environment | {"GITHUB_REPOSITORY": ""})
    assert (done.returncode, done.stderr.splitlines()[0]) == (0, f"looking at the run {run}")
    scope = policy(tmp_path)
    assert (scope.project, scope.task, scope.tag, scope.predictions.slices) == (PROJECT, TASK, "best", ("site",))
    metrics = {
        rule.metric: (rule.direction, rule.allowed_loss) for rule in scope.policy.rules if isinstance(rule, MetricRule)
    }
    assert {name: (way, margin.text if margin else "") for name, (way, margin) in metrics.items()} == {
        "test/accuracy": ("max", "1pp"),
        "val/loss": ("min", "3%"),
    }
    assert [type(rule).__name__ for rule in scope.policy.rules[2:]] == [
        *("CurveRule", "CompareRule", "ClassesRule", "FlipsRule", "SlicesRule", "DriftRule", "HoldoutRule")
    ]
    assert [rule.metric for rule in scope.policy.rules if isinstance(rule, CurveRule)] == ["train/loss"]
    assert [rule.max_confidence_shift for rule in scope.policy.rules if isinstance(rule, DriftRule)] == [0.02]
    text = (tmp_path / "gate.toml").read_text(encoding="utf-8")
    assert "Better when smaller: that was guessed from its name; it was 0.5 in this run." in text
    assert f"from the run {run}: every limit is a first guess" in text


def test_the_holder_of_the_tag_is_looked_at_else_the_newest_run_else_the_one_named(
    owls: SmallWorld, tmp_path: Path
) -> None:
    main = owls.main()
    held = owls.run(main, {"held/accuracy": [0.9]}, tags=["champion"])
    owls.run(main, {"old/accuracy": [0.9]})
    newest = owls.run(main, {"new/accuracy": [0.9]})
    asked = {
        "held": (*NAMED, "--tag", "champion"),
        "new": NAMED,
        "old": ("--run", owls.run(main, {"old/accuracy": [0.9]}, status="in_progress")),
    }
    for metric, options in asked.items():
        done = init(tmp_path, *options, "--output", f"{metric}.toml", "--no-schema", **owls.environment)
        assert done.returncode == 0, done.stderr
        assert policy(tmp_path, f"{metric}.toml").policy.rules[0].name == f"metric {metric}/accuracy"
    assert policy(tmp_path, "held.toml").tag == "champion"
    assert held in (tmp_path / "held.toml").read_text(encoding="utf-8")
    assert newest in (tmp_path / "new.toml").read_text(encoding="utf-8")


MISSING = [
    (("--project", "Bats", "--task", TASK), "ClearML has no finished run called 'train' in exactly the project 'Bats'"),
    (("--run", "0" * 32), "ClearML knows no run '00000000000000000000000000000000'"),
    (("--run", "nonsense"), "ClearML knows no run 'nonsense'"),
]


@pytest.mark.parametrize(("options", "said"), MISSING)
def test_a_run_that_is_not_there_is_a_mistake_and_nothing_is_written(
    owls: SmallWorld, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    owls.run(owls.main())
    work = tmp_path / "work"
    work.mkdir()
    done = init(work, *options, **owls.environment)
    assert (done.returncode, list(work.iterdir())) == (2, [])
    assert done.stderr.startswith(f"configuration: {said}")


def test_a_run_of_another_task_is_a_mistake(owls: SmallWorld, tmp_path: Path) -> None:
    run = owls.run(owls.main(), name="train bats")
    done = init(tmp_path, *NAMED, "--run", run, "--no-schema", **owls.environment)
    assert done.returncode == 2
    assert done.stderr == f"configuration: the run {run} is called 'train bats' of the project 'Owls'\n"


def test_a_service_that_is_down_ends_in_4_and_nothing_is_written(owls: SmallWorld, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    done = init(work, *NAMED, "--timeout", "10", **owls.environment | {"CLEARML_API_HOST": "http://127.0.0.1:9"})
    assert (done.returncode, list(work.iterdir())) == (4, [])


def test_predictions_that_cannot_be_used_are_said_to_be_and_nothing_is_demanded_of_them(
    owls: SmallWorld, tmp_path: Path
) -> None:
    run = owls.run(owls.main(), tags=["best"], status="in_progress")
    owls.upload(run, "predictions", b"id,y_true\n")
    owls.call("tasks.completed", {"task": run})
    assert init(tmp_path, *NAMED, **owls.environment).returncode == 0
    assert [rule.name for rule in policy(tmp_path).policy.rules] == ["metric test/accuracy"]
    text = (tmp_path / "gate.toml").read_text(encoding="utf-8")
    (said,) = [line for line in text.splitlines() if "The predictions cannot be used, because" in line]
    assert "not Parquet" in said
    assert said.endswith(": the rules about predictions are switched off.")


# -- the text by itself


def run(scalars: dict[str, Scalar] | None = None, **datasets: str) -> Run:
    return Run("0a" * 16, "train", "Owls", "completed", "", "", scalars=scalars or {}, datasets=datasets)


def seen(*supports: str, columns: tuple[str, ...] = (), scalars: dict[str, Scalar] | None = None) -> Seen:
    found = tuple(Support(what, ("x",)) for what in supports)
    return Seen(run(scalars), Examination((), True, 10, 2, found), columns)


def one(name: str, last: float = 0.9, points: int = 1) -> dict[str, Scalar]:
    title, _, series = name.partition("/")
    return {name: Scalar(last, last, last, points, title, series)}


@pytest.mark.parametrize("shown", [None, seen(), seen("scores per class", "pairing", "confidence", columns=("a", "b"))])
def test_whatever_is_switched_off_can_be_switched_on(shown: Seen | None) -> None:
    text = starter(seen=shown)
    (scope,) = parse(OFF.sub("", text), "gate.toml")
    written = {rule.name.split(" ")[0] for rule in scope.policy.rules}
    assert written == set(KINDS)
    assert scope.terms.anchor == "best_ever"
    flips = next(rule for rule in scope.policy.rules if isinstance(rule, FlipsRule))
    assert flips.max_nfr == 0.02


def test_only_what_the_predictions_support_is_demanded() -> None:
    demanded = {
        (): [],
        ("pairing",): [],
        ("scores per class",): ["compare macro_f1", "classes"],
        ("scores per class", "pairing"): ["compare macro_f1", "classes", "flips", "drift", "testset"],
    }
    for supports, names in demanded.items():
        assert kinds(starter(seen=seen(*supports))) == ["metric test/accuracy", *names]
    lacking = Seen(run(), Examination((), True, 10, 2, (Support("scores per class", (), "y_true cannot be used"),)))
    assert kinds(starter(seen=lacking)) == ["metric test/accuracy"]
    (scope,) = parse(starter(seen=seen("scores per class", columns=("site",))), "gate.toml")
    assert [rule.columns for rule in scope.policy.rules if isinstance(rule, SlicesRule)] == [("site",)]


def test_the_first_metrics_get_a_rule_and_the_others_are_named() -> None:
    many = {name: value for number in range(30) for name, value in one(f"test{number}/accuracy").items()}
    text = starter(seen=Seen(run(many)))
    assert len(kinds(text)) == 3
    assert text.count("#   test") == 20
    assert "and 7 more" in text


def test_the_datasets_that_a_run_used_are_named() -> None:
    text = starter(seen=Seen(run(valid="1" * 32, base="2" * 32)))
    assert "This run used base and valid." in text
    assert '#alias = "base"' in text


NAMES = st.text(max_size=12)


@given(
    st.dictionaries(st.tuples(NAMES, NAMES), st.floats(), max_size=8), st.text(max_size=20), NAMES, st.integers(1, 20)
)
def test_whatever_a_run_is_called_and_reports_comes_to_a_policy(
    reported: dict[tuple[str, str], float], trouble: str, alias: str, points: int
) -> None:
    scalars = {f"{title}/{series}": Scalar(x, x, x, points, title, series) for (title, series), x in reported.items()}
    text = starter('a "quoted" \\ project', "#train", seen=Seen(run(scalars, **{alias: "x"}), trouble=trouble))
    (scope,) = parse(text, "gate.toml")
    assert (scope.project, scope.task) == ('a "quoted" \\ project', "#train")
    assert explained([scope], "gate.toml")


DIRECTIONS = {
    "test/accuracy": "max",
    "val/loss": "min",
    "val/top5_error": "min",
    "test/RMSE": "min",
    "test/logLoss": "min",
    "test/logloss": "min",
    "test/crossEntropy": "min",
    "eval/WER": "min",
    "test/f1-score": "max",
    "test/R2": "max",
    "Summary/mAP": "max",
    "test/closest match": "max",  # no loss, though the letters are there
    "validation/lossless ratio": "max",
}


@pytest.mark.parametrize("metric", DIRECTIONS)
def test_the_direction_is_guessed_from_the_words_of_a_name(metric: str) -> None:
    assert direction(metric) == DIRECTIONS[metric]


def test_words_are_parted_in_every_spelling() -> None:
    assert words("testSet/cross_entropy-loss@5") == {"test", "set", "cross", "entropy", "loss", "5"}


def test_metrics_of_the_test_set_come_first_and_those_of_training_and_machines_not_at_all() -> None:
    names = ["a/b", "val/accuracy", "test/accuracy", "train/accuracy", ":monitor:cpu/x", "opt/learning rate", "x/epoch"]
    assert worth_a_rule({name: value for each in names for name, value in one(each).items()}) == [
        *("test/accuracy", "val/accuracy", "a/b")
    ]


def test_a_title_with_a_series_for_each_class_is_no_metric() -> None:
    ten, eleven = ({n: v for k in range(many) for n, v in one(f"f1/{k}").items()} for many in (10, 11))
    assert (len(worth_a_rule(ten)), worth_a_rule(eleven)) == (10, [])


def test_the_curve_is_the_loss_with_the_most_points() -> None:
    assert learning_curve({**one("a/loss", points=9), **one("a/accuracy", points=99)}) is None
    assert learning_curve({**one("a/loss", points=10), **one("b/loss", points=12)}) == "b/loss"


@pytest.mark.parametrize(
    ("value", "way", "margin"),
    [
        (0.9, "max", "1pp"),
        (0.0, "max", "1pp"),
        (37.5, "max", "3%"),
        (-2.0, "max", "3%"),
        (0.4, "min", "3%"),
        (0.0, "min", "0.01"),
    ],
)
def test_the_first_margin_fits_the_kind_of_value(value: float, way: Any, margin: str) -> None:
    assert allowed_loss(value, way) == margin


def test_a_value_that_is_no_number_is_not_shown() -> None:
    assert "it was" not in starter(seen=Seen(run(one("test/loss", math.nan))))
