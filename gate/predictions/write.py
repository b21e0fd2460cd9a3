"""One call for a training script: check its predictions, write them as Parquet, and keep them with the ClearML task."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from gate.predictions.embedded import write_parquet
from gate.predictions.examine import Examination, examine
from gate.predictions.given import ready
from gate.predictions.table import UnusablePredictions

FILE = "predictions.parquet"


class Task(Protocol):
    """Of a `clearml.Task`, what is needed here."""

    def upload_artifact(self, name: str, artifact_object: Any, *, wait_on_upload: bool) -> bool: ...


def log_predictions(
    task: Task,
    table: object = None,
    /,
    *,
    name: str = "predictions",
    y_true: object = None,
    y_pred: object = None,
    confidence: object = None,
    id: object = None,
    timestamp: object = None,
    weight: object = None,
    group: object = None,
    top_k: object = None,
    **slices: object,
) -> Examination:
    """Upload a model's predictions on its test set as an artifact of the task, one row per example.

    Give either a table (a pandas DataFrame, an Arrow table, a mapping of columns) with the columns named as the
    keywords here, or the columns one by one. Only ``y_pred`` must be there; give ``y_true`` for scores and ``id`` so
    that two models are compared row by row. ``confidence`` is of the prediction, in [0, 1]; ``timestamp`` has a time
    zone; ``top_k`` is a list of labels per row, best first; further columns can be sliced by.

    Categories and booleans become text. Answers what the predictions can be used for.

    Raises:
        UnusablePredictions: listing everything that is wrong; nothing was uploaded then.
    """
    columns = {"y_true": y_true, "y_pred": y_pred, "confidence": confidence, "id": id, "timestamp": timestamp}
    columns |= {"weight": weight, "group": group, "top_k": top_k, **slices}
    given = {column: values for column, values in columns.items() if values is not None}
    if (table is None) == (not given):
        raise TypeError("give either a table or columns by keyword, such as y_true=..., y_pred=...")
    with tempfile.TemporaryDirectory(prefix="promotion-gate-") as folder:
        path = Path(folder) / FILE
        found = _written(path, given if table is None else table)
        if not task.upload_artifact(name, str(path), wait_on_upload=True):
            raise OSError(f"ClearML did not take the artifact '{name}'; its own log says why")
    return found


def _written(path: Path, table: Mapping[str, object] | object) -> Examination:
    """Write the table to the path, and examine the very file."""
    plain, problems = ready(table)
    write_parquet(path, plain)
    found = examine([path])
    if problems or found.problems:
        raise UnusablePredictions(*(f"the predictions: {problem}" for problem in problems), *found.problems)
    return found
