"""The product: both files counted, and every number and sign of drift."""

from __future__ import annotations

from pathlib import Path

from benchmarks.drifting.tables import WINDOWS, file
from gate.drift import Drift, State, Watch
from gate.late import alone
from gate.predictions.reading import Reading, of_each


def drift(folder: Path) -> dict[str, float]:
    """In a process of its own, as the command line's is."""
    alone()
    watch = Watch()
    reference, later = of_each([file(folder, window) for window in WINDOWS], Reading(watch.every))
    found = Drift("benchmark", watch, None, reference, later)
    if found.state is not State.DRIFTED or found.classes is None or found.confidence is None:
        raise ValueError(f"the drift that is there was not found: {found.signs}")
    return {
        "js": found.classes.js,
        "js2": found.classes.js2,
        "psi": found.classes.psi,
        "ks": found.confidence.gap,
        "wasserstein": found.confidence.carried,
    }
