"""The JSON Schema for editors: it is the parser's own, and agrees with it wherever a schema can."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

from gate.cli import app
from gate.config import ConfigError, json_schema, parse
from tests import test_config, test_config_contradictions, test_config_mistakes

ROOT = Path(__file__).parents[1]
PUBLISHED = ROOT / "docs" / "gate.schema.json"
SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
GATE, METRIC = test_config.GATE, test_config.METRIC


def rule(kind: str, lines: str, sliced: str = '"site"') -> str:
    return f'{GATE}[predictions]\nslices = [{sliced}]\n[[rule]]\nkind = "{kind}"\n{lines}\n'


def wrong() -> Iterator[tuple[str, str]]:
    """Every policy that another test expects to be refused, with a part of the sentence."""
    told, rest = test_config_mistakes, test_config_mistakes.REST
    yield from ((rule("metric", "\n".join((rest | {key: line}).values())), said) for line, _, key, said in told.KEYS)
    yield from ((rule("metric", "\n".join([*rest.values(), line])), said) for line, _, said in told.ADDED)
    yield from ((rule(kind, lines), said) for kind, lines, said in told.MISSING)
    yield from ((rule(kind, lines), said) for kind, lines, _, said in told.OTHERS)
    yield from ((f"{GATE}{line}\n{METRIC}", said) for line, said in told.SECTIONS)
    yield from told.SHAPES
    for own, sliced, _, said in test_config_contradictions.RULES:
        yield f"{GATE}[[rule]]\n{own}\n[predictions]\nslices = [{sliced}]\n", said
    yield from ((text, said[0]) for text, said in test_config_contradictions.MODELS if said)


# What one place of a file demands of another, and what a number in a text may be, no schema of draft 7 can say.
BEYOND = (
    "has a character that cannot be seen",
    "allowed: a number that is finite",
    "a share has 100 percentage points",
    "more than 0% and less than 100%",
    "allowed: at most 100%",
    "no value is both",
    "not among the slices",
    "not counted within slices",
    "the delta method is for",
    "is compared with best_ever",
    "there is nothing to slice by",
    "same = false asks for none of it",
    "demands a version that is not known yet",
    "each [[scope]] says this for itself",
    "two scopes are",
)
WRONG = list(wrong())
RIGHT = [
    GATE + METRIC,
    METRIC + '[[scope]]\nname = "owls"\nproject = "Owls"\ntask = "train"\n',
    *(rule(kind, test_config.LEAST.get(kind, "")) for kind in test_config.KINDS),
    *(rule("classes", f'level = "{level}"\non_inconclusive = "review"') for level in ("block", "warn", "info")),
    GATE + 'confidence = "95%"\n' + METRIC,
    (ROOT / "gate/sandbox/flights/project/gate.toml").read_text(encoding="utf-8"),
    *re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S),
]


def test_the_published_schema_is_that_of_the_parser() -> None:
    said = CliRunner().invoke(app, ["explain", "--schema"])
    assert (said.exit_code, said.stdout) == (0, PUBLISHED.read_text(encoding="utf-8")), (
        "python -m gate explain --schema > docs/gate.schema.json"
    )


def test_the_schema_is_one() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("text", RIGHT, ids=range(len(RIGHT)))
def test_what_the_parser_takes_the_schema_takes(text: str) -> None:
    assert parse(text, "gate.toml")
    assert [error.message for error in VALIDATOR.iter_errors(tomllib.loads(text))] == []


@pytest.mark.parametrize(("kind", "key", "example"), test_config.EXAMPLES)
def test_every_example_of_a_key_fits_the_schema(kind: str, key: str, example: object) -> None:
    least = test_config.COMPANY.get((kind, key), test_config.LEAST.get(kind, ""))
    rest = "".join(f"{line}\n" for line in least.splitlines() if not line.startswith(f"{key} ="))
    data = tomllib.loads(rule(kind, f"{rest}{key} = {json.dumps(example)}\n"))
    assert [error.message for error in VALIDATOR.iter_errors(data)] == []


@pytest.mark.parametrize(("text", "said"), WRONG, ids=range(len(WRONG)))
def test_what_the_parser_refuses_the_schema_refuses_where_it_can(text: str, said: str) -> None:
    with pytest.raises(ConfigError):
        parse(text, "gate.toml")
    assert VALIDATOR.is_valid(tomllib.loads(text)) == any(
        words in said for words in BEYOND if said != "allowed: a whole number; did you mean 5?"
    )


def test_every_key_of_the_schema_is_described() -> None:
    tables = [SCHEMA, *SCHEMA["definitions"].values()]
    silent = [
        key for table in tables for key, each in table["properties"].items() if not {"description", "$ref"} & set(each)
    ]
    assert silent == []
    assert all(table["additionalProperties"] is False for table in tables)


def test_a_default_is_written_as_an_author_would_write_it() -> None:
    text = json.dumps(SCHEMA)
    assert SCHEMA["definitions"]["ClassesTable"]["properties"]["fdr"]["default"] == "10%"
    assert '"null"' not in text
    for table in SCHEMA["definitions"].values():
        for key, each in table["properties"].items():
            if "default" in each and "$ref" not in each:
                assert jsonschema.Draft7Validator(each).is_valid(each["default"]), key
