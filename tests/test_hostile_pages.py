"""Text that others chose, on the Ledger page, in the inbox's alarm and in a review's timeline: it stays text."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from gate.workflow import decide
from tests.reviewer import a_better_candidate, decision
from tests.small_world import SmallWorld
from tests.test_hostile_text import HOSTILE

RISKY = ("<script", "](javascript", "![x]", "@everyone", "**bold**", "\u202e", "\x1b")


def text_of(at: AppTest) -> str:
    """Every Markdown text that the page hands to the browser."""
    parts = [*at.markdown, *at.caption, *at.error, *at.warning, *at.info, *at.subheader, *at.title]
    return "\n".join(part.value for part in parts)


@pytest.mark.parametrize("text", HOSTILE[:4])
def test_the_newer_pages_show_hostile_text_as_text(owls: SmallWorld, opened: Any, text: str) -> None:
    number, *_ = a_better_candidate(owls)
    decide(owls.connect(), decision(owls, number, kind="reject", comment=text))
    owls.run(owls.main(), tags=["best"])  # a second holder: an alarm
    pages = (("review", {"pr": str(number), "scope": "owls"}), ("ledger", {}), ("inbox", {}))
    shown = "\n".join(text_of(opened(owls, page, **query)) for page, query in pages)
    assert "rejected by noor" in shown
    assert "Nothing is promoted until a person chooses" in shown
    assert [risk for risk in RISKY if risk in shown] == []
