"""docs/predictions.md keeps its promises."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import gate
from gate.cli import app
from gate.config import parse
from gate.predictions.compare import Settings
from gate.predictions.table import EXPECTED

PAGE = (Path(__file__).parents[1] / "docs" / "predictions.md").read_text(encoding="utf-8")
COMMANDS = [line.split("#")[0].strip() for line in PAGE.splitlines() if line.startswith("gate ")]


def test_the_columns_are_those_that_are_checked() -> None:
    table = re.findall(r"^\| `(\w+)` \|", PAGE, re.M)
    assert set(table) == set(EXPECTED)


def test_the_example_is_a_call_that_can_be_made() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    (call,) = (
        node
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "gate.log_predictions"
    )
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    bound = inspect.signature(gate.log_predictions).bind(None, **given)
    assert list(bound.arguments["slices"]) == ["origin"]


def test_the_settings_are_those_without_settings() -> None:
    whole, _ = re.findall(r"```toml\n(.*?)```", PAGE, re.S)
    (scope,) = parse(whole, "docs/predictions.md")
    assert scope.predictions == Settings()


def test_the_settings_of_a_connection_are_settings() -> None:
    whole, connection = re.findall(r"```toml\n(.*?)```", PAGE, re.S)
    (scope,) = parse(connection + whole[whole.index("[[scope]]") :], "docs/predictions.md")
    assert scope.predictions == Settings(connection="pyspark://", table="main.predictions.run_{task}")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_there(command: str) -> None:
    said = CliRunner().invoke(app, [command.split()[1], "--help"], env={"COLUMNS": "200", "TERM": "dumb"}).output
    for option in re.findall(r"--\w+", command):
        assert option in said
    assert len(COMMANDS) == 3
