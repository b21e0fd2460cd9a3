"""What the services say about themselves: only `gate doctor` and `gate selftest` ask."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime


def ahead(date: str) -> float | None:
    """How many seconds the clock that wrote an HTTP header Date is ahead of ours; None where it is no time."""
    try:
        return parsedate_to_datetime(date).timestamp() - time.time()
    except ValueError:
        return None


@dataclass(frozen=True)
class TrackerVitals:
    """``skew`` is how many seconds the server's clock is ahead of ours, to the second; None where it says no time."""

    host: str
    files: str
    server_version: str
    api_version: str
    skew: float | None


@dataclass(frozen=True)
class ForgeVitals:
    """``rights`` are the caller's in the repository; ``scopes`` are a classic token's, None where GitHub says none."""

    name: str
    default_branch: str
    private: bool
    rights: Mapping[str, bool]
    scopes: frozenset[str] | None
    skew: float | None


@dataclass(frozen=True)
class Required:
    """The contexts of commit statuses that a branch requires, each with the number of the App that must post it.

    0 is any App, which is anybody with write access. ``known`` is False where not everything could be read.
    """

    contexts: Mapping[str, int]
    known: bool = True
