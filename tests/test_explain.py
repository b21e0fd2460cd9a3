"""`gate explain`: a policy in plain sentences, without asking any service."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from gate.cli import app
from gate.config import parse
from gate.config.kinds import KINDS
from gate.config.sentences import DEMANDS, listed, sentences
from tests.test_config import GATE, LEAST, METRIC, rule_of

POLICY = f"""[gate]
project = "Owls"
task = "train"
confidence = 0.9
[predictions]
slices = ["site", "age"]
{METRIC}
[[rule]]
kind = "compare"
metric = "macro_f1"
margin = "1%"
slice = "site=north"
level = "warn"
on_inconclusive = "review"
[[rule]]
kind = "flips"
level = "info"
max_nfr = "2%"
"""
SAID = """gate.toml: 1 model, 3 rules.

default: runs called 'train' of the ClearML project 'Owls'; the best holds the tag 'best'.
Predictions are the artifact 'predictions' of both runs, sliced by site and age.
  1. metric test/accuracy
     The last value of test/accuracy must be at most 1 percentage point below the best's. If not,
     the verdict fails.
  2. compare macro_f1 in site=north
     Macro-F1 on the same rows where site is north must be, with 90 % confidence, less than 1 % of
     the best's below it. If not, or where the data allow both answers, a person must review.
  3. flips
     The share of rows that were right and are wrong now must be below 2 %, with 90 % confidence.
     This is for information: it stands in nobody's way.

