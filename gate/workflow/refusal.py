"""A decision that was not carried out."""

from __future__ import annotations

from collections.abc import Sequence

from gate.staleness import Change


class Refused(Exception):
    """Nothing moved. ``reasons`` says why, each with what to do; ``changes`` what is not as the reviewer saw it."""

    def __init__(self, *reasons: str, changes: Sequence[Change] = ()) -> None:
        super().__init__("; ".join(reasons))
        self.reasons, self.changes = reasons, tuple(changes)
