"""A click on a button that opens a dialog counts, also where the page must be read anew before it can be shown."""

from __future__ import annotations

import time
from typing import Any

from streamlit.testing.v1 import AppTest

from gate.workflow import decide
from pages import _desk
from pages._decision import WISH
from pages._reading import AT_ONCE
from tests.reviewer import a_better_candidate, decision
from tests.small_world import SmallWorld


def review(opened: Any, owls: SmallWorld, number: int) -> AppTest:
    at: AppTest = opened(owls, "review", pr=str(number), scope="owls")
    return at


def ask(at: AppTest, owls: SmallWorld) -> None:
    """Click when what was read is known no more, and reading it takes longer than a page waits."""
    _desk.shelves().reviews.clear()
    owls.forge.overtake("/pulls/", lambda: time.sleep(4 * AT_ONCE))
    at.button(key="open-approve").click().run()


def fields(at: AppTest) -> list[str]:
    return [each.label for each in at.text_area]


def test_a_dialog_opens_also_after_the_page_was_left_to_be_read(owls: SmallWorld, opened: Any) -> None:
    number, _, _ = a_better_candidate(owls)
    at = review(opened, owls, number)
    assert not fields(at)
    ask(at, owls)
    assert fields(at) == ["Comment"]
    assert not fields(at.run()), "it was asked for once"


def test_no_dialog_opens_about_evidence_that_nobody_saw(owls: SmallWorld, opened: Any) -> None:
    number, _, _ = a_better_candidate(owls)
    at = review(opened, owls, number)
    decide(owls.connect(), decision(owls, number, kind="reject", comment="not yet"))
    ask(at, owls)
    assert not fields(at)
    assert any("changed since you clicked" in each.value for each in at.warning)


def test_what_was_asked_for_on_another_page_is_forgotten(owls: SmallWorld, opened: Any) -> None:
    number, _, _ = a_better_candidate(owls)
    at = review(opened, owls, number)
    at.session_state[WISH] = ("approve", (number + 1, "owls"), "of another")
    at.run()
    assert not fields(at)
    assert not [each.value for each in at.warning if "since you clicked" in each.value]
    assert WISH not in at.session_state
