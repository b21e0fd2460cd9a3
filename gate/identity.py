"""Who is looking, as far as the sign-in can tell. Whether that person may decide is asked of the forge at the click."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Automatic:
    """Nobody: a workflow that the policy allows to promote. ``how`` says which run of it, and who started that."""

    how: str


@dataclass(frozen=True)
class Person:
    """``how`` says who vouches for it. ``id`` is the account's number where the sign-in knows it, else 0.

    ``signed_in`` is when, or None where the sign-in is somebody else's business (a proxy, a token, the sandbox).
    ``owner_names`` are the names this person has on the experiment tracker.
    """

    login: str
    how: str
    id: int = 0
    signed_in: datetime | None = None
    owner_names: tuple[str, ...] = ()
