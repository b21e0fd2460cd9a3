"""Which pull request or commit a CI job is about: the GitHub event file, then COMMIT_ID."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gate.config import ConfigError


def subject_from(environment: Mapping[str, str]) -> tuple[int | None, str | None]:
    """(pull request, None) or (None, commit). GITHUB_SHA is never used: it is a merge commit nobody trained.

    Raises:
        ConfigError: there is neither, or COMMIT_ID contradicts the event.
    """
    event = _event(environment.get("GITHUB_EVENT_PATH", ""))
    commit = environment.get("COMMIT_ID", "")
    pull = event.get("pull_request") or {}
    head = (pull.get("head") or event.get("merge_group") or {}).get("sha" if pull else "head_sha")
    if head and commit and head != commit:
        raise ConfigError(f"COMMIT_ID is {commit!r}, but the event is about commit {head}: remove one of them")
    if pull.get("number"):
        return int(pull["number"]), None
    if head or event.get("after"):
        return None, str(head or event["after"])
    if "COMMIT_ID" in environment:
        return None, commit
    raise ConfigError("nothing to judge: give --pr or --commit, or set GITHUB_EVENT_PATH or COMMIT_ID")


def _event(path: str) -> dict[str, Any]:
    if not path or not Path(path).is_file():
        return {}
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigError(f"GITHUB_EVENT_PATH {path} is not JSON: {error}") from error
    return found if isinstance(found, dict) else {}
