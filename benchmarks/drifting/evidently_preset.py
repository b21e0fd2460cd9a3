"""Evidently's data drift preset on the two columns, with its own choice of measures; in an environment of its own."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset

from benchmarks.drifting.tables import COLUMNS, WINDOWS, file


def drift(folder: Path) -> dict[str, float]:
    """Above 1,000 rows it takes Jensen-Shannon (base e) of classes, and Wasserstein over the reference's deviation."""
    definition = DataDefinition(categorical_columns=["y_pred"], numerical_columns=["confidence"])
    tables = [pd.read_parquet(file(folder, window), columns=list(COLUMNS)) for window in WINDOWS]
    reference, current = (Dataset.from_pandas(table, data_definition=definition) for table in tables)
    deviation = float(tables[0]["confidence"].std(ddof=0))
    found = Report([DataDriftPreset()]).run(current, reference).dict()["metrics"]
    said = {metric["metric_name"]: metric["value"] for metric in found}
    values = {column: next(v for name, v in said.items() if f"column={column}" in name) for column in COLUMNS}
    return {"js": float(values["y_pred"]), "wasserstein": float(values["confidence"]) * deviation}
