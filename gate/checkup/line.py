"""One finding of the doctor, and what all of them come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """``UNSURE`` is worth knowing but stops nothing; ``SKIPPED`` could not be asked because of another finding."""

    OK = "ok"
    UNSURE = "unsure"
    WRONG = "wrong"
    UNREACHABLE = "unreachable"
    SKIPPED = "not asked"


@dataclass(frozen=True)
class Line:
    """``remedy`` is what a person does about it; empty where nothing is to be done."""

    name: str
    state: State
    found: str
    remedy: str = ""


def exit_code(lines: Iterable[Line]) -> int:
    """2: something is ours to mend; 4: else, a service is unreachable; 0: `gate check` can do its work."""
    states = {line.state for line in lines}
    if State.WRONG in states:
        return 2
    return 4 if State.UNREACHABLE in states else 0
