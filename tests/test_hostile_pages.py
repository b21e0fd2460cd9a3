"""Text that others chose, on the Ledger page, in the inbox's alarm and in a review's timeline: it stays text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from gate.workflow import decide
from tests.browser import ROOT
from tests.reviewer import a_better_candidate, decision
from tests.small_world import SmallWorld
from tests.test_hostile_text import HOSTILE

RISKY = ("<script", "](javascript", "![x]", "@everyone", "**bold**", "\u202e", "\x1b")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    streamlit.cache_resource.clear()

    def open_page(world: SmallWorld, page: str, **query: str) -> str:
        """Every Markdown text that the page hands to the browser, and every cell of its tables."""
        for name, value in {**world.environment, "GATE_ACTING_AS": "noor"}.items():
            monkeypatch.setenv(name, value)
        at = AppTest.from_file(str(ROOT / "pages" / "_frame.py"), default_timeout=60).run()
        at.switch_page(str(ROOT / "pages" / f"{page}.py"))
        for name, value in query.items():
            at.query_params[name] = value
        at.run()
        assert not at.exception
        parts = [*at.markdown, *at.caption, *at.error, *at.warning, *at.info, *at.subheader, *at.title]
        return "\n".join(part.value for part in parts)

    yield open_page
    streamlit.cache_resource.clear()


@pytest.mark.parametrize("text", HOSTILE[:4])
def test_the_newer_pages_show_hostile_text_as_text(owls: SmallWorld, opened: Any, text: str) -> None:
    number, *_ = a_better_candidate(owls)
    decide(owls.connect(), decision(owls, number, kind="reject", comment=text))
    owls.run(owls.main(), tags=["best"])  # a second holder: an alarm
    review = opened(owls, "review", pr=str(number), scope="owls")
    shown = "\n".join([review, opened(owls, "ledger"), opened(owls, "inbox")])
    assert "rejected by noor" in review
    assert "Nothing is promoted until a person chooses" in shown
    assert [risk for risk in RISKY if risk in shown] == []
