"""[notify]: of which events people are told in their chat."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from gate.config.values import Table, once
from gate.notice import EVENTS, Event


class NotifyTable(Table):
    """Of which events people are told. Where to is a secret, and never here: it is GATE_WEBHOOK_URL."""

    events: Annotated[list[Event], AfterValidator(once), Field(json_schema_extra={"uniqueItems": True})] = Field(
        default=list(EVENTS),
        description="The events that are told where GATE_WEBHOOK_URL is set; an empty list tells nobody of anything.",
        examples=[["waiting", "conflict"]],
    )

    def told(self) -> frozenset[str]:
        return frozenset(self.events)
