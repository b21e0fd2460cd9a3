"""Artifacts of two runs, and what the gate keeps of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.small_world import parquet

GOOD = parquet([("1", "cat", "cat"), ("2", "owl", "cat"), ("3", "owl", "owl")])
BETTER = parquet([("1", "cat", "cat"), ("2", "owl", "owl"), ("3", "owl", "owl")])


def kept(cache: Path) -> list[str]:
    return sorted(path.name for path in (cache / "artifacts").glob("*"))


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
