"""Evidently's presets on the candidate's predictions, with the best's for reference; in an environment of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from evidently import DataDefinition, Dataset, MulticlassClassification, Report
from evidently.presets import ClassificationPreset, ClassificationQualityByLabel

from benchmarks.evaluation.folder import files


def classification(folder: Path) -> None:
    _run(folder, ClassificationPreset())


def by_label(folder: Path) -> tuple[Any, Any, Any]:
    """Its answer holds the scores of the candidate alone."""
    metrics = _run(folder, ClassificationQualityByLabel())
    found = {metric["metric_name"].split("ByLabel")[0]: metric["value"] for metric in metrics}
    values = [found[name] for name in ("Precision", "Recall", "F1")]
    labels = sorted(values[0])
    candidate = np.array([[scores[label] for label in labels] for scores in values])
    return labels, np.full_like(candidate, np.nan), candidate


def _run(folder: Path, preset: Any) -> Any:
    wide = pd.concat([pd.read_parquet(path) for path in files(folder, "wide")])
    task = MulticlassClassification(target="y_true", prediction_labels="y_pred")
    definition = DataDefinition(classification=[task], categorical_columns=["y_true", "y_pred"])
    current, reference = (
        Dataset.from_pandas(wide[["y_true", model]].set_axis(["y_true", "y_pred"], axis=1), data_definition=definition)
        for model in ("candidate", "best")
    )
    return Report([preset]).run(current, reference).dict()["metrics"]
