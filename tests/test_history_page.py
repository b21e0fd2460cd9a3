"""The History and Compare pages as scripts: what a reader sees, and every state without an answer."""

from __future__ import annotations

import json
import time
from html import unescape
from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from gate.shelf import SORE
from gate.workflow import Question, check, decide, publish
from pages import _desk
from pages._text import JOINER
from tests.chronicles import document, metric
from tests.reviewer import a_better_candidate, decision
from tests.small_world import POLICY, SmallWorld

FLUID = 0.5  # seconds of the server's script
MANY = 10_000
HOSTILE = "<b>x</b> $y$ :red[z] ![](http://e.example/x.png) =cmd()"


def marked_up(at: AppTest) -> str:
    """All that is said, tables aside, as it is sent."""
    kinds = (at.title, at.subheader, at.caption, at.markdown, at.info, at.warning, at.error, at.success)
    return "\n".join(str(each.value) for kind in kinds for each in kind)


def text(at: AppTest) -> str:
    """The same as people read it."""
    return unescape(marked_up(at)).replace(JOINER, "")


def figure(at: AppTest, place: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(at.get("plotly_chart")[place].proto.spec)
    return found


def table(at: AppTest, column: str) -> Any:
    return next(each.value for each in at.dataframe if column in each.value)


def test_runs_bests_and_decisions_are_shown_together(owls: SmallWorld, opened: Any) -> None:
    number, best, candidate = a_better_candidate(owls)
    decide(owls.connect(), decision(owls, number, comment=HOSTILE))
    failed = owls.run("f" * 40, status="failed")
    at = opened(owls, "history")
    names = {trace["name"] for trace in figure(at)["data"]}
    assert {"runs", "best so far", "the best model", "first best", "promoted"} <= names
    rows = table(at, "ended").set_index("run")
    assert dict(rows["role"]) == {best: "was best", candidate: "best", failed: ""}
    assert dict(rows["state"]) == {best: "", candidate: "", failed: "failed"}
    decisions = table(at, "evidence")
    assert list(decisions["what"]) == ["promoted", "approve", "bootstrap"]
    assert len(decisions["evidence"].iloc[0]) == 12
    assert decisions["review"].iloc[0] == f"review?pr={number}&scope=owls"
    assert "2 of 3 runs, each by itself" in text(at)
    assert "1 failed (it failed or was stopped)" in text(at)
    assert "<b>" not in marked_up(at)


def test_a_run_is_opened_with_its_lineage_and_fate(owls: SmallWorld, opened: Any) -> None:
    number, best, candidate = a_better_candidate(owls)
    decide(owls.connect(), decision(owls, number, comment=HOSTILE))
    owls.call("tasks.update_tags", {"ids": [candidate], "add_tags": [HOSTILE]})
    at = opened(owls, "history", run=best)
    assert f"replaced: by run {candidate}" in text(at)
    assert "uncommitted changes: none were recorded" in text(at)
    at = opened(owls, "history", run=candidate)
    assert "now: it is the best model" in text(at)
    assert f"/pull/{number}" in text(at)
    assert text(at).count(HOSTILE) == 2, "as a tag and as a comment"
    assert "<b>" not in marked_up(at)
    at.button(key="rollback-owls").click().run()
    assert not at.exception
    assert any("moves back to the chosen run" in markdown.value for markdown in at.markdown)


def test_filters_come_from_the_address(owls: SmallWorld, opened: Any) -> None:
    runs = owls.stored([document(number, 0.5, tags=[f"try-{number}"]) for number in range(4)])
    at = opened(owls, "history", find="TRY-2")
    assert list(table(at, "ended")["run"]) == [runs[2]]
    at = opened(owls, "history", **{"from": "2026-01-01 01:30", "until": "2026-01-01 02:30"})
    assert list(table(at, "ended")["run"]) == [runs[2]]
    at = opened(owls, "history", **{"from": "<b>soon</b>"})
    assert "is no time such as" in at.error[0].value
    assert "<b>" not in at.error[0].value
    for nonsense in ({"scope": "../x"}, {"metric": "no slash"}, {"run": "x"}, {"better": "?"}):
        at = opened(owls, "history", **nonsense)
        assert len(table(at, "ended")) == 4


def test_another_metric_may_be_any_that_was_reported(owls: SmallWorld, opened: Any) -> None:
    owls.stored([document(1, 0.5, last_metrics={**metric(0.5), **metric(0.25, "learning/loss")})])
    at = opened(owls, "history", metric="learning/loss", better="lower")
    assert list(table(at, "ended")["value"]) == [0.25]
    assert figure(at)["layout"]["yaxis"]["title"]["text"] == "learning/loss (lower is better)"
    at.selectbox(key="metric-choice").set_value("another metric…").run()
    assert not at.exception
    assert "learning/loss" in at.selectbox(key="metric-choice").options


def test_old_bests_that_were_deleted_or_archived_are_said_to_be(owls: SmallWorld, opened: Any) -> None:
    number, best, _ = a_better_candidate(owls)
    decide(owls.connect(), decision(owls, number))
    owls.call("tasks.edit", {"task": best, "system_tags": ["archived"], "force": True})
    at = opened(owls, "history")
    assert f"{best[:12]} (archived)" in text(at)
    assert best not in set(table(at, "ended")["run"])
    at = opened(owls, "history", archived="true")
    assert table(at, "ended").set_index("run").loc[best, "state"] == "archived"
    assert owls.store is not None
    documents = owls.store._world.documents
    with documents.transaction():
        documents.delete("tasks", best)
    at = opened(owls, "history", run=best)
    next(button for button in at.button if button.label == "Read everything anew").click().run()
    assert f"{best[:12]} (deleted)" in text(at)
    assert f"ClearML has no run {best}" in at.error[0].value


def test_runs_without_a_place_in_the_picture_are_counted_with_the_reason(owls: SmallWorld, opened: Any) -> None:
    owls.stored(
        [
            document(1, 0.5, last_metrics={}),
            document(2, 0.5, completed="2999-01-01T00:00:00+00:00"),
            document(3, 0.5, status="in_progress", completed=""),
        ]
    )
    said = text(opened(owls, "history"))
    for reason in ("1 no metric", "1 future", "1 not ended"):
        assert reason in said
    assert "No run can be shown here." in said


def test_an_empty_project_and_a_missing_metric_are_states(owls: SmallWorld, opened: Any) -> None:
    assert "No run of this name is in the project yet." in text(opened(owls, "history"))
    owls.set_policy(POLICY.replace(POLICY[POLICY.index("[[scope.rule]]") :], '[[scope.rule]]\nkind = "classes"\n'))
    owls.run(owls.main())
    streamlit.cache_resource.clear()
    assert "The policy compares no metric: choose one above." in text(opened(owls, "history"))


def test_several_scopes_are_offered(owls: SmallWorld, opened: Any) -> None:
    owls.set_policy(POLICY + POLICY.replace('name = "owls"', 'name = "cats"').replace('"train"', '"train cats"'))
    assert "Whose history?" in text(opened(owls, "history"))
    assert "cats: runs of train cats in Owls" in text(opened(owls, "history", scope="cats"))


def test_a_service_that_refuses_is_explained(owls: SmallWorld, opened: Any) -> None:
    owls.run(owls.main())
    owls.tracker.fail("tasks.get_all_ex", saying="hyperparams.Datasets", status=500)
    at = opened(owls, "history")
    assert "does not answer tasks.get_all_ex" in text(at)
    at.button[0].click().run()
    assert len(table(at, "ended")) == 1


def test_ten_thousand_runs_are_fluid(owls: SmallWorld, opened: Any) -> None:
    owls.stored([document(number, (number * 7919 % MANY) / MANY, every=30) for number in range(MANY)])
    at = opened(owls, "history")
    assert "10,000 of 10,000 runs, in " in text(at)
    assert took(at) < FLUID
    assert sum(len(str(chart.proto.spec)) for chart in at.get("plotly_chart")) < 200_000
    at.text_input(key="from").set_value("2026-02-01")
    at.text_input(key="until").set_value("2026-02-20")
    assert took(at) < FLUID
    assert "each by itself" in text(at)


def took(at: AppTest) -> float:
    start = time.perf_counter()
    at.run()
    assert not at.exception
    return time.perf_counter() - start


def test_worn_test_sets_are_listed_with_their_luck_floor(owls: SmallWorld, opened: Any) -> None:
    owls.set_policy('[gate]\ntest_set_budget = 1\n[[rule]]\nkind = "testset"\n' + POLICY)
    owls.run(owls.main(), tags=["best"], rows=[(f"row {n}", "owl", "cat" if n < 20 else "owl") for n in range(200)])
    world = owls.connect()
    for number in range(2):
        pull = owls.pull(f"Way {number}")
        owls.run(pull.head.sha, rows=[(f"row {n}", "owl", "cat" if n < 9 + number else "owl") for n in range(200)])
        assert publish(world, check(world, Question(pull=pull.number))) == []
    found = table(opened(owls, "history"), "luck floor").iloc[0]
    assert (found["evaluations"], found["of"], found["state"]) == (2, 1, "spent: a new one is due")
    assert 1 < found["luck floor"] < 10, "in percentage points"


def test_two_runs_are_compared_by_their_address(owls: SmallWorld, opened: Any) -> None:
    number, best, candidate = a_better_candidate(owls)
    at = opened(owls, "compare", a=best, b=candidate)
    said = text(at)
    assert "Code: 1 of 4 differ" in said
    assert "Seen from A, B's commit is 1 ahead and 0 behind (ahead)." in said
    assert "Files of the two commits: 1 differ" in said
    assert "Without a difference: parameters, datasets" in said
    assert list(table(at, "B - A")["B - A"]) == [pytest.approx(0.05)]
    at.toggle(key="all").set_value(True).run()
    assert "equal" in set(table(at, "A")["difference"])
    assert number


def test_a_comparison_needs_two_runs_that_exist(owls: SmallWorld, opened: Any) -> None:
    best = owls.run(owls.main(), tags=["best"])
    assert "Choose two runs." in text(opened(owls, "compare"))
    assert "A and B are the same run" in text(opened(owls, "compare", a=best, b=best))
    assert "a run's id has 32 digits" in text(opened(owls, "compare", a=best, b="<b>x</b>"))
    at = opened(owls, "compare", a=best, b="f" * 32)
    assert f"ClearML has no run {'f' * 32}" in at.error[0].value


def test_classes_are_compared_on_demand_or_the_reason_is_given(owls: SmallWorld, opened: Any) -> None:
    rows = [(f"row {number}", "owl" if number % 2 else "cat", "owl") for number in range(200)]
    better = [(name, truth, truth) for name, truth, _ in rows]
    a, b = owls.run("1" * 40, rows=rows), owls.run("2" * 40, rows=better)
    at = opened(owls, "compare", a=a, b=b, classes="true")
    classes = table(at, "A F1").set_index("class")
    assert classes.loc["cat", ["A F1", "B F1"]].tolist() == [0, 1]
    assert "class shares moved" in text(at)
    c = owls.run("3" * 40)
    at = opened(owls, "compare", a=a, b=c, classes="true")
    assert "No comparison per class:" in text(at)


def test_an_older_history_is_shown_where_a_newer_one_cannot_be_read(owls: SmallWorld, opened: Any) -> None:
    owls.run(owls.main())
    at = opened(owls, "history")
    _desk.forget()
    owls.tracker.fail("tasks.get_all_ex", saying="last_change", status=400)
    at.run()
    assert not at.exception
    assert "what changed since cannot be read" in text(at)
    assert len(table(at, "ended")) == 1
    time.sleep(SORE)
    at.run()
    assert "cannot be read" not in text(at), "it is tried again"


def test_a_metric_that_no_run_reported_is_not_read(owls: SmallWorld, opened: Any) -> None:
    owls.run(owls.main())
    opened(owls, "history", metric="made/up")
    assert not [body for body in owls.tracker.bodies("get_all_ex") if metric_key("made") in str(body)]


def metric_key(title: str) -> str:
    return next(iter(metric(0.0, f"{title}/up")))
