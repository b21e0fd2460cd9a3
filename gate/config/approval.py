"""The keys of [approval]: who may decide, how many must, and when the tag moves."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from gate.approval import Approval
from gate.config.shown import found
from gate.config.values import TEAM, Table

DURATION = r"^ *([0-9]{1,6}) *(m|h|d) *$"
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def parse_duration(value: object) -> timedelta:
    """``30m``, ``8h`` or ``30d``."""
    if isinstance(value, timedelta):
        return value
    if not (match := re.fullmatch(DURATION, str(value))) or not isinstance(value, str):
        raise ValueError(f'{found(value)} is no time; write "30m", "8h" or "30d"')
    return timedelta(**{UNITS[match[2]]: int(match[1])})


def spelled(time: timedelta) -> str:
    """As an author would write it."""
    minutes = int(time.total_seconds() // 60)
    known = ((1440, "d"), (60, "h"), (1, "m"))
    return next(f"{minutes // size}{unit}" for size, unit in known if minutes % size == 0)


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": DURATION}),
]


class ApprovalTable(Table):
    """Who may decide, how many must, and when the tag moves."""

    approvals: Annotated[int, Field(ge=1, le=20)] = Field(
        default=Approval.approvals, description="So many people must approve the same evidence.", examples=[2]
    )
    allow_self_approval: bool = Field(
        default=Approval.allow_self_approval,
        description="Whoever wrote the pull request, or owns the run, may approve it too.",
    )
    allow_override: bool = Field(
        default=Approval.allow_override,
        description="A failed or unknown verdict may be approved, with a reason and for a time.",
    )
    override_expires: Duration = Field(
        default=Approval.override_expires,
        description="The longest time an override may stand.",
        examples=["30d"],
        json_schema_extra={"default": spelled(Approval.override_expires)},
    )
    promote_on: Literal["approve", "merge"] = Field(
        default=Approval.promote_on, description="When the tag moves: at the approval, or when the change is merged."
    )
    max_sign_in_age: Duration = Field(
        default=Approval.max_sign_in_age,
        description='Who signed in longer ago must do so again to decide; "0m" asks for nothing.',
        examples=["12h"],
        json_schema_extra={"default": spelled(Approval.max_sign_in_age)},
    )
    team: Annotated[str, Field(pattern=TEAM)] = Field(
        default=Approval.team, description="Only members of this team may decide.", examples=["skyline/reviewers"]
    )
    allow_automatic: bool = Field(
        default=Approval.allow_automatic,
        description="A workflow may promote a passed model without a person (promote: auto of the action).",
    )

    def terms(self) -> Approval:
        said: dict[str, Any] = {name: getattr(self, name) for name in type(self).model_fields}
        return Approval(**said)
