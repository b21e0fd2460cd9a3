"""The little language of list filters: ``["a", "-b"]``, ``["__$all", "a", "b"]``, ``["__$not", "a"]``, ``[None]``."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

PREFIX = "__$"
MODES = {"__$all": "all", "__$and": "all", "__$any": "any", "__$or": "any"}
NOT = "__$not"


@dataclass(frozen=True)
class ListQuery:
    """What a list must hold (any or all of ``include``; None stands for an empty list) and must not hold."""

    mode: str
    include: Collection[str | None]
    exclude: Collection[str | None]

    def accepts(self, values: Collection[str]) -> bool:
        return self._includes(values) and not any(holds(values, item) for item in self.exclude)

    def _includes(self, values: Collection[str]) -> bool:
        if not self.include:
            return True
        combine = all if self.mode == "all" else any
        return combine([holds(values, item) for item in self.include])


def holds(values: Collection[str], item: str | None) -> bool:
    return item in values if item is not None else not values


def parse(values: Iterable[str | None]) -> ListQuery:
    """Read a list filter. A leading ``-`` excludes only if no operator came before; ``__$not`` negates one item."""
    mode, explicit, negated = "any", False, False
    include: list[str | None] = []
    exclude: list[str | None] = []
    for value in values:
        if isinstance(value, str) and value.startswith(PREFIX):
            explicit, negated = True, value == NOT
            mode = MODES.get(value, mode)
        elif isinstance(value, str) and value.startswith("-") and not explicit:
            exclude.append(value[1:])
        else:
            (exclude if negated else include).append(value)
            negated = False
    return ListQuery(mode, include, exclude)
