"""The Retraining page as a script: what it says before, while and after a training, and who may ask for one."""

from __future__ import annotations

import html
import time
from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from pages._text import JOINER
from tests.retraining_world import LOOP, Loop, loop_in
from tests.small_world import POLICY, SmallWorld


@pytest.fixture
def opened(opened: Any) -> Any:
    """The Retraining page, read anew each time."""

    def open_page(world: SmallWorld, **query: str) -> AppTest:
        streamlit.cache_resource.clear()
        return opened(world, "retraining", **query)  # type: ignore[no-any-return]

    return open_page


def words(at: AppTest) -> str:
    """All that a reader sees, but for tables."""
    kinds = ("markdown", "caption", "info", "warning", "success", "error", "subheader")
    return html.unescape("\n".join(str(each.value) for kind in kinds for each in getattr(at, kind))).replace(JOINER, "")


def table(at: AppTest, place: int = 0) -> list[dict[str, Any]]:
    return list(at.dataframe[place].value.to_dict("records"))


def test_without_a_loop_the_page_says_how_to_have_one(owls: SmallWorld, opened: Any) -> None:
    owls.set_policy(POLICY)
    at = opened(owls)
    assert "[retrain]" in at.info[0].value
    assert not at.dataframe


def test_a_loop_that_never_looked_says_so_and_names_what_it_will_do(owls: SmallWorld, opened: Any) -> None:
    loop_in(owls)
    said = words(opened(owls))
    assert "`gate retrain` was never run" in said
    assert "trained again on each new version of the dataset" in said
    assert "has not started a training yet" in said


def test_a_version_that_is_due_in_flight_and_in_review_is_told_as_such(owls: SmallWorld, opened: Any) -> None:
    loop = loop_in(owls)
    loop.turn()
    loop.version("1.1.0", rows=2_500)
    loop.version("1.2.0", status="in_progress")
    at = opened(owls)
    assert "Due: training on version 1.1.0" in words(at)
    rows = {row["version"]: row for row in table(at)}
    assert [rows[name]["loop"] for name in ("1.2.0", "1.1.0", "1.0.0")] == [
        "in progress, not finished", "pending", "known before the loop"
    ]  # fmt: skip
    assert (rows["1.0.0"]["trained on it"], rows["1.0.0"]["how they ended"]) == (1, "completed")
    loop.turn()
    at = opened(owls)
    assert "is **queued**" in words(at)
    assert "1 training in flight, and at most 1" in words(at) or "no dataset version is new" in words(at)
    task = loop.work()
    (cycle,) = loop.turn().ended
    at = opened(owls, training=cycle.key)
    assert "No training is queued or running" in words(at)
    (row,) = table(at, 1)
    assert (row["how it ended"], row["cause"], row["who"]) == ("in review (pull request 1)", "version", "the loop")
    assert f"run `{task}`" in words(at)
    assert at.get("page_link")


def test_a_failed_training_is_told_with_its_reason(owls: SmallWorld, opened: Any) -> None:
    loop = loop_in(owls)
    loop.turn()
    loop.version("1.1.0")
    loop.turn()
    loop.work(ends="failed")
    (cycle,) = loop.turn().ended
    at = opened(owls, training=cycle.key)
    assert "ended as failed" in words(at)
    assert table(at, 1)[0]["how it ended"] == "failed"


def asked(at: AppTest, reason: str) -> AppTest:
    """Retrain now, with a reason."""
    at.session_state["retrain-owls"], at.session_state["reason-nonce"] = "nonce", reason
    at.button(key="now-owls").click().run()
    return at.button(key="do-retrain").click().run()


def until_done(loop: Loop, at: AppTest) -> str:
    """What the page says when the worker has carried the click out."""
    end = time.monotonic() + 60
    while "Retrain now by" not in words(at) or not (at.success or at.warning):
        assert time.monotonic() < end, words(at)
        time.sleep(0.3)
        at.run()
    assert not at.exception
    return words(at)


def test_who_may_decide_may_retrain_and_the_reason_is_kept(owls: SmallWorld, opened: Any) -> None:
    loop = loop_in(owls)
    loop.turn()
    said = until_done(loop, asked(opened(owls), "the labels were corrected"))
    assert "The training is queued" in said
    assert len(loop.clones()) == 1
    start = loop.turn().journal.starts[0]
    assert (start.cause, start.reviewer.login, start.reason) == ("manual", "noor", "the labels were corrected")


def test_who_may_only_read_starts_nothing_whatever_the_page_sends(owls: SmallWorld, opened: Any) -> None:
    loop = loop_in(owls)
    loop.turn()
    said = until_done(loop, asked(opened(owls, acting="lena"), "please"))
    assert "deciding needs write" in said
    assert loop.clones() == []


def test_who_is_not_signed_in_cannot_ask(owls: SmallWorld, opened: Any) -> None:
    loop_in(owls)
    at = opened(owls, acting="")
    assert at.button(key="now-owls").disabled
    assert "Read only" in words(at)


def test_foreign_names_are_shown_as_text(owls: SmallWorld, opened: Any) -> None:
    loop = loop_in(owls)
    loop.turn()
    loop.version("[x](http://evil) **b** $a$ :red[z]\u202e")
    at = opened(owls)
    assert "](http://evil)" not in "".join(info.value for info in at.info)
    assert "Due: training on version [x](http://evil) **b** $a$ :red[z]\N{REPLACEMENT CHARACTER}" in words(at)
    assert "\u202e" not in table(at)[0]["version"]


def test_a_scope_that_is_not_there_is_said_to_be_none(owls: SmallWorld, opened: Any) -> None:
    loop_in(owls, LOOP)
    assert "There is no scope bats" in words(opened(owls, scope="bats"))
