"""How many rows a decision needs."""

from __future__ import annotations

import math

from gate.late import scipy
from gate.stats.interval import quantile

POWER = 0.8
MOST_ROWS = 1_000_000_000


def rows_needed(n: float, error: float, distance: float, confidence: float = 0.95, power: float = POWER) -> int | None:
    """Rows at which the interval would clear the margin, with this chance, if all stayed as it is now.

    ``error`` is the standard error of the difference at ``n`` rows, ``distance`` how far the difference is from the
    margin. None where no number of rows would do.
    """
    if distance == 0:
        return None
    reach = (quantile(confidence) + float(scipy.special.ndtri(power))) * error
    rows = math.ceil(n * (reach / distance) ** 2)
    return rows if rows <= MOST_ROWS else None
