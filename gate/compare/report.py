"""A comparison as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from gate.compare.comparison import Comparison, Section
from gate.compare.differences import Difference
from gate.markdown import visible
from gate.origin import Origin

SIGNS = {"added": "+", "removed": "-", "changed": "~", "same": " "}
LONGEST = 160
HASHED = frozenset(("files", "uncommitted files"))  # their values tell a program that they differ, and people nothing


def as_text(found: Comparison, everything: bool = False) -> str:
    """``everything``: what is equal, too."""
    return "".join(f"{line}\n" for line in _text(found, everything))


def _text(found: Comparison, everything: bool) -> Iterator[str]:
    yield f"A {_head(found.a)}"
    yield f"B {_head(found.b)}"
    if found.relation:
        said = f"{found.relation.status}, {found.relation.ahead} ahead, {found.relation.behind} behind"
        yield f"commits: B seen from A is {said} {found.relation.url}".rstrip()
    for section in found.sections:
        yield f"\n{section.name}: {_count(section)}"
        if section.note:
            yield f"  ? {visible(section.note, LONGEST)}"
        lines = section.lines if everything else section.differing
        yield from (f"  {_line(section.name, line)}" for line in lines)


def _head(origin: Origin) -> str:
    run = origin.run
    return visible(f"{run.id}  {run.completed[:16]}  {run.status}  {run.project}/{run.name}", LONGEST)


def _count(section: Section) -> str:
    if section.name in HASHED:
        return f"{len(section.differing)} differ"
    return f"{len(section.differing)} of {len(section.lines)} differ"


def _line(section: str, line: Difference) -> str:
    name, sign = visible(line.name, LONGEST), SIGNS[line.kind]
    if section in HASHED:
        return f"{sign} {name}"
    values = {"added": [line.b], "removed": [line.a], "changed": [line.a, line.b], "same": [line.a]}[line.kind]
    return f"{sign} {name}: {' -> '.join(visible(value or '(empty)', LONGEST) for value in values)}"


def as_json(found: Comparison, everything: bool = False) -> str:
    sections = {section.name: _section(section, everything) for section in found.sections}
    relation = None if found.relation is None else vars(found.relation)
    content = {"schema": 1, "a": _run(found.a), "b": _run(found.b), "same": found.same, "commits": relation}
    return json.dumps(content | {"sections": sections}, ensure_ascii=False, indent=2) + "\n"


def _section(section: Section, everything: bool) -> dict[str, Any]:
    lines = section.lines if everything else section.differing
    return {"note": section.note, "compared": len(section.lines), "lines": [vars(line) for line in lines]}


def _run(origin: Origin) -> dict[str, str]:
    run = origin.run
    facts = {"id": run.id, "project": run.project, "name": run.name, "status": run.status, "completed": run.completed}
    return facts | {"commit": run.commit, "parent": run.parent}
