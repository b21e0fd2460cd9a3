"""NannyML's univariate drift of the two columns, the later table as one chunk; in an environment of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"  # a benchmark asks nobody on the network
import nannyml

from benchmarks.drifting.tables import COLUMNS, WINDOWS, file


def drift(folder: Path) -> dict[str, float]:
    reference, current = (pd.read_parquet(file(folder, window), columns=list(COLUMNS)) for window in WINDOWS)
    calculator = nannyml.UnivariateDriftCalculator(
        column_names=list(COLUMNS),
        treat_as_categorical=["y_pred"],
        categorical_methods=["jensen_shannon"],
        continuous_methods=["kolmogorov_smirnov", "wasserstein"],
        chunk_number=1,
    )
    calculator.fit(reference)
    found = calculator.calculate(current).filter(period="analysis").to_df()
    values = {
        (column, method): float(found[(column, method, "value")].iloc[-1])
        for column, method in (
            ("y_pred", "jensen_shannon"),
            ("confidence", "kolmogorov_smirnov"),
            ("confidence", "wasserstein"),
        )
    }
    return {
        "js2": values["y_pred", "jensen_shannon"],
        "ks": values["confidence", "kolmogorov_smirnov"],
        "wasserstein": values["confidence", "wasserstein"],
    }
