"""What docs/retraining.md promises of [retrain] and of `gate retrain`."""

from __future__ import annotations

import json
import re
from pathlib import Path

from gate.cli import retrain_
from gate.config import parse
from gate.config.retrain import RetrainTable
from gate.config.schema import json_schema
from gate.retraining import Retraining
from tests.small_world import POLICY

DOCS = Path(__file__).parents[1] / "docs"
TEXT = (DOCS / "retraining.md").read_text(encoding="utf-8")


def test_the_shortest_policy_it_shows_is_one() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", TEXT, re.S)
    (scope,) = parse(block + POLICY, "gate.toml")
    assert scope.retraining == Retraining("flights 2013", "Owls")


def test_every_key_stands_there_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `([a-z_]+)` \|([^|]*)\|", TEXT, re.M))
    assert list(rows) == list(RetrainTable.model_fields)
    known = json_schema()["definitions"]["RetrainTable"]["properties"]
    for key, said in rows.items():
        default = known[key].get("default")
        assert said.strip(" `") == ("the runs'" if key == "dataset_project" else _written(default)), key


def _written(default: object) -> str:
    return "" if default is None else default if isinstance(default, str) else json.dumps(default)


def test_every_exit_code_is_told_in_both_places() -> None:
    (told,) = re.findall(r"## Exit codes\n(.*?)\n##", TEXT, re.S)
    helped = retrain_.__doc__ or ""
    assert [int(code) for code in re.findall(r"^ +(\d) ", helped, re.M)] == list(range(6))
    assert all(re.search(rf"\b{code} ", told) for code in range(6))
