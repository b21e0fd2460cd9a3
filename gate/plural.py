"""A number with its noun, as people read it."""

from __future__ import annotations


def counted(count: float, one: str, many: str = "") -> str:
    """1 row, 2 rows; ``many`` where it is not ``one`` with an s."""
    return f"{count:,.0f} {one if count == 1 else many or f'{one}s'}"
