"""What every browsing page owes its reader: numbers with their meaning, no empty words, a way on when one is down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import streamlit
from starlette.responses import PlainTextResponse
from streamlit.testing.v1 import AppTest

from gate.workflow import decide
from tests.browser import free_port
from tests.drift_world import watched
from tests.retraining_world import LOOP, with_data
from tests.reviewer import a_better_candidate, decision
from tests.small_world import POLICY, SmallWorld

PAGES = ("drift", "history", "compare", "retraining", "ledger")


def columns(table: Any) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(table.proto.columns)
    return found


def test_every_number_says_what_it_is_and_what_is_missing_is_a_dash(
    owls: SmallWorld, tmp_path: Path, opened: Any
) -> None:
    ids = watched(owls, tmp_path, LOOP)
    loop = with_data(owls, ids["best"])
    loop.version("1.0.0", rows=1_000)
    loop.turn()
    owls.run(owls.main(), status="failed")
    shown = {
        "drift": opened(owls, "drift", pr=ids["pull"]),
        "history": opened(owls, "history", run=ids["best"]),
        "compare": opened(owls, "compare", a=ids["best"], b=ids["candidate"], classes="true", all="true"),
        "retraining": opened(owls, "retraining"),
        "ledger": opened(owls, "ledger"),
    }
    for name, at in shown.items():
        assert [metric.label for metric in at.metric if not metric.proto.help] == [], name
        for table in at.dataframe:
            explained = {column for column, config in columns(table).items() if config.get("help")}
            assert set(table.value.columns) - explained == set(), (name, table.proto.alt)
            assert table.proto.alt
            assert table.proto.placeholder == "–" or not table.value.isna().any().any(), (name, table.proto.alt)
        assert all(chart.proto.alt for chart in at.get("plotly_chart")), name
    missing = [table for at in shown.values() for table in at.dataframe if table.value.isna().any().any()]
    assert len(missing) >= 3, "or nothing was tried"


def test_a_tracker_that_is_down_leaves_the_title_the_reason_and_a_way_to_try_again(
    owls: SmallWorld, opened: Any
) -> None:
    owls.set_policy(LOOP + POLICY)
    _, best, candidate = a_better_candidate(owls)
    owls.environment["CLEARML_API_HOST"] = f"http://127.0.0.1:{free_port()}"
    for name, at in each_of(opened, owls, a=best, b=candidate):
        assert len(at.title) == 1, name
        assert "ClearML" in at.error[0].value, name
        assert any("Nothing was changed" in caption.value for caption in at.caption), name
        assert "Try again" in [button.label for button in at.button], name


def test_a_forge_that_asks_for_patience_is_named(owls: SmallWorld, opened: Any) -> None:
    a_better_candidate(owls)
    limit = PlainTextResponse('{"message": "API rate limit exceeded"}', 403, {"Retry-After": "3600"})
    for _ in range(6 * len(PAGES)):
        owls.forge.answer("GET /api/v3/repos", "", limit)
    for name, at in each_of(opened, owls):
        assert len(at.title) == 1, name
        assert "rate limit" in at.error[0].value, name
    owls.forge.faults.clear()


def test_who_may_only_look_sees_everything_and_cannot_decide(owls: SmallWorld, opened: Any) -> None:
    number, *_ = a_better_candidate(owls)
    decide(owls.connect(), decision(owls, number))
    for acting, may in (("", False), ("noor", True)):
        streamlit.cache_resource.clear()  # who may act is a setting of the process
        for name in ("history", "ledger"):
            at = opened(owls, name, acting)
            assert at.button(key="rollback-owls").disabled is not may, (acting, name)
            assert list(at.dataframe[-1].value["what"])[:2] == ["promoted", "approve"], (acting, name)


def each_of(opened: Any, owls: SmallWorld, **query: str) -> Iterator[tuple[str, AppTest]]:
    """Every page, with nothing known from the one before."""
    for name in PAGES:
        streamlit.cache_resource.clear()
        yield name, opened(owls, name, **query)
