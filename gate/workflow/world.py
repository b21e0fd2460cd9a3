"""The services, the clock and the environment that the workflows run in."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from gate.lease import Lease
from gate.ports import Forge, Notifier, Silent, Tracker

POLICY_FILE = "gate.toml"
NO_POLICY = "none"  # judge by the CLEARML_* inputs, whatever the repository holds
WORKER = f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"


@dataclass(frozen=True)
class World:
    """``now`` answers an aware UTC time; ``dashboard`` is the address of the review pages, or empty.

    ``worker`` names this process in the ledger; a service that asks for a longer pause than ``patience`` seconds is not
    waited for. ``cache`` holds what can be made again: artifacts and counts, of about ``cache_bytes`` together.
    ``policy`` is the path of the policy in the repository, or `NO_POLICY`.
    """

    tracker: Tracker
    forge: Forge
    repository: str
    dashboard: str = ""
    cache: Path = Path("promotion-gate-cache")
    cache_bytes: int = 10_000_000_000
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    worker: str = WORKER
    lease: Lease = field(default_factory=Lease)
    patience: float = 90.0
    policy: str = POLICY_FILE
    notifier: Notifier = field(default_factory=Silent, repr=False)

    def review_url(self, pull: int, scope: str = "") -> str:
        """The deep link to a review, or an empty string where there is no dashboard or no pull request."""
        if not (self.dashboard and pull):
            return ""
        return f"{self.dashboard.rstrip('/')}/review?pr={pull}" + (f"&scope={scope}" if scope else "")
