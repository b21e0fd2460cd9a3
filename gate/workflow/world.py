"""The services, the clock and the environment that the workflows run in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from gate.ports import Forge, Tracker


@dataclass(frozen=True)
class World:
    """``now`` answers an aware UTC time; ``dashboard`` is the address of the review pages, or empty.

    ``cache`` holds what can be made again: artifacts and counts, of about ``cache_bytes`` together.
    """

    tracker: Tracker
    forge: Forge
    repository: str
    dashboard: str = ""
    cache: Path = Path("promotion-gate-cache")
    cache_bytes: int = 10_000_000_000
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def review_url(self, pull: int, scope: str = "") -> str:
        """The deep link to a review, or an empty string where there is no dashboard or no pull request."""
        if not (self.dashboard and pull):
            return ""
        return f"{self.dashboard.rstrip('/')}/review?pr={pull}" + (f"&scope={scope}" if scope else "")
