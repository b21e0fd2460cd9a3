"""What an approval takes: who may decide, how many must, and when the tag moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

APPROVAL = "model-approval"  # the commit status of a person's decision


@dataclass(frozen=True)
class Approval:
    """``allow_automatic`` lets a workflow promote a passed verdict without a person.

    ``team`` is ``organisation/slug`` or empty; a ``max_sign_in_age`` of zero asks for no fresh sign-in.
    """

    approvals: int = 1
    allow_self_approval: bool = False
    allow_override: bool = False
    override_expires: timedelta = timedelta(days=30)
    promote_on: Literal["approve", "merge"] = "approve"
    max_sign_in_age: timedelta = timedelta(hours=12)
    team: str = ""
    allow_automatic: bool = False
