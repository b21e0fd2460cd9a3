"""What the page Review says at first sight: it promises no more than what was judged."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from tests.reviewer import a_better_candidate
from tests.small_world import CLASSES_RULE, POLICY, SmallWorld

INFORMING = """
[[scope.rule]]
kind = "metric"
metric = "test/accuracy"
direction = "max"
min = 0.99
level = "info"
"""


def review(opened: Any, owls: SmallWorld, number: int) -> AppTest:
    at: AppTest = opened(owls, "review", pr=str(number), scope="owls")
    return at


def rules(at: AppTest) -> str:
    (found,) = [each.label for each in at.expander if "rules" in each.label]
    return str(found)


def test_a_pass_says_which_rules_are_met(owls: SmallWorld, opened: Any) -> None:
    number, *_ = a_better_candidate(owls)
    at = review(opened, owls, number)
    assert [each.value for each in at.success] == ["Passed: every rule is met. A person must still approve."]
    assert rules(at) == "All 3 rules: 3 met"


def test_what_only_informs_is_not_counted_as_met(owls: SmallWorld, opened: Any) -> None:
    owls.set_policy(POLICY + INFORMING)
    number, *_ = a_better_candidate(owls)
    at = review(opened, owls, number)
    assert [each.value for each in at.success] == [
        "Passed: every rule that decides is met. A person must still approve."
    ]
    assert rules(at) == "All 4 rules: 3 met, 1 not met that only informs"
    assert any("Not met, but for information only" in each.value for each in at.caption)


def test_nobody_is_led_to_what_a_missing_candidate_repairs(owls: SmallWorld, opened: Any) -> None:
    owls.run(owls.main(), {"test/accuracy": [0.80]}, tags=["best"])
    at = review(opened, owls, owls.pull("Nothing ran yet").number)
    links = [each.proto.label for each in at.get("page_link")]
    assert "How the best drifted since its test" in links


def rows(**wrong: range) -> list[tuple[str, str, str]]:
    """A hundred rows of each of three classes, of which some are taken for the fourth."""
    return [
        (f"{kind}-{number}", kind, "wren" if number in wrong.get(kind, ()) else kind)
        for kind in ("owl", "cat", "fox")
        for number in range(100)
    ]


def test_numbers_say_from_where_to_where_and_classes_whether_it_may_be_chance(owls: SmallWorld, opened: Any) -> None:
    owls.set_policy(f'{POLICY}{CLASSES_RULE}[[scope.rule]]\nkind = "compare"\nmetric = "accuracy"\nmargin = "30pp"\n')
    owls.run(owls.main(), {"test/accuracy": [0.8]}, tags=["best"], rows=rows(owl=range(30), cat=range(10)))
    pull = owls.pull("Look twice")
    owls.run(pull.head.sha, {"test/accuracy": [0.9]}, rows=rows(fox=range(40), cat=range(10, 22)))
    at = review(opened, owls, pull.number)
    assert "accuracy 0.8667 → 0.8267" in [each.label for each in at.metric]
    (table,) = [each.value for each in at.dataframe if "beyond chance" in each.value]
    marked = dict(zip(table["class"], table["beyond chance"].fillna(""), strict=True))
    assert marked == {"fox": "yes", "cat": "", "owl": "yes"}
