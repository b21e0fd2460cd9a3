"""Which pull request or commit a CI job is about, and what GitHub lets it do: the event file, then COMMIT_ID."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gate.config import ConfigError

QUEUED = re.compile(r"/pr-(\d+)-[0-9a-f]{40}$")  # the branch that a merge queue makes for a pull request
NO_COMMIT = "0" * 40
NOTHING = "nothing to judge: give --pr or --commit, or set GITHUB_EVENT_PATH or COMMIT_ID"


@dataclass(frozen=True)
class Event:
    """What the event says: a pull request or a commit; ``heads`` are the commits that COMMIT_ID may name.

    ``queued`` is the commit that a merge queue tests for the pull request. ``restricted`` says whose pull request it is
    where GitHub therefore hands out no secrets and a token that only reads.
    """

    pull: int | None = None
    commit: str | None = None
    heads: tuple[str, ...] = ()
    queued: str = ""
    restricted: str = ""


def subject_from(environment: Mapping[str, str]) -> tuple[int | None, str | None]:
    """(pull request, None) or (None, commit).

    GITHUB_SHA counts for a workflow that was started by hand or by the clock; elsewhere it may be a merge commit that
    nobody trained.

    Raises:
        ConfigError: there is neither, the branch is gone, or COMMIT_ID contradicts the event.
    """
    event, commit = event_from(environment), environment.get("COMMIT_ID", "")
    if event.commit == NO_COMMIT:
        raise ConfigError("the push deleted a branch: there is no commit to judge")
    if event.heads and commit and commit not in event.heads:
        raise ConfigError(
            f"COMMIT_ID is {commit!r}, but the event is about commit {event.heads[0]}: remove one of them"
        )
    if event.pull or event.commit:
        return event.pull, event.commit
    if commit or ("COMMIT_ID" in environment and not _by_hand(environment)):
        return None, commit
    if _by_hand(environment) and environment.get("GITHUB_SHA"):
        return None, environment["GITHUB_SHA"]
    raise ConfigError(NOTHING)


def event_from(environment: Mapping[str, str]) -> Event:
    """The event of GITHUB_EVENT_PATH; an empty one where there is none.

    Raises:
        ConfigError: the file is no JSON.
    """
    event = _read(environment.get("GITHUB_EVENT_PATH", ""))
    if pull := event.get("pull_request"):
        head = str(pull["head"]["sha"])
        restricted = _restricted(pull) if environment.get("GITHUB_EVENT_NAME") != "pull_request_target" else ""
        return Event(int(pull["number"]), heads=(head,), restricted=restricted)
    if group := event.get("merge_group"):
        return _of_queue(str(group["head_sha"]), str(group.get("head_ref", "")))
    return _of_push(event) if "after" in event else Event()


def _of_queue(head: str, ref: str) -> Event:
    """The queue's own commit is trained by nobody: its pull request is judged, and both are told."""
    found = QUEUED.search(ref)
    return Event(int(found[1]), heads=(head,), queued=head) if found else Event(commit=head, heads=(head,))


def _of_push(event: Mapping[str, Any]) -> Event:
    commit = str(
        (event.get("head_commit") or {}).get("id") or event["after"]
    )  # of a tag, ``after`` may be the tag's own
    return Event(commit=commit, heads=(commit,))


def _restricted(pull: Mapping[str, Any]) -> str:
    head, base = ((pull[side].get("repo") or {}).get("full_name") for side in ("head", "base"))
    if (pull.get("user") or {}).get("login") == "dependabot[bot]":
        return "Dependabot"
    return "" if head == base else "a fork"


def _by_hand(environment: Mapping[str, str]) -> bool:
    return environment.get("GITHUB_EVENT_NAME") in ("workflow_dispatch", "schedule")


def _read(path: str) -> dict[str, Any]:
    if not path or not Path(path).is_file():
        return {}
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigError(f"GITHUB_EVENT_PATH {path} is not JSON: {error}") from error
    return found if isinstance(found, dict) else {}
