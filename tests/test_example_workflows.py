"""The workflows of docs/workflows, run step by step on the small world."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gate.ports import ServiceError
from gate.workflow import decide
from tests.drift_world import watched
from tests.retraining_world import loop_in
from tests.reviewer import a_better_candidate, decision
from tests.small_world import POLICY, SmallWorld
from tests.workflow_events import example, machine, pull_event, push_event
from tests.workflow_runner import ROOT, Job

WORKFLOWS = ROOT / "docs" / "workflows"
# Stands in for GitHub's own command line: keeps what it is told, and knows at most one open issue.
GH = """#!/usr/bin/env bash
echo "$*" >> "$HOME/gh.log"
case "$1 $2" in
  "issue create") echo 7 > "$HOME/issue" ;;
  "issue close") rm "$HOME/issue" ;;
  "issue list") cat "$HOME/issue" 2> /dev/null || true ;;
esac
"""


@pytest.fixture(scope="module")
def temp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runner")


def by_clock(world: SmallWorld, folder: Path, temp: Path, name: str, tools: Path | None = None) -> Job:
    runner = machine(world, folder / "runner", temp, "workflow_dispatch", example("workflow_dispatch"), tools=tools)
    return runner.run(WORKFLOWS / name)


def test_the_check_judges_waits_and_keeps_its_reports(owls: SmallWorld, tmp_path: Path, temp: Path) -> None:
    number, _, candidate = a_better_candidate(owls)
    pull = owls.as_user("noor").get_pull(number)
    runner = machine(owls, tmp_path / "runner", temp, "pull_request", pull_event("pull_request", pull))
    job = runner.run(WORKFLOWS / "check.yml")
    assert (job.code, job.outputs("gate")["candidate-task-id"]) == (0, candidate), job.log
    assert "step 1" in job.steps, "the reports are kept"
    assert {"report.json", "report.md"} <= {file.name for file in (runner.workspace / "gate-reports").iterdir()}


def test_reconcile_finishes_a_promotion_that_was_cut_short(owls: SmallWorld, tmp_path: Path, temp: Path) -> None:
    number, _, candidate = a_better_candidate(owls)
    click = decision(owls, number)
    owls.tracker.fail("tasks.update_tags", nth=2, status=500)
    long_ago = replace(owls.connect(), now=lambda: datetime.now(UTC) - timedelta(hours=1))  # its worker is gone
    with pytest.raises(ServiceError):
        decide(long_ago, click)
    job = by_clock(owls, tmp_path, temp, "reconcile.yml")
    assert job.code == 0, job.log
    assert f"owls: at rest, best is {candidate}" in job.log
    assert "records, every hash in place" in job.log
    assert owls.holders() == [candidate]


def test_reconcile_promotes_at_the_merge_what_was_approved_for_it(owls: SmallWorld, tmp_path: Path, temp: Path) -> None:
    owls.set_policy(f'[approval]\npromote_on = "merge"\n{POLICY}')
    number, best, candidate = a_better_candidate(owls)
    assert decide(owls.connect(), decision(owls, number)).kind == "grant"
    assert owls.holders() == [best]
    merged = owls.as_user("tomas").get_pull(number).merge()
    runner = machine(owls, tmp_path / "runner", temp, "push", push_event(merged.sha, "main"))
    job = runner.run(WORKFLOWS / "reconcile.yml")
    assert (job.code, owls.holders()) == (0, [candidate]), job.log


def test_the_drift_watch_opens_updates_and_closes_one_issue(owls: SmallWorld, tmp_path: Path, temp: Path) -> None:
    watched(owls, tmp_path)
    tools, log = tmp_path / "tools", tmp_path / "runner" / "gh.log"
    tools.mkdir()
    (tools / "gh").write_text(GH)
    (tools / "gh").chmod(0o755)
    said = []
    for policy in ("", "", 'max_confidence_shift = "1"\nmax_accuracy_loss = "99pp"\nmax_class_shift = "99pp"\n'):
        if policy:
            owls.set_policy(f"[drift]\n{policy}{POLICY}")
        job = by_clock(owls, tmp_path, temp, "drift.yml", tools)
        assert job.code == 0, job.log
        said.append([" ".join(line.split()[:2]) for line in log.read_text().splitlines()])
        log.unlink()
    assert said == [
        ["label create", "issue list", "issue create"],
        ["label create", "issue list", "issue edit"],
        ["issue list", "issue close"],
    ]


def test_the_drift_watch_is_red_where_nothing_could_be_asked(owls: SmallWorld, tmp_path: Path, temp: Path) -> None:
    owls.set_policy("this is no policy")
    assert by_clock(owls, tmp_path, temp, "drift.yml").code == 2


def test_the_retraining_trains_on_a_new_version_once(owls: SmallWorld, tmp_path: Path, temp: Path) -> None:
    loop = loop_in(owls)
    loop.version("1.1.0")
    first, again = (by_clock(owls, tmp_path, temp, "retrain.yml") for _ in range(2))
    assert (first.code, again.code) == (0, 0), first.log + again.log
    assert "is queued" in first.log
    assert len(loop.clones()) == 1
