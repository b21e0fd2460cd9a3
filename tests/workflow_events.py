"""GitHub's own example events, made to be about a pull request of the small world, and the runner that gets them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from github.PullRequest import PullRequest

from tests.small_world import KEY, REPOSITORY, SECRET, SmallWorld
from tests.workflow_runner import Machine

EXAMPLES = Path(__file__).parent / "data" / "github-events"
QUEUED = "5" * 40  # the commit that a merge queue made
SECRETS = {"ACCESS_KEY": KEY, "SECRET_KEY": SECRET, "CLEARML_API_ACCESS_KEY": KEY, "CLEARML_API_SECRET_KEY": SECRET}
RUN = {"GITHUB_RUN_ID": "1234", "GITHUB_RUN_ATTEMPT": "1", "GITHUB_ACTOR": "mira"}


def example(name: str) -> dict[str, Any]:
    event = json.loads((EXAMPLES / f"{name.removesuffix('_target')}.json").read_text(encoding="utf-8"))
    event["repository"]["full_name"] = REPOSITORY
    return dict(event)


def pull_event(name: str, pull: PullRequest, fork: str = "", author: str = "mira") -> dict[str, Any]:
    """``fork`` is the full name of the head's repository, where that is another."""
    event = example(name)
    event["number"] = pull.number
    event["pull_request"] |= {"number": pull.number, "user": {**event["pull_request"]["user"], "login": author}}
    event["pull_request"]["head"]["sha"] = pull.head.sha
    event["pull_request"]["head"]["repo"]["full_name"] = fork or REPOSITORY
    event["pull_request"]["base"] |= {"sha": pull.base.sha, "ref": "main"}
    event["pull_request"]["base"]["repo"]["full_name"] = REPOSITORY
    return event


def queue_event(pull: PullRequest, commit: str = QUEUED) -> dict[str, Any]:
    event = example("merge_group")
    ref = f"refs/heads/gh-readonly-queue/main/pr-{pull.number}-{pull.base.sha}"
    event["merge_group"] |= {"head_sha": commit, "head_ref": ref, "base_sha": pull.base.sha}
    return event


def push_event(commit: str, branch: str) -> dict[str, Any]:
    event = example("push")
    return event | {
        "ref": f"refs/heads/{branch}",
        "after": commit,
        "head_commit": {**event["head_commit"], "id": commit},
    }


def machine(
    world: SmallWorld, folder: Path, temp: Path, name: str, event: Mapping[str, Any], **changed: Any
) -> Machine:
    """A runner whose GITHUB_SHA is a merge commit that nobody trained; secrets as the repository has them."""
    github = {each: value for each, value in world.environment.items() if each.startswith("GITHUB_")}
    token = github.pop("GITHUB_TOKEN")
    secrets = {**SECRETS, "RETRAIN_TOKEN": token, "CLEARML_API_HOST": world.environment["CLEARML_API_HOST"]}
    variables = {each: value for each, value in world.environment.items() if each.endswith("_HOST")}
    given = {"token": token, "secrets": secrets, "variables": variables, **changed}
    given["github"] = {**github, **RUN, "GITHUB_SHA": "e" * 40, **changed.get("github", {})}
    folder.mkdir(exist_ok=True)
    return Machine(folder=folder, temp=temp, event_name=name, event=event, **given)
