"""docs/policy.md keeps its promises."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gate.cli import app
from gate.config import ConfigError, parse
from gate.config.kinds import KINDS
from gate.config.tables import GateTable

PAGE = (Path(__file__).parents[1] / "docs" / "policy.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.S)
MODEL = '[gate]\nproject = "Flights"\ntask = "train"\n'
PARTS = {name: body for name, body in re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", PAGE, re.M | re.S) if name in KINDS}


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_every_example_is_a_policy(block: str) -> None:
    named = {"gate", "scope"} & set(tomllib.loads(block))
    assert parse(block if named else MODEL + block, "docs/policy.md")


def test_every_kind_has_a_part_with_an_example_of_it() -> None:
    assert list(PARTS) == list(KINDS)
    for kind, part in PARTS.items():
        (block,) = re.findall(r"```toml\n(.*?)```", part, re.S)
        assert [rule["kind"] for rule in tomllib.loads(block)["rule"]] == [kind]


def keys(text: str) -> dict[str, str]:
    """Each key of the tables, with its default as it is written there."""
    rows = re.findall(r"^\| (`[^|]*) \|([^|]*)\|", text, re.M)
    return {key: default.strip() for names, default in rows for key in re.findall(r"`(\w+)`", names)}


def shown(value: object) -> str:
    if isinstance(value, float):
        return f'`"{100 * value:g}%"`'
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_of_a_kind_is_there_with_its_default(kind: str) -> None:
    fields: dict[str, Any] = KINDS[kind].table.model_fields
    told = keys(PARTS[kind])
    assert set(told) == set(fields) - {"kind", "level", "on_inconclusive"}
    for key, default in told.items():
        if fields[key].is_required():
            assert default == "required", key
        elif fields[key].default is not None:
            assert default == shown(fields[key].default), key
        else:
            assert default in ("", "as `[gate]`", "all", "`test_set_budget`"), key


def test_what_all_rules_and_the_gate_may_say_is_there() -> None:
    told = keys(PAGE.partition("## The kinds of rule")[0])
    assert {"kind", "level", "on_inconclusive", *GateTable.model_fields} <= set(told)
    assert (told["level"], told["on_inconclusive"]) == ('`"block"`', '`"review"`')
    assert told["confidence"] == f"`{GateTable.model_fields['confidence'].default}`"
    assert told["test_set_budget"] == f"`{GateTable.model_fields['test_set_budget'].default}`"


def test_the_mistakes_that_are_shown_are_those_that_are_made() -> None:
    lines = [
        "[[rule]]",
        'kind = "metric"',
        'metric = "a/b"',
        'level = "warn"',
        'direction = "maximize"',
        "allowed_loss = 3",
    ]
    text = "\n".join([*lines, 'on_inconclusive = "fail"', MODEL])
    with pytest.raises(ConfigError) as caught:
        parse(text, "gate.toml")
    told = re.findall(r"^configuration: (.*)$", PAGE, re.M)
    assert list(caught.value.mistakes) == told


@pytest.mark.parametrize("command", re.findall(r"`?(gate (?:init|explain)[^`\n#]*)", PAGE))
def test_every_command_and_option_is_there(command: str) -> None:
    said = CliRunner().invoke(app, [command.split()[1], "--help"], env={"COLUMNS": "200", "TERM": "dumb"}).output
    assert all(option in said for option in re.findall(r"--\w+", command))
