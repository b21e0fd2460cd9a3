"""What every endpoint works on, and what an endpoint is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gate.sandbox.clearml.auth import Door
from gate.sandbox.clearml.documents import Documents
from gate.sandbox.clearml.events import Events
from gate.sandbox.clearml.validation import Field

Body = dict[str, Any]


@dataclass(frozen=True)
class World:
    documents: Documents
    events: Events
    door: Door
    scrolls: dict[str, int] = field(default_factory=dict)  # cursors of listings: gone after a restart


Handler = Callable[[World, Body], Body]


@dataclass(frozen=True)
class Endpoint:
    """A handler, the API version it appeared in, and the fields its body must have."""

    run: Handler
    version: str = "1.0"
    fields: Mapping[str, Field] = field(default_factory=dict)
    login: bool = True
    cookie: bool = False
