"""scipy on the values themselves: what the others are compared with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from benchmarks.drifting.tables import WINDOWS, file


def scipy(folder: Path) -> dict[str, float]:
    tables = [pq.read_table(file(folder, window), read_dictionary=["y_pred"]) for window in WINDOWS]
    counts = [{each["values"]: each["counts"] for each in t["y_pred"].value_counts().to_pylist()} for t in tables]
    names = sorted({*counts[0], *counts[1]})
    p, q = (np.array([found.get(name, 0) for name in names], float) for found in counts)
    x, y = (np.sort(table["confidence"].to_numpy()) for table in tables)
    both = np.concatenate([x, y])
    gaps = np.searchsorted(x, both, side="right") / len(x) - np.searchsorted(y, both, side="right") / len(y)
    smooth = [(each + 0.5) / (each + 0.5).sum() for each in (p, q)]
    return {
        "js": float(jensenshannon(p, q)),
        "js2": float(jensenshannon(p, q, base=2)),
        "psi": float(((smooth[0] - smooth[1]) * np.log(smooth[0] / smooth[1])).sum()),
        "ks": float(np.abs(gaps).max()),
        "wasserstein": float(wasserstein_distance(x, y)),
    }
