"""What was seen of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gate.evidence import Run
from gate.predictions.examine import Examination


@dataclass(frozen=True)
class Seen:
    """What a run shows: itself, and its predictions if they were found, with those columns that have few values.

    ``trouble`` says why there are no predictions.
    """

    run: Run
    predictions: Examination | None = None
    columns: Sequence[str] = ()
    trouble: str = ""

    def supports(self, what: str) -> bool:
        found = self.predictions.supports if self.predictions and self.predictions.usable else ()
        return any(each.what == what and not each.lacking for each in found)
