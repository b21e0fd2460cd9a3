"""Build the real world from the environment and clearml.conf; the only importer of adapters."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import platformdirs

from gate.config import ConfigError, parse_size
from gate.ports import ServiceError, Tracker
from gate.workflow.world import World

PUBLIC_API = "https://api.github.com"
REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")


class Budget:
    """The seconds a caller has left in all; asking when none are left raises `ServiceError`."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self._end = seconds, time.monotonic() + seconds

    def __call__(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise ServiceError(f"the services did not answer within {self.seconds:g} seconds (--timeout)")
        return left


def connect(
    environment: Mapping[str, str] | None = None,
    timeout: Callable[[], float] = lambda: 30.0,
    journal: Callable[[str, str], None] = lambda service, request: None,
    rate_wait: int = 20,
    request_seconds: int = 10,
) -> World:
    """The world the environment names. Nothing is asked of it yet.

    GITHUB_REPOSITORY (required), GITHUB_API_URL, GITHUB_TOKEN; CLEARML_* or clearml.conf; GATE_DASHBOARD_URL;
    GATE_POLICY, where it is not gate.toml; GATE_CACHE_BYTES, such as 10GB.

    Raises:
        ConfigError: a setting is missing or malformed.
    """
    from gate.adapters.github_forge import GithubForge

    environment = os.environ if environment is None else environment
    name = environment.get("GITHUB_REPOSITORY", "")
    if not REPOSITORY.fullmatch(name):
        raise ConfigError(f"GITHUB_REPOSITORY is {name!r}; set it to owner/name of the repository under review")
    token = environment.get("GITHUB_TOKEN") or None
    api = environment.get("GITHUB_API_URL") or PUBLIC_API
    return World(
        tracker=tracker(timeout, lambda request: journal("clearml", request)),
        forge=GithubForge(api, name, token, lambda request: journal("github", request), rate_wait, request_seconds),
        repository=name,
        dashboard=environment.get("GATE_DASHBOARD_URL", ""),
        cache=cache_folder(),
        cache_bytes=_cache_bytes(environment),
        environment=environment,
        policy=environment.get("GATE_POLICY") or World.policy,
    )


def tracker(timeout: Callable[[], float], journal: Callable[[str], None] = lambda request: None) -> Tracker:
    """ClearML alone, as clearml.conf or the CLEARML_* environment names it."""
    from gate.adapters.clearml_tracker import ClearmlTracker

    return ClearmlTracker(cache_folder() / "artifacts", timeout, journal)


def _cache_bytes(environment: Mapping[str, str]) -> int:
    try:
        return parse_size(environment.get("GATE_CACHE_BYTES") or World.cache_bytes)
    except ValueError as error:
        raise ConfigError(f"GATE_CACHE_BYTES: {error}") from error


def cache_folder() -> Path:
    """Where artifacts and counts are kept by their content; safe to delete at any time."""
    return Path(platformdirs.user_cache_dir("promotion-gate"))
