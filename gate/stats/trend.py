"""Does a share rise or fall over time?"""

from __future__ import annotations

import math

from gate.counts import Totals
from gate.late import numpy as np
from gate.late import scipy


def cochran_armitage(hits: Totals, rows: Totals, at: Totals | None = None) -> tuple[float, float]:
    """z and two-sided p of one test for a trend of a share over stretches of time (Cochran 1954, Armitage 1955).

    ``at`` are the times of the stretches; without them they are equally far apart.
    """
    times = np.arange(len(rows), dtype=np.float64) if at is None else at
    whole = rows.sum()
    share = hits.sum() / whole
    away = times - (rows * times).sum() / whole
    variance = share * (1 - share) * (rows * away**2).sum()
    if variance <= 0:
        return 0.0, 1.0
    z = float((hits * away).sum()) / math.sqrt(float(variance))
    return z, 2 * float(scipy.special.ndtr(-abs(z)))
