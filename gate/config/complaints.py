"""What is wrong with a single key, in a sentence: what was found, what is allowed, and what may have been meant."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from gate.config.kinds import KINDS
from gate.config.mistakes import Mistake
from gate.config.shown import found, meant
from gate.config.tables import SECTIONS, FileTable, path_of, table_at
from gate.config.values import FORMS, KNOWN, Table

NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
Problem = Mapping[str, Any]  # as pydantic tells it

TABLES: Mapping[str, type[Table]] = {
    "the top of the file": FileTable,
    **{f"[{name}]" if name != "scope" else "[[scope]]": table for name, table in SECTIONS.items()},
    **{f'a rule of kind "{name}"': kind.table for name, kind in KINDS.items()},
}
ALLOWED: Mapping[str, str] = {
    "string_type": "text in quotes",
    "string_too_short": "text that is not empty",
    "string_too_long": "at most {max_length:,} characters",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a number that is finite",
    "bool_type": "true or false",
    "greater_than_equal": "{ge:,} or more",
    "less_than_equal": "at most {le:,}",
    "too_short": "a list that is not empty",
    "too_long": "at most {max_length:,} of them",
    "literal_error": "{expected}",
    "union_tag_invalid": "{expected_tags}",
}


def complaints(problems: Iterable[Problem]) -> Iterator[Mistake]:
    """One for every problem that pydantic found."""
    for problem in problems:
        tell = TELLERS.get(problem["type"], _refused)
        key = ("kind",) if problem["type"] == "union_tag_invalid" else ()
        yield Mistake((*path_of(problem["loc"]), *key), tell(problem))


def _refused(problem: Problem) -> str:
    """A value that is not of the type, the size or the words that its key has."""
    words = ALLOWED.get(problem["type"], problem["msg"]).format(**problem.get("ctx", {}))
    return f"found {_value(problem)}; allowed: {words}{_meant(problem)}"


def _value(problem: Problem) -> str:
    value = problem["input"]
    if problem["type"] == "string_too_long":
        return f"{len(value):,} characters"
    return found(value.get("kind") if problem["type"] == "union_tag_invalid" else value)


def _meant(problem: Problem) -> str:
    value, kind = problem["input"], problem["type"]
    if kind == "union_tag_invalid":
        return meant(value.get("kind"), KINDS)
    if kind == "literal_error":
        return meant(value, problem["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", "))
    if kind == "string_type" and isinstance(value, int | float):
        return f'; did you mean "{found(value)}"?'
    if kind in ("int_type", "float_type") and isinstance(value, str) and NUMBER.fullmatch(value):
        return f"; did you mean {value}?"
    if kind == "bool_type" and str(value).lower() in ("true", "false", "yes", "no"):
        return f"; did you mean {'true' if str(value).lower() in ('true', 'yes') else 'false'}?"
    return ""


def _form(problem: Problem) -> str:
    pattern = problem["ctx"]["pattern"]
    return (
        f"found {found(problem['input'])}; allowed: {FORMS[pattern]}{meant(problem['input'], KNOWN.get(pattern, ()))}"
    )


def _said(problem: Problem) -> str:
    """A sentence of our own."""
    return str(problem["ctx"]["error"])


def _list(problem: Problem) -> str:
    name = str(problem["loc"][-1])
    if isinstance(problem["input"], dict):
        return f"found [{name}]; each one begins with double brackets: [[{name}]]"
    return f'found {found(problem["input"])}; allowed: a list, such as ["one", "two"]'


def _section(problem: Problem) -> str:
    name = next((str(part) for part in reversed(problem["loc"]) if isinstance(part, str)), "")
    if isinstance(problem["input"], list):
        return f"found a list; there is one [{name}], in single brackets"
    return f"found {found(problem['input'])}; allowed: a table"


def _kindless(problem: Problem) -> str:
    near = get_close_matches("kind", problem["input"], n=1)
    instead = f", and {found(near[0])} is written" if near else ""
    return f"the key kind is missing{instead}; allowed: {', '.join(map(found, KINDS))}"


def _missing(problem: Problem) -> str:
    field = table_at(problem["loc"][:-1]).model_fields[str(problem["loc"][-1])]
    example = f"; for example {problem['loc'][-1]} = {json.dumps(field.examples[0])}" if field.examples else ""
    return f"missing{example}. {field.description}"


def _unknown(problem: Problem) -> str:
    key, table = str(problem["loc"][-1]), table_at(problem["loc"][:-1])
    if elsewhere := [place for place, other in TABLES.items() if key in other.model_fields]:
        return f"unknown here; a key of {' and '.join(elsewhere)}"
    known = list(table.model_fields)
    return f"unknown key{meant(key, known) or '; allowed here: ' + ', '.join(known)}"


TELLERS: Mapping[str, Callable[[Problem], str]] = {
    "string_pattern_mismatch": _form,
    "value_error": _said,
    "list_type": _list,
    "model_type": _section,
    "model_attributes_type": _section,
    "union_tag_not_found": _kindless,
    "missing": _missing,
    "extra_forbidden": _unknown,
}
