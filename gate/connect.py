"""Build the real world from the environment and clearml.conf; the only importer of adapters."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from gate.config import ConfigError, parse_size
from gate.notice import unfit
from gate.ports import Notifier, ServiceError, Silent, Tracker
from gate.scratch import Scratch
from gate.workflow.world import World

if TYPE_CHECKING:
    from gate.adapters.github_forge import GithubForge

PUBLIC_API = "https://api.github.com"
REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")


class Budget:
    """The seconds a caller has left in all; asking when none are left raises ``error``."""

    def __init__(self, seconds: float, error: type[ServiceError] = ServiceError) -> None:
        self.seconds, self._end, self._error = seconds, time.monotonic() + seconds, error

    def __call__(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise self._error(f"the services did not answer within {self.seconds:g} seconds (--timeout)")
        return left


def connect(
    environment: Mapping[str, str] | None = None,
    timeout: Callable[[], float] = lambda: 30.0,
    journal: Callable[[str, str], None] = lambda service, request: None,
    rate_wait: int = 20,
    request_seconds: int = 10,
    notice_seconds: float = 8.0,
) -> World:
    """The world the environment names. Nothing is asked of it yet.

    GITHUB_REPOSITORY (required), GITHUB_API_URL, GITHUB_TOKEN; CLEARML_* or clearml.conf; GATE_DASHBOARD_URL;
    GATE_POLICY, where it is not gate.toml; GATE_CACHE_BYTES, such as 10GB; GATE_WEBHOOK_URL and GATE_WEBHOOK_FORMAT.

    Raises:
        ConfigError: a setting is missing or malformed.
    """
    environment = os.environ if environment is None else environment
    return World(
        forge=forge(environment, lambda request: journal("github", request), rate_wait, request_seconds),
        tracker=tracker(timeout, lambda request: journal("clearml", request)),
        repository=repository_name(environment),
        dashboard=environment.get("GATE_DASHBOARD_URL", ""),
        cache=cache_folder(),
        cache_bytes=cache_bytes(environment),
        environment=environment,
        policy=environment.get("GATE_POLICY") or World.policy,
        notifier=notifier(environment, notice_seconds),
    )


def notifier(environment: Mapping[str, str], seconds: float) -> Notifier:
    """Who tells people; ``seconds`` is the time for one notice. A wrong address stops nothing: it is told instead."""
    url, form = environment.get("GATE_WEBHOOK_URL", ""), environment.get("GATE_WEBHOOK_FORMAT") or "slack"
    if not url or (why := unfit(url, form)):
        return Silent(why if url else "")
    from gate.adapters.webhook import Webhook

    return Webhook(url, "json" if form == "json" else "slack", seconds)


def forge(
    environment: Mapping[str, str],
    journal: Callable[[str], None] = lambda request: None,
    rate_wait: int = 20,
    request_seconds: int = 10,
) -> GithubForge:
    """GitHub alone. Raises `ConfigError` where no repository is named."""
    from gate.adapters.github_forge import GithubForge

    name, token = repository_name(environment), environment.get("GITHUB_TOKEN") or None
    api = environment.get("GITHUB_API_URL") or PUBLIC_API
    return GithubForge(api, name, token, journal, rate_wait, request_seconds)


def scratch(environment: Mapping[str, str], name: str, cache: Path) -> Scratch:
    """Both services with the hands of `gate selftest`; everything it makes is called ``name``."""
    from gate.adapters.clearml_tracker import ClearmlTracker

    tracker, forge_ = ClearmlTracker(cache, lambda: 30.0, lambda request: None), forge(environment)
    return Scratch(name, tracker, tracker.scratch(name), forge_, forge_.scratch())


def repository_name(environment: Mapping[str, str]) -> str:
    """Raises `ConfigError`."""
    name = environment.get("GITHUB_REPOSITORY", "")
    if not REPOSITORY.fullmatch(name):
        raise ConfigError(f"GITHUB_REPOSITORY is {name!r}; set it to owner/name of the repository under review")
    return name


def tracker(
    timeout: Callable[[], float],
    journal: Callable[[str], None] = lambda request: None,
    artifacts: Path | None = None,
) -> Tracker:
    """ClearML alone, as clearml.conf or CLEARML_* names it; ``artifacts`` is a cache other than the usual one."""
    from gate.adapters.clearml_tracker import ClearmlTracker

    return ClearmlTracker(artifacts or cache_folder() / "artifacts", timeout, journal)


def cache_bytes(environment: Mapping[str, str]) -> int:
    try:
        return parse_size(environment.get("GATE_CACHE_BYTES") or World.cache_bytes)
    except ValueError as error:
        raise ConfigError(f"GATE_CACHE_BYTES: {error}") from error


def cache_folder() -> Path:
    """Where artifacts and counts are kept by their content; safe to delete at any time."""
    return Path(platformdirs.user_cache_dir("promotion-gate"))
