"""scikit-learn: on the strings as they are, and on numbers made of them first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sklearn.metrics import classification_report, precision_recall_fscore_support

from benchmarks.evaluation.folder import WIDE, files

Scores = tuple[Any, Any, Any]


def report_on_strings(folder: Path) -> Scores:
    return _on_strings(folder, _report)


def scores_on_strings(folder: Path) -> Scores:
    return _on_strings(folder, _scores)


def scores_on_numbers(folder: Path) -> Scores:
    table = pa.concat_tables(pq.read_table(path, read_dictionary=list(WIDE)) for path in files(folder, "wide"))
    table = table.unify_dictionaries()
    labels = sorted({label for column in table.columns for label in column.chunk(0).dictionary.to_pylist()})
    truth, *models = (_numbers(column, labels) for column in table.columns)
    return labels, *(_scores(truth, said, range(len(labels))) for said in models)


def _on_strings(folder: Path, score: Callable[..., Any]) -> Scores:
    table = pa.concat_tables(pq.read_table(path) for path in files(folder, "wide"))
    truth, *models = (column.to_numpy() for column in table.columns)
    labels = sorted({label for column in (truth, *models) for label in set(column)})
    return labels, *(score(truth, said, labels) for said in models)


def _scores(truth: Any, said: Any, labels: Any) -> Any:
    return np.stack(precision_recall_fscore_support(truth, said, labels=labels, zero_division=0)[:3])


def _report(truth: Any, said: Any, labels: Any) -> Any:
    report = classification_report(truth, said, labels=labels, output_dict=True, zero_division=0)
    return np.array([[report[label][name] for label in labels] for name in ("precision", "recall", "f1-score")])


def _numbers(column: pa.ChunkedArray, labels: list[str]) -> Any:
    places = pa.array(labels)
    renamed = pc.index_in(column.chunk(0).dictionary, value_set=places).to_numpy()
    return renamed[np.concatenate([chunk.indices.to_numpy() for chunk in column.chunks])]
