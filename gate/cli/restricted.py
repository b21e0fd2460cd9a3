"""Pull requests from forks and from Dependabot: GitHub gives them no secrets, and a token that only reads."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from gate.event import event_from

WHY = "GitHub gives a pull request from {who} a token that only reads and no secrets"
UNASKED = (
    "{why}: ClearML cannot be asked, so nothing was judged. Let the workflow run on pull_request_target, which needs "
    "no checkout here, or start it by hand for this commit"
)
UNTOLD = "{why}: the commit status and the comment are not posted. The verdict is this summary and the exit code"


def unasked(environment: Mapping[str, str] = os.environ) -> str:
    """Why nothing can be judged for want of ClearML's keys, or an empty string."""
    who = event_from(environment).restricted
    return UNASKED.format(why=WHY.format(who=who)) if who and not _has_keys(environment) else ""


def untold(environment: Mapping[str, str] = os.environ) -> str:
    """Why nothing could be posted, if that is GitHub's rule and not a mistake of the set-up."""
    who = event_from(environment).restricted
    return UNTOLD.format(why=WHY.format(who=who)) if who else ""


def _has_keys(environment: Mapping[str, str]) -> bool:
    file = Path(environment.get("CLEARML_CONFIG_FILE") or "~/clearml.conf").expanduser()
    return bool(environment.get("CLEARML_API_ACCESS_KEY")) or file.is_file()
