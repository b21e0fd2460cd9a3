from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit
from hypothesis import settings
from streamlit.testing.v1 import AppTest

from gate.predictions.connection import connect
from pages._drawing import DRAWING, YES
from tests.browser import ROOT
from tests.engines import SUBMIT
from tests.patient import Patient
from tests.small_world import SmallWorld, small_world

settings.register_profile("any machine", deadline=None)  # a busy machine makes no example wrong
settings.load_profile("any machine")


@pytest.fixture
def owls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallWorld]:
    """A small world of its own for one test; the cache of artifacts is its own too."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with small_world(tmp_path / "sandbox") as world:
        yield world


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Opens a page of a world's dashboard in this process, as somebody ``acting``: (world, page, acting, **query)."""

    def open_page(world: SmallWorld, page: str, acting: str = "noor", **query: str) -> AppTest:
        for name, value in {**world.environment, "GATE_ACTING_AS": acting}.items():
            monkeypatch.setenv(name, value)
        at = Patient(str(ROOT / "pages" / "_frame.py"), default_timeout=90)
        at.session_state[DRAWING] = YES  # as in a tab that has shown a page before
        at.run()
        at.switch_page(str(ROOT / "pages" / f"{page}.py"))
        for name, value in query.items():
            at.query_params[name] = value
        at.run()
        assert not at.exception
        return at

    streamlit.cache_resource.clear()
    yield open_page
    streamlit.cache_resource.clear()


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One session for all tests: it takes seconds to start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_SUBMIT_ARGS", SUBMIT.format(folder=tmp_path_factory.mktemp("spark")))
        connection = connect("pyspark://")
        yield
        connection.disconnect()
