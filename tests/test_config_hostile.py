"""A policy may be written by anybody who opens a pull request against its branch: whatever it holds, a sentence."""

from __future__ import annotations

import json
import string
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.config import ConfigError, parse
from gate.config.kinds import KINDS
from gate.config.tables import SECTIONS, FileTable
from gate.markdown import visible

GOOD = """[gate]
project = "Owls"
task = "train"
[predictions]
slices = ["site"]
[[rule]]
kind = "metric"
metric = "a/b"
direction = "max"
allowed_loss = "1pp"
[[rule]]
kind = "slices"
margin = "2pp"
"""


def mistakes(text: str) -> list[str]:
    """Raises whatever is no `ConfigError`; what is told must be lines that can be shown anywhere."""
    found = refused(text)
    assert all(said.startswith("gate.toml") for said in found), found
    assert all(visible(said, 1_000) == said for said in found), found
    return list(found)


def refused(text: str) -> tuple[str, ...]:
    try:
        parse(text, "gate.toml")
    except ConfigError as error:
        return error.mistakes
    return ()


SYNTAX = [
    ("[gate]\nconfidence = 95%\n", "gate.toml:2: not TOML: ", 'stands in quotes: confidence = "95%"'),
    ("[gate]\nagainst = anchor # x\n", "gate.toml:2: not TOML: ", 'text stands in quotes: against = "anchor"'),
    ("newest = True\n", "gate.toml:1: not TOML: ", "true and false are written small"),
    ("\n\nkind: metric\n", "gate.toml:3: not TOML: ", "a key is followed by =, not by a colon"),
    ("kind =\n", "gate.toml:1: not TOML: ", "the value of kind is missing"),
    ("[[rule]]\n[rule]\n", "gate.toml:2: not TOML: ", "begins with double brackets: [[rule]]"),
    ("[gate]\n[[gate]]\n", "gate.toml:2: not TOML: ", "there is only one, in single brackets: [gate]"),
    ("a = 1\na = 2\n", "gate.toml:2: not TOML: what this says was said before", ""),
    ('a = "x', "gate.toml:1: not TOML: Unterminated string (at end of document)", ""),
    ('a = """\n\n', "gate.toml:3: not TOML: Unterminated string (at end of document)", ""),
    ("a = 2024-13-45\n", "gate.toml:1: not TOML: ", ""),
    ("a = '\0'\n", "gate.toml:1: not TOML: Found invalid character '\\x00'", ""),
    ("[g\x1b[31m]\n", "gate.toml:1: not TOML: ", ""),
    ("a = b\x1b[31m\n", "gate.toml:1: not TOML: ", 'stands in quotes: a = "b\N{REPLACEMENT CHARACTER}[31m"'),
    ("a = " + "9" * 5_000, "gate.toml: not TOML: ", "5000 digits"),
]


@pytest.mark.parametrize(("text", "said", "hint"), SYNTAX, ids=range(len(SYNTAX)))
def test_what_is_no_toml_is_told_with_its_line_and_a_hint(text: str, said: str, hint: str) -> None:
    (found,) = mistakes(text)
    assert found.startswith(said)
    assert found.endswith(hint)


LARGE = {
    "characters": (GOOD + "#" * 200_001, "has 200,"),
    "lists in lists": ("a = " + "[" * 50_000, "nested too deeply"),
    "tables in tables": ("a = " + "{a=" * 50_000, "nested too deeply"),
    "dots": (".".join("a" * 60) + " = 1\n", "50 parts or more"),
    "dots in a header": (f"x = 1\n[{' . '.join(['a'] * 60)}]\n", "gate.toml:2: a key has 50 parts or more"),
    "quoted dots": (".".join(['"\\""'] * 3_000) + " = 1\n", "50 parts or more"),
    "single quotes": (" . ".join(["''"] * 3_000) + " = 1\n", "50 parts or more"),
    "quotes and backslashes": ('"\\' * 99_000, "not TOML"),
    "one word": ("a" * 199_000, "not TOML"),
    "rules": (GOOD + "[[rule]]\n" * 20_000, "rule: found a list; allowed: at most 1,000 of them"),
    "scopes": ("[[scope]]\n" * 20_000, "scope: found a list; allowed: at most 100 of them"),
    "scopes and rules": ("[[scope]]\n" * 9_000 + "[[rule]]\n" * 9_000, "at most"),
    "the same rule": (GOOD + GOOD.partition("[[rule]]")[2].join(["[[rule]]", ""]) * 300, "again"),
    "labels": (
        f'{GOOD}[[rule]]\nkind = "classes"\ncritical_loss = "1pp"\ncritical = {json.dumps(["owl"] * 20_000)}\n',
        "'owl' stands in the list more than once",
    ),
    "a whole number": (GOOD + f"max_bytes = 0x{'f' * 5_000}\n", "max_bytes"),
}


