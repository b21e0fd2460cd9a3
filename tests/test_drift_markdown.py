"""Drift in Markdown: the whole of it, and how it is cut where there is no room for all."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from gate.drift import Drift, Watch
from gate.drift_report import markdown
from gate.predictions.reading import Reading
from gate.report.room import COMMENT, Room, utf16
from gate.stretches import parse_every
from gate.workflow.drift import of_files
from tests import rendered
from tests.drift_world import APRIL, MAY, made

GOLDEN = Path(__file__).parent / "reports" / "drift.md"
URL = "https://gate.example/drift?scope=owls"
HARD = "](javascript:x) @all | ` <b> $y$ -->" + "長い名前" * 20


@pytest.fixture(scope="module")
def drifted(tmp_path_factory: pytest.TempPathFactory) -> Drift:
    folder = tmp_path_factory.mktemp("drift")
    before = made(folder / "test.parquet", APRIL)
    later = made(folder / "later.parquet", MAY, seed=1, right=0.5, sure=0.7, new="lynx")
    every = parse_every("1d")
    return of_files(before, later, Watch(every=every, min_rows=50), Reading(every, (), 4e9, "256MB", folder / "cache"))


@pytest.fixture(scope="module")
def hard(drifted: Drift) -> Drift:
    """The same, of classes whose names are long and made to break a table."""
    reference, later = (
        replace(found, labels=tuple(f"{name} {HARD}" for name in found.labels))
        for found in (drifted.reference, drifted.later)
    )
    lacks = tuple(f"{number} {HARD}" for number in range(40))
    return replace(drifted, reference=reference, later=replace(later, lacks=lacks))


def test_the_whole_of_it_is_as_people_will_see_it(drifted: Drift) -> None:
    """To agree on another one: GATE_GOLDEN=write pytest tests/test_drift_markdown.py, and read the difference."""
    if os.environ.get("GATE_GOLDEN") == "write":
        GOLDEN.write_text(markdown(drifted, URL), encoding="utf-8")
    assert markdown(drifted, URL) == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("limit", [*range(4_000, 16_000, 700), COMMENT.limit])
def test_what_is_cut_is_cut_between_rows_and_counted(hard: Drift, limit: int) -> None:
    text = markdown(hard, URL, Room(limit, utf16, 200))
    assert utf16(text) <= limit
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({line.count(" | ") for line in table.splitlines()}) == 1, "no row ends in its middle"
    assert text.count("<details>") == text.count("</details>")
    assert set(rendered.markdown(text).links) == {URL}
    for title, noun, all_of_them in (("Over time", "earlier stretches", 30), ("Damage", "classes", 5)):
        if f"<summary>{title}" in text:
            part = text[text.index(f"<summary>{title}") :].partition("</details>")[0]
            left = re.search(rf"([\d,]+) more {noun} are left out", part)
            assert len(re.findall(r"^\|", part, re.MULTILINE)) - 2 + (int(left[1]) if left else 0) == all_of_them
        else:
            assert re.search(rf"Left out for want of room: .*{title}", text)


def test_what_does_not_fit_at_all_is_named(hard: Drift) -> None:
    text = markdown(hard, URL, Room(600, utf16, 200))
    assert "Left out for want of room: Remarks, Over time, Damage and repair." in text
