"""docs/security.md: every threat has a test, and the test exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROWS = re.findall(r"^\| ([^|]+) \| [^|]+ \| (tests/\w+\.py)::(\w+) \|$", (ROOT / "docs/security.md").read_text(), re.M)


@pytest.mark.parametrize(("threat", "file", "name"), ROWS, ids=[row[0] for row in ROWS])
def test_every_threat_has_a_test(threat: str, file: str, name: str) -> None:
    assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")


def test_no_row_is_left_out() -> None:
    assert len(ROWS) == (ROOT / "docs/security.md").read_text().count("\n| ") - 1
