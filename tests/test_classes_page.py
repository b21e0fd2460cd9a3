"""The Classes page as a script: what it says of five thousand classes, of few, and of none."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from tests.small_world import CLASSES_RULE, POLICY, SmallWorld
from tests.zipf import BROKEN, MENDED
from tests.zipf_site import CLASSES, NAMES, Site, zipf_site

FLUID = 1.5  # seconds of the server's script


@pytest.fixture(scope="module")
def zipf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with zipf_site(tmp_path_factory.mktemp("zipf")) as site:
        yield site


def shown(at: AppTest) -> list[str]:
    return list(at.dataframe[0].value["class"])


def test_five_thousand_classes_are_one_table_and_fluid(zipf: Site, opened: Any) -> None:
    at = opened(zipf.world, "classes", pr=str(zipf.pull), scope="owls")
    known = len(shown(at))
    assert known > 0.99 * CLASSES, "all but the rarest occur"
    assert any(f"{known:,} of {known:,} classes are shown" in caption.value for caption in at.caption)
    assert took(at) < FLUID
    at.text_input(key="find").set_value("class 00")
    assert took(at) < FLUID
    assert len(shown(at)) == 100
    at.selectbox(key="slice").set_value("site = north")
    assert took(at) < FLUID


def test_counts_that_are_kept_on_disk_are_shown_at_once(zipf: Site, opened: Any) -> None:
    at = opened(zipf.world, "classes", pr=str(zipf.pull), scope="owls")
    streamlit.cache_resource.clear()
    assert took(at) < FLUID
    assert len(shown(at)) > 0.99 * CLASSES


def took(at: AppTest) -> float:
    start = time.perf_counter()
    at.run()
    assert not at.exception
    return time.perf_counter() - start


def test_scores_flips_and_grounds_are_said(zipf: Site, opened: Any) -> None:
    at = opened(zipf.world, "classes", pr=str(zipf.pull), scope="owls")
    labels = [metric.label for metric in at.metric]
    flips = ["NFR", "PFR", "relative NFR", "BTC", "BEC", "churn"]
    assert labels == ["accuracy = micro F1", "macro F1", "weighted F1", *flips]
    assert all(metric.help for metric in at.metric)
    assert any("200,000 rows paired by id" in caption.value for caption in at.caption)
    whole = at.metric[0].value
    at.selectbox(key="slice").set_value("site = =west").run()
    assert at.metric[0].value != whole
    assert "Confusions are counted over all rows only." in [caption.value for caption in at.caption]


def test_the_broken_classes_are_regressed_and_the_mended_ones_improved(zipf: Site, opened: Any) -> None:
    at = opened(zipf.world, "classes", pr=str(zipf.pull), scope="owls", status="regressed", find="class 00")
    broken = {name for name in NAMES[: 2 * BROKEN : 2] if name.startswith("class")}
    assert broken <= set(shown(at))
    at = opened(zipf.world, "classes", pr=str(zipf.pull), scope="owls", status="improved", find="class 00")
    mended = {name for name in NAMES[1 : 2 * MENDED : 2] if name.startswith("class")}
    assert mended <= set(shown(at))


def test_a_missing_comparison_says_why(owls: SmallWorld, opened: Any) -> None:
    owls.run(owls.main(), tags=["best"])
    at = opened(owls, "classes", pr=str(owls.pull("No run yet").number))
    assert at.info[0].value == "No comparison per class: no rule asks for predictions."


def test_rows_that_cannot_be_paired_are_compared_without_flips(owls: SmallWorld, opened: Any) -> None:
    owls.set_policy(POLICY + CLASSES_RULE)
    owls.run(owls.main(), tags=["best"], rows=[(f"a{number}", "owl", "owl") for number in range(9)])
    pull = owls.pull("Other rows")
    owls.run(pull.head.sha, rows=[(f"b{number}", "owl", "cat") for number in range(9)])
    at = opened(owls, "classes", pr=str(pull.number))
    captions = [caption.value for caption in at.caption]
    assert any("9 and 9 rows, not paired" in caption for caption in captions)
    assert "No flip rates: they need rows that are paired." in captions
    assert dict(zip(shown(at), at.dataframe[0].value["status"], strict=True)) == {
        "cat": "· never true",
        "owl": "▼ gone",
    }
    at.query_params["class"] = "owl"
    at.run()
    assert "Class" in " ".join(markdown.value for markdown in at.markdown)
    assert not at.exception


def test_f1_that_was_only_reported_is_shown_as_that(owls: SmallWorld, opened: Any) -> None:
    owls.set_policy(POLICY + CLASSES_RULE)
    owls.run(owls.main(), {"test/accuracy": [0.9], "f1/owl": [0.8], "f1/cat": [0.5]}, tags=["best"])
    pull = owls.pull("Nothing but scalars")
    owls.run(pull.head.sha, {"test/accuracy": [0.9], "f1/owl": [0.6], "f1/cat": [0.7]})
    at = opened(owls, "classes", pr=str(pull.number))
    assert at.info[0].value.startswith("No comparison per class")
    assert "as reported in" in " ".join(caption.value for caption in at.caption).lower()
    assert shown(at) == ["owl", "cat"]


def test_without_a_candidate_the_page_leads_to_the_inbox(owls: SmallWorld, opened: Any) -> None:
    for given in ({}, {"pr": "²"}, {"pr": "-1"}, {"pr": "9" * 5_000}):
        at = opened(owls, "classes", **given)
        assert at.info[0].value == "Choose a candidate in the inbox."


def test_an_unknown_pull_request_is_explained(owls: SmallWorld, opened: Any) -> None:
    at = opened(owls, "classes", pr="4711")
    assert "4711" in at.error[0].value
    assert at.button[0].label == "Try again"


def test_a_class_is_compared_with_earlier_runs_on_demand(owls: SmallWorld, opened: Any) -> None:
    owls.set_policy(POLICY + CLASSES_RULE)
    rows = [(f"row {number}", "owl", "owl" if number else "cat") for number in range(9)]
    first = owls.run("1" * 40, rows=rows)
    owls.run("2" * 40, rows=[("another", "owl", "owl")])
    owls.run(owls.main(), tags=["best"], rows=rows)
    pull = owls.pull("The same rows")
    owls.run(pull.head.sha, rows=rows)
    at = opened(owls, "classes", **{"pr": str(pull.number), "class": "owl"})
    before = len(at.dataframe)
    at.toggle(key="earlier").set_value(True).run()
    assert not at.exception
    [table] = [each.value for each in at.dataframe if "role" in each.value]
    assert list(table["role"]) == ["earlier run", "best", "candidate"]
    assert table["run"].iloc[0] == first
    assert any("tested on other rows" in caption.value for caption in at.caption)
    assert len(at.dataframe) == before + 1
