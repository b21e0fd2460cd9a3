"""What changed between the packet a reviewer saw and the one of now, with the best's own value beside each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

NONE = "none"


@dataclass(frozen=True)
class Change:
    """One thing that is not as it was; ``best`` is what the best of now has there, or empty."""

    what: str
    seen: str
    now: str
    best: str = ""


def changes(seen: Mapping[str, Any], now: Mapping[str, Any], best: Mapping[str, Any] | None = None) -> list[Change]:
    """All differences of two packets. ``best`` is the best of now, as a packet shows a run."""
    before, after = dict(_flat(seen)), dict(_flat(now))
    beside = {f"candidate {name}": value for name, value in _flat(best or {})}
    names = list(dict.fromkeys([*after, *before]))
    found = [(name, before.get(name, NONE), after.get(name, NONE)) for name in names]
    return [Change(name, old, new, beside.get(name, "")) for name, old, new in found if old != new]


def _flat(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, part in value.items():
        if isinstance(part, Mapping):
            yield from ((f"{name} {inner}", text) for inner, text in _flat(part))
        elif name == "findings":
            yield from ((f"{rule}", f"{outcome}: {found}") for rule, outcome, found, _ in part)
        elif isinstance(part, list | tuple):
            yield name, f"{len(part)} of this commit" if part else NONE
        else:
            yield name, NONE if part in (None, "") else str(part)
