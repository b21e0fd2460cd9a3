from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from gate.predictions.connection import connect
from tests.engines import SUBMIT
from tests.small_world import SmallWorld, small_world

settings.register_profile("any machine", deadline=None)  # a busy machine makes no example wrong
settings.load_profile("any machine")


@pytest.fixture
def owls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallWorld]:
    """A small world of its own for one test; the cache of artifacts is its own too."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with small_world(tmp_path / "sandbox") as world:
        yield world


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One session for all tests: it takes seconds to start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_SUBMIT_ARGS", SUBMIT.format(folder=tmp_path_factory.mktemp("spark")))
        connection = connect("pyspark://")
        yield
        connection.disconnect()
