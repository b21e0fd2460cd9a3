"""Two mappings side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["added", "removed", "changed", "same"]
KINDS: Mapping[Kind, str] = {
    "changed": "both have it, with other values",
    "removed": "only A has it",
    "added": "only B has it",
    "same": "both have it, with the same value",
}


@dataclass(frozen=True)
class Difference:
    """One name; a side that does not have it is None. Values may be hidden, ``kind`` tells of the true ones."""

    name: str
    a: str | None
    b: str | None
    kind: Kind


def differences(
    a: Mapping[str, str], b: Mapping[str, str], hide: Callable[[str, str], str] = lambda _, value: value
) -> tuple[Difference, ...]:
    """Every name of either, in their order. ``hide`` is given a name and its value, and answers what may be shown."""
    found = []
    for name in sorted(a.keys() | b.keys()):
        one, other = a.get(name), b.get(name)
        shown = [None if value is None else hide(name, value) for value in (one, other)]
        found.append(Difference(name, shown[0], shown[1], _kind(one, other)))
    return tuple(found)


def _kind(a: str | None, b: str | None) -> Kind:
    if a == b:
        return "same"
    if a is None:
        return "added"
    return "removed" if b is None else "changed"
