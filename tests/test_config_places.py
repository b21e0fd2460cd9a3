"""On which line of a TOML text each key stands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.config.places import Places

# Every @ stands for the number of its line, so that each value says where it is.
DOCUMENT = '''# a comment
top = @
"quo.ted" = @
'single "quotes"' = @
"esc\\u0061ped" = @
dotted.key = @
[ gate ]  # a comment with [brackets]
a.b . "c d" = @
text = ["""
[not.a.header]
key = 1
""", @]
after = @
list = [1,  # 1 is on line 14
  @, [ @,
    @ ], { inline = @, deeper = { still = [
  @ ] } } ]
[[scope]]
name = @
  [[scope.rule]]
  kind = @
  [scope.rule.table]
  inside = @
  [[scope.rule]]
  kind = @
[[scope]]
rule = [ { kind = @ }, { kind = @ } ]
[scope.one.two]
three = @
[later.parent]
child = @
[later]
own = @
[[scope]]
[[scope.rule]]
kind = @
'''


def numbered(text: str) -> str:
    return "\n".join(line.replace("@", str(number)) for number, line in enumerate(text.split("\n"), 1))


def values(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], int]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from values(child, (*path, key))
    if isinstance(value, int):
        yield path, value


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_value_is_found_on_its_line(end: str) -> None:
    text = numbered(DOCUMENT.replace("list = [1,", "list = [14,").replace("key = 1\n", "key = one\n")).replace(
        "\n", end
    )
    places, found = Places(text), dict(values(tomllib.loads(text)))
    assert len(found) == DOCUMENT.count("@") + 1
    assert {path: places.line(path) for path in found} == found


def test_tables_are_found_where_they_are_first_mentioned_and_what_is_not_written_where_it_would_stand() -> None:
    places = Places(numbered(DOCUMENT))
    lines = DOCUMENT.split("\n")
    assert places.line(("gate",)) == 1 + lines.index("[ gate ]  # a comment with [brackets]")
    assert places.line(("scope", 1)) == 1 + lines.index("rule = [ { kind = @ }, { kind = @ } ]") - 1
    assert places.line(("scope", 0, "rule", 1)) == places.line(("scope", 0, "rule", 1, "direction"))
    assert places.line(("scope", 0, "rule", 1)) == places.line(("scope", 0, "rule", 1, "kind")) - 1
    assert places.line(("nowhere", 3)) == 1


NAMES = st.sampled_from(["kind", '"kind"', "'odd key'", '"a.b"', "tag"])
VALUES = st.sampled_from(["@", "[@]", "[\n@,\n[@]\n]", "{ x = @ }", '["""\n\n[[rule]]\n""", @]', "[{ y.z = @ }, @]"])
FILLERS = st.sampled_from(["", "# [[rule]]", "  "])


@given(st.lists(st.tuples(FILLERS, st.dictionaries(NAMES, VALUES, max_size=3), st.booleans()), max_size=6), st.data())
def test_every_value_is_found_whatever_stands_between(
    sections: list[tuple[str, dict[str, str], bool]], data: st.DataObject
) -> None:
    lines = ["start = @"]
    for filler, keys, nested in sections:
        header = "[[rule.part]]" if nested and "[[rule]]" in lines else "[[rule]]"
        lines += [filler, header]
        for key, value in keys.items():
            if {"kind", '"kind"'} & set(keys) and key == '"kind"' and "kind" in keys:
                continue
            lines += [data.draw(FILLERS), f"{key} = {value}"]
    text = numbered("\n".join(lines))
    places, found = Places(text), dict(values(tomllib.loads(text)))
    assert {path: places.line(path) for path in found} == found
