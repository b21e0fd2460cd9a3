"""Which documents a query's body asks for, quirks of the real server included.

Fields that are not listed here filter nothing: a top-level ``script.version_num`` finds everything.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from gate.sandbox.clearml.documents import Document
from gate.sandbox.clearml.errors import Refused
from gate.sandbox.clearml.fields import Path, getter, resolve
from gate.sandbox.clearml.tag_query import ListQuery, parse

Test = Callable[[Document], bool]

LISTS = {
    "tasks": ("id", "user", "tags", "system_tags", "type", "status", "project", "parent", "execution.queue"),
    "projects": ("id", "tags", "system_tags", "parent", "path", "user"),
    "models": ("id", "user", "tags", "system_tags", "framework", "uri", "project", "task", "parent"),
    "queues": ("id", "tags", "system_tags"),
}
PATTERNS = {
    "tasks": ("name", "comment", "report"),
    "projects": ("name", "basename", "description"),
    "models": ("name", "comment"),
    "queues": ("name",),
}
FLAGS = {"models": ("ready",)}
RANGES = ("last_iteration", "active_duration")
TIMES = ("created", "started", "completed", "status_changed", "last_update", "last_change")
COMPARISONS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "": operator.eq}


def conditions(kind: str, body: Mapping[str, Any], answered: str | None) -> list[Test]:
    """The conditions of a query, but for the field already answered; a document is found if it meets all."""
    asked = {name: value for name, value in body.items() if value is not None and name != answered}
    found = [test for name, value in asked.items() if (test := condition(kind, name, value))]
    if hides(kind, body):
        found.append(lambda document: "hidden" not in document.get("system_tags", ()))
    return found


def hides(kind: str, body: Mapping[str, Any]) -> bool:
    """Hidden projects and their tasks, such as those of datasets, are found only by who looks for them."""
    asked = body.get("search_hidden") or body.get("id") or "hidden" in (body.get("system_tags") or ())
    return kind in ("projects", "tasks") and not asked


def condition(kind: str, name: str, value: Any) -> Test | None:
    path = tuple(name.split("."))
    if name in LISTS[kind] or path[0] == "hyperparams":
        return in_list(path, parse([value] if isinstance(value, str) else value))
    if name in PATTERNS[kind]:
        return matches(path, compiled(value))
    if name in FLAGS.get(kind, ()):
        return lambda document: document.get(name) == value
    if name in RANGES or path[0] == "last_metrics":
        return in_range(path, *value)
    if name in TIMES:
        return in_time(path, [value] if isinstance(value, str) else value)
    return SPECIAL[name](kind, name, value) if name in SPECIAL else None


def compiled(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    try:
        return re.compile(pattern, flags)
    except re.error as error:
        raise Refused(400, 21, f"Malformed regular expression: err={error}") from error


def matches(path: Path, pattern: re.Pattern[str]) -> Test:
    get, search = getter(path), pattern.search

    def test(document: Document) -> bool:
        value = get(document)
        if isinstance(value, list):
            return any(isinstance(text, str) and search(text) for text in value)
        return isinstance(value, str) and search(value) is not None

    return test


def any_or_all(kind: str, name: str, value: Mapping[str, Any]) -> Test:
    """``{"fields": [...], "pattern": regex}``: some or each of the fields matches, whatever the case."""
    if not isinstance(value, dict) or "pattern" not in value or "fields" not in value:
        raise Refused(400, 16, f"Invalid value for fields (failed parsing query field): field={name}")
    pattern = compiled(value["pattern"], re.IGNORECASE)
    each = [matches(resolve(kind, field), pattern) for field in value["fields"]]
    combine = {"_any_": any, "_all_": all}[name]
    return lambda document: combine(test(document) for test in each)


def in_list(path: Path, query: ListQuery) -> Test:
    get = getter(path)

    def test(document: Document) -> bool:
        value = get(document)
        return query.accepts(value if isinstance(value, list) else [] if value is None else [value])

    return test


def in_range(path: Path, least: float | None, most: float | None) -> Test:
    get = getter(path)

    def test(document: Document) -> bool:
        value = get(document)
        return value is not None and (least is None or value >= least) and (most is None or value <= most)

    return test


def in_time(path: Path, bounds: Iterable[str]) -> Test:
    """Each bound is a time with an operator before it: ``>=2024-01-01T00:00:00``, UTC if it names no zone."""
    get = getter(path)
    parsed = [(COMPARISONS[sign], moment(text)) for sign, text in map(split_bound, bounds)]

    def test(document: Document) -> bool:
        value = get(document)
        return value is not None and all(compare(moment(value), bound) for compare, bound in parsed)

    return test


def split_bound(text: str) -> tuple[str, str]:
    sign = next(sign for sign in COMPARISONS if text.startswith(sign))
    return sign, text[len(sign) :]


def moment(text: str) -> datetime:
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def nested(kind: str, name: str, value: Mapping[str, Mapping[str, Any]]) -> Test:
    """``{"filters": {field: {"any" | "all": {"include": [...], "exclude": [...]}}}}``."""
    each = [
        in_list(resolve(kind, field), ListQuery(mode, parts.get("include") or [], parts.get("exclude") or []))
        for field, modes in value.items()
        for mode, parts in modes.items()
        if mode in ("any", "all")
    ]
    return lambda document: all(test(document) for test in each)


SPECIAL: dict[str, Callable[[str, str, Any], Test]] = {"_any_": any_or_all, "_all_": any_or_all, "filters": nested}
