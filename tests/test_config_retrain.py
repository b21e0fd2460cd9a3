"""[retrain] of gate.toml: what it comes to, what is wrong with it and where, and how it reads in plain words."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft7Validator

from gate.config import ConfigError, parse
from gate.config.explanation import explained
from gate.config.schema import json_schema
from gate.retraining import Retraining

RULE = '[[scope.rule]]\nkind = "flips"\n'
OWLS = f'[[scope]]\nname = "owls"\nproject = "Birds"\ntask = "train owls"\n{RULE}'
BATS = f'[[scope]]\nname = "bats"\nproject = "Mammals"\ntask = "train bats"\n{RULE}'


def test_the_dataset_alone_is_enough_and_it_is_of_the_runs_project() -> None:
    (scope,) = parse('[retrain]\ndataset = "owl pictures"\n' + OWLS, "gate.toml")
    assert scope.retraining == Retraining("owl pictures", "Birds")


def test_everything_can_be_said_with_units() -> None:
    text = """[retrain]
dataset = "owl pictures"
dataset_project = "Pictures"
parameter = "Args/data"
queue = "gpu"
base = "0123456789abcdef0123456789abcdef"
pin = "data/version.json"
versions = "newest"
min_new_rows = 10_000
cool_down = "12h"
max_in_flight = 3
on_drift = true
every = "30d"
"""
    (scope,) = parse(text + OWLS, "gate.toml")
    named = ("owl pictures", "Pictures", "Args/data", "gpu", "0123456789abcdef0123456789abcdef", "data/version.json")
    assert scope.retraining == Retraining(*named, "newest", 10_000, 12 * 3600, 3, True, 30 * 86_400)


def test_a_scope_says_it_for_itself_and_the_others_follow_the_file() -> None:
    own = OWLS + '[scope.retrain]\ndataset = "owls only"\n'
    found = {scope.name: scope.retraining for scope in parse('[retrain]\ndataset = "all"\n' + own + BATS, "gate.toml")}
    assert found == {"owls": Retraining("owls only", "Birds"), "bats": Retraining("all", "Mammals")}


def test_without_it_nothing_is_trained_again() -> None:
    (scope,) = parse(OWLS, "gate.toml")
    assert scope.retraining is None


MISTAKES = {
    'parameter = "dataset_id"': "section/name, as ClearML shows a parameter of a run",
    'base = "bset"': "did you mean 'best'",
    'pin = "/etc/passwd"': "the path of a file in the repository",
    'pin = "../x"': "the path of a file in the repository",
    'pin = ".git/config"': "the path of a file in the repository",
    'versions = "all"': "'each' or 'newest'",
    "min_new_rows = -1": "0 or more",
    "max_in_flight = 0": "1 or more",
    'cool_down = "soon"': 'write "30m", "8h" or "30d"',
    'every = "0m"': 'allowed: "1m" or more',
    'on_drift = "yes"': "did you mean true",
    'shedule = "30d"': "unknown key",
}


@pytest.mark.parametrize("line", MISTAKES)
def test_a_mistake_is_told_with_its_line(line: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(f'[retrain]\ndataset = "owl pictures"\n{line}\n{OWLS}', "gate.toml")
    (said,) = caught.value.mistakes
    assert said.startswith("gate.toml:3: retrain."), said
    assert MISTAKES[line] in said


def test_a_dataset_must_be_named_wherever_it_stands() -> None:
    with pytest.raises(ConfigError) as caught:
        parse(f"[retrain]\non_drift = true\n{OWLS}[scope.retrain]\non_drift = true\n", "gate.toml")
    assert ["dataset: missing" in said for said in caught.value.mistakes] == [True, True]
    assert caught.value.mistakes[1].startswith("gate.toml:9: scope[0].retrain.dataset")


def test_it_reads_as_plain_sentences() -> None:
    text = (
        '[retrain]\ndataset = "owl pictures"\nmin_new_rows = 5000\non_drift = true\nevery = "30d"\ncool_down = "8h"\n'
    )
    said = " ".join(explained(parse(text + OWLS, "gate.toml"), "gate.toml").split())
    assert (
        "It is trained again on each new version with at least 5,000 new rows of the dataset 'owl pictures' of the "
        "project 'Birds', or when the best has drifted, or 30d after the last training: a clone of the best run with "
        "General/dataset_id set, on the queue 'default', of a commit that names the version in retrain.json. At most 1 "
        "at once, and none within 8h of another; a person decides about each." in said
    )


@pytest.mark.parametrize(
    ("retrain", "valid"), [({"dataset": "x"}, True), ({}, False), ({"dataset": "x", "base": "y"}, False)]
)
def test_editors_know_it(retrain: dict[str, str], valid: bool) -> None:
    model = {"project": "Birds", "task": "train"}
    policy = {"gate": model, "rule": [{"kind": "flips"}], "retrain": retrain}
    assert Draft7Validator(json.loads(json.dumps(json_schema()))).is_valid(policy) is valid
