"""Evidently's page of the same evaluation, in an environment of its own: FILE BEST CANDIDATE HTML."""

from __future__ import annotations

import sys

import pandas as pd
from evidently import DataDefinition, Dataset, MulticlassClassification, Report
from evidently.presets import ClassificationPreset

COLUMNS = ["y_true", "y_pred"]


def main(best: str, candidate: str, page: str) -> None:
    kinds = [MulticlassClassification(target="y_true", prediction_labels="y_pred")]
    definition = DataDefinition(classification=kinds, categorical_columns=COLUMNS)
    tables = (pd.read_parquet(path, columns=COLUMNS) for path in (best, candidate))
    reference, current = (Dataset.from_pandas(table, data_definition=definition) for table in tables)
    Report([ClassificationPreset()]).run(current, reference).save_html(page)


if __name__ == "__main__":
    main(*sys.argv[1:])
