from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.small_world import SmallWorld, small_world

settings.register_profile("any machine", deadline=None)  # a busy machine makes no example wrong
settings.load_profile("any machine")


@pytest.fixture
def owls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallWorld]:
    """A small world of its own for one test; the cache of artifacts is its own too."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with small_world(tmp_path / "sandbox") as world:
        yield world
