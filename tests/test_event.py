"""Which commit a job is about, by GitHub's own example events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gate.config import ConfigError
from gate.event import event_from, subject_from
from tests.workflow_events import example

MERGE = {"GITHUB_SHA": "e" * 40}  # the merge commit that nobody trained
HEAD = example("pull_request")["pull_request"]["head"]["sha"]
NUMBER = example("pull_request")["number"]
GROUP = example("merge_group")["merge_group"]["head_sha"]
PUSHED = example("push")["after"]
DELETED = example("push") | {"after": "0" * 40, "deleted": True, "head_commit": None}
TAGGED = example("push") | {"ref": "refs/tags/v1", "after": "7" * 40}


def given(folder: Path, event: Mapping[str, Any] | None, name: str, **more: str) -> dict[str, str]:
    file = folder / "event.json"
    file.write_text(json.dumps(event))
    return {**MERGE, "GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(file), **more}


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("pull_request", (NUMBER, None)),
        ("pull_request_target", (NUMBER, None)),
        ("merge_group", (104, None)),
        ("push", (None, PUSHED)),
        ("workflow_dispatch", (None, MERGE["GITHUB_SHA"])),
    ],
)
def test_every_event_names_its_subject(tmp_path: Path, name: str, subject: tuple[int | None, str | None]) -> None:
    assert subject_from(given(tmp_path, example(name), name)) == subject


@pytest.mark.parametrize(
    ("name", "right"), [("pull_request", HEAD), ("merge_group", GROUP), ("push", PUSHED)], ids=lambda value: value[:12]
)
def test_a_commit_id_that_contradicts_the_event_is_a_mistake(tmp_path: Path, name: str, right: str) -> None:
    agreed = subject_from(given(tmp_path, example(name), name, COMMIT_ID=right))
    assert agreed == subject_from(given(tmp_path, example(name), name, COMMIT_ID=""))
    with pytest.raises(ConfigError, match=f"the event is about commit {right}: remove one of them"):
        subject_from(given(tmp_path, example(name), name, COMMIT_ID="a" * 40))


def test_by_hand_the_commit_id_says_which_and_the_branch_says_it_otherwise(tmp_path: Path) -> None:
    event = example("workflow_dispatch")
    assert subject_from(given(tmp_path, event, "workflow_dispatch", COMMIT_ID="a" * 40)) == (None, "a" * 40)
    assert subject_from(given(tmp_path, event, "workflow_dispatch", COMMIT_ID="")) == (None, "e" * 40)


def test_without_an_event_a_commit_id_counts_even_if_it_is_empty_and_so_refused() -> None:
    assert subject_from({"COMMIT_ID": ""}) == (None, "")
    with pytest.raises(ConfigError, match="nothing to judge"):
        subject_from(MERGE)


def test_a_branch_that_was_deleted_leaves_nothing_to_judge(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"the push deleted a branch"):
        subject_from(given(tmp_path, DELETED, "push"))


def test_a_tag_is_judged_by_its_commit_not_by_its_own_object(tmp_path: Path) -> None:
    assert subject_from(given(tmp_path, TAGGED, "push")) == (None, PUSHED)


def test_a_queue_tells_its_own_commit_beside_the_pull_request(tmp_path: Path) -> None:
    assert event_from(given(tmp_path, example("merge_group"), "merge_group")).queued == GROUP


@pytest.mark.parametrize(
    ("name", "login", "fork", "who"),
    [
        ("pull_request", "mira", False, ""),
        ("pull_request", "mira", True, "a fork"),
        ("pull_request", "dependabot[bot]", False, "Dependabot"),
        ("pull_request_target", "mira", True, ""),
    ],
)
def test_who_gets_no_secrets(tmp_path: Path, name: str, login: str, fork: bool, who: str) -> None:
    event = example(name)
    event["pull_request"]["user"]["login"] = login
    event["pull_request"]["head"]["repo"] = None if fork else event["pull_request"]["base"]["repo"]
    assert event_from(given(tmp_path, event, name)).restricted == who