Missing evidence never passes: then the verdict is UNKNOWN. A pass still needs a person's approval.
"""


def explain(file: Path | None, folder: Path) -> tuple[int, str, str]:
    """In a process of its own, where no address of a service can be known."""
    line = [sys.executable, "-m", "gate", "explain", *([str(file)] if file else [])]
    root = str(Path(__file__).parents[1])
    done = subprocess.run(
        line, cwd=folder, env={"PYTHONPATH": root}, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_a_policy_is_told_in_plain_sentences_without_any_service(tmp_path: Path) -> None:
    (tmp_path / "gate.toml").write_text(POLICY, encoding="utf-8")
    assert explain(None, tmp_path) == (0, SAID, "")


def test_every_mistake_is_told_with_its_line_and_ends_in_2(tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text(GATE + METRIC.replace('"1pp"', "3").replace('"max"', '"up"'), encoding="utf-8")
    code, said, told = explain(file, tmp_path)
    assert (code, said) == (2, "")
    assert [line.split(": ")[:3] for line in told.splitlines()] == [
        ["configuration", f"{file}:7", "rule[0].direction"],
        ["configuration", f"{file}:8", "rule[0].allowed_loss"],
    ]


FILES = [
    (None, "there is no such file; `gate init` writes one"),
    (b"\xff\xfe", "is not UTF-8, as TOML is (byte 0)"),
    (b"", "no model is named"),
    (b"gate", "not TOML"),
]


@pytest.mark.parametrize(("content", "said"), FILES)
def test_what_is_no_policy_is_told(content: bytes | None, said: str, tmp_path: Path) -> None:
    file = tmp_path / "gate.toml"
    if content is not None:
        file.write_bytes(content)
    found = CliRunner().invoke(app, ["explain", str(file)])
    assert found.exit_code == 2
    assert said in found.stderr


def test_a_folder_is_no_policy(tmp_path: Path) -> None:
    found = CliRunner().invoke(app, ["explain", str(tmp_path)])
    assert (found.exit_code, found.stdout) == (2, "")
    assert "cannot be read" in found.stderr


def told(kind: str, lines: str) -> str:
    rule = rule_of(kind, lines)
    return sentences(rule)  # type: ignore[arg-type]


RULES = [
    ("metric", 'metric = "a/b"\ndirection = "min"\nallowed_loss = "3%"\nvalue = "best"\nallow_zero = true',
     "The best value of a/b must be at most 3 % of the best's above it. An exact 0 is believed. If not, the verdict "
     "fails."),
    ("metric", 'metric = "a/b"\ndirection = "max"\nallowed_loss = "0"\nagainst = "anchor"\nmin = 0.5\nmax = 0.99',
     "The last value of a/b must not be below the anchor's, be at least 0.5 and be at most 0.99. If not, the verdict "
     "fails."),
    ("compare", 'metric = "recall[owl]"\nmargin = "0"\non_inconclusive = "fail"\nconfidence = 0.99',
     "recall[owl] on the same rows must be, with 99 % confidence, above the best's. If not, the verdict fails. Where "
     "the data allow both answers, it counts as broken."),
    ("compare", 'metric = "accuracy"\nmargin = "0.02"',
     "Accuracy on the same rows must be, with 95 % confidence, less than 0.02 below the best's. If not, the verdict "
     "fails. Where the data allow both answers, a person must review."),
    ("classes", "", "F1 of every class is compared on the same rows. That is shown; nothing is demanded but that it "
     "can be told."),
    ("classes", 'max_regressed = 3\nmin_support = 20\ncritical = ["owl", "bat"]\ncritical_loss = "2pp"',
     "F1 of every class with at least 20 rows is compared on the same rows. At most 3 classes may have regressed (of "
     "those called so, at most 10 % by chance). F1 of owl and bat must be less than 2 percentage points below the "
     "best's. If not, the verdict fails. Where the data allow both answers, a person must review."),
    ("flips", 'max_churn = "5%"\nmax_relative_nfr = "0.5"\nlevel = "warn"',
     "The share of rows predicted differently must be below 5 % and the update must break less than 50 % of what "
     "independent mistakes would break, with 95 % confidence. If not, or where the data allow both answers, a person "
     "must review."),
    ("flips", "", "Rows that were right and are wrong now are counted. That is shown; nothing is demanded but that it "
     "can be told."),
    ("slices", 'margin = "1%"',
     "In every slice by site with at least 100 rows accuracy must be less than 1 % of the best's below it (of slices "
     "called worse, at most 5 % by chance). If not, the verdict fails. Where the data allow both answers, a person "
     "must review."),
    ("drift", 'max_confidence_shift = "2pp"',
     "On the same rows at most 2 % of the predictions may have moved to other classes, beyond chance and the mean "
     "confidence may have moved by at most 2 percentage points. If not, the verdict fails. Where the data allow both "
     "answers, a person must review."),
    ("curve", 'metric = "a/loss"\nallow_zero = true',
     "a/loss must have fallen by at least 5 % of where it began, and not have given back more than 20 % of that; a run "
     "that ended while it still improved is left to a person. An exact 0 is believed. If not, the verdict fails."),
    ("curve", 'metric = "a/loss"\nstill_improving = "info"',
     "a/loss must have fallen by at least 5 % of where it began, and not have given back more than 20 % of that; a run "
     "that ended while it still improved is only told. If not, the verdict fails."),
    ("testset", "chronological = true",
     "Both runs must be tested on the same rows (at least 99 % of them). The training data must end before the test "
     "set begins. After 50 evaluations on one test set a pass is left to a person. If not, the verdict fails."),
    ("testset", "same = false\nbudget = 7",
     "After 7 evaluations on one test set a pass is left to a person. If not, the verdict fails."),
    ("data", f'alias = "train"\nproject = "Flights"\ndataset = "flights"\nids = ["{"0a" * 16}"]',
     "Under the alias train the candidate must have used a dataset of the project Flights called flights, which must "
     "be one of 1 listed versions. If not, the verdict fails."),
    ("data", 'project = "Flights"', "The candidate must have used a dataset of the project Flights. If not, the "
     "verdict fails."),
    ("data", "newest = true", "The candidate must have used a dataset, which must be the newest version. If not, the "
     "verdict fails."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "lines", "said"), RULES, ids=range(len(RULES)))
def test_a_rule_is_told_with_what_it_demands_and_what_follows(kind: str, lines: str, said: str) -> None:
    assert told(kind, lines) == said


def test_every_kind_is_told() -> None:
    assert set(DEMANDS) == {kind.rule for kind in KINDS.values()}


# A value of each limit that is neither its default nor what `LEAST` or another example has.
LIMITS = {
    "metric": {"allowed_loss": "7pp", "min": -7, "max": 7, "value": "best", "allow_zero": True, "against": "anchor"},
    "compare": {"margin": "7pp", "metric": "macro_f1", "confidence": 0.77, "slice": "site=x"},
    "classes": {"max_regressed": 7, "fdr": "7%", "min_support": 7, "slice": "site=x"},
    "flips": {"max_nfr": "7%", "max_relative_nfr": "0.7", "max_churn": "7%", "confidence": 0.77},
    "slices": {"margin": "7pp", "min_support": 7, "fdr": "7%"},
    "drift": {"max_class_shift": "7%", "max_confidence_shift": "7%"},
    "curve": {
        "metric": "c/d",
        "direction": "max",
        "min_progress": "7%",
        "max_given_back": "7%",
        "still_improving": "info",
        "allow_zero": True,
    },
    "testset": {"same": False, "min_matched": "7%", "chronological": True, "budget": 7},
    "data": {"alias": "x", "project": "x", "dataset": "x"},
}
BASE = {"metric": 'metric = "a/b"\ndirection = "max"\nallowed_loss = "1pp"\n', "classes": "max_regressed = 1\n",
        "flips": 'max_nfr = "1%"\n'}  # fmt: skip


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind, keys in LIMITS.items() for key in keys])
def test_no_limit_is_passed_over_in_silence(kind: str, key: str) -> None:
    base = BASE.get(kind, LEAST.get(kind, ""))
    rest = "".join(f"{line}\n" for line in base.splitlines() if not line.startswith(f"{key} ="))
    assert told(kind, base) != told(kind, f"{rest}{key} = {json.dumps(LIMITS[kind][key])}\n")


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=30))
def test_of_many_names_the_first_are_listed_and_the_rest_counted(names: list[str]) -> None:
    said = listed(names)
    assert ("more" in said) == (len(names) > 10)
    assert said.count(",") + said.count(" and ") == max(0, min(len(names), 11) - 1)


def test_a_name_cannot_hide_anything_from_the_reader(tmp_path: Path) -> None:
    text = f'{GATE}[[rule]]\nkind = "classes"\ncritical = ["owl\\u001b[2K\\u202e"]\ncritical_loss = "1pp"\n'
    file = tmp_path / "gate.toml"
    file.write_text(text, encoding="utf-8")
    assert parse(text, "gate.toml")
    said = CliRunner().invoke(app, ["explain", str(file)]).stdout
    assert "owl\N{REPLACEMENT CHARACTER}[2K\N{REPLACEMENT CHARACTER}" in said