@pytest.mark.parametrize("what", LARGE)
def test_what_is_large_is_refused_and_not_computed(what: str) -> None:
    text, said = LARGE[what]
    assert any(said in each for each in mistakes(text))


HIDDEN = [
    ('"\\u0000x" = 1', "\N{REPLACEMENT CHARACTER}x: unknown key"),
    ('"a\\nb" = 1', "a b: unknown key"),
    (f'"{"k" * 5_000}" = 1', "k" * 59 + "…: unknown key"),
    ('[[rule]]\nkind = "\\u001b[31m"', "found '\N{REPLACEMENT CHARACTER}[31m'"),
    (
        '[[scope]]\nname = "a"\nproject = "a\\u0007"\ntask = "t"\n[[scope.rule]]\nkind = "flips"',
        "found 'a\N{REPLACEMENT CHARACTER}'",
    ),
]


@pytest.mark.parametrize(("line", "said"), HIDDEN)
def test_what_cannot_be_seen_is_shown_as_such(line: str, said: str) -> None:
    assert any(said in each for each in mistakes(f"{line}\n"))


def written(value: object) -> str:
    """A value as TOML writes it in one line."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{written(key)} = {written(each)}' for key, each in value.items())}}}"
    return value.isoformat() if isinstance(value, date | time) else repr(value)


ALL_KEYS = sorted(
    {
        key
        for table in (FileTable, *SECTIONS.values(), *(kind.table for kind in KINDS.values()))
        for key in table.model_fields
    }
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), max_size=8)
WORDS = st.sampled_from(
    [*KINDS, "max", "min", "1%", "0.5pp", "0.02", "warn", "fail", "anchor", "best_ever", "a/b", "a=b", "a"]
)
SCALARS = st.one_of(
    WORDS, TEXTS, st.booleans(), st.integers(), st.floats(), st.sampled_from([0, 1, 2**64, -1, 0.95]),
    st.dates(), st.times(), st.datetimes(),
)  # fmt: skip
KEYS = st.one_of(st.sampled_from(ALL_KEYS), TEXTS)
ANY = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=12
)
TABLE = st.dictionaries(KEYS, ANY, max_size=6)
RULE = st.builds(dict.__or__, TABLE, st.fixed_dictionaries({"kind": st.sampled_from([*KINDS])}))
LIKELY = {"gate": TABLE, "predictions": TABLE, "rule": st.lists(RULE, max_size=4), "scope": st.lists(TABLE, max_size=2)}
POLICIES = st.fixed_dictionaries(
    {}, optional={key: st.one_of(likely, ANY) for key, likely in LIKELY.items()} | {"x": ANY}
)


@given(POLICIES)
def test_any_data_at_all_come_to_a_policy_or_to_sentences(data: dict[str, object]) -> None:
    mistakes("".join(f"{written(key)} = {written(value)}\n" for key, value in data.items()))


@given(st.text(max_size=200))
def test_any_text_at_all_comes_to_sentences(text: str) -> None:
    assert mistakes(text)


@given(st.integers(0, len(GOOD)), st.integers(0, 12), st.text(string.printable, max_size=4))
def test_a_slip_of_the_pen_comes_to_a_policy_or_to_sentences(start: int, length: int, other: str) -> None:
    mistakes(GOOD[:start] + other + GOOD[start + length :])


def test_the_good_policy_is_one() -> None:
    assert mistakes(GOOD) == []
