"""Register the flights that are known at first: versions to learn from, and one dataset to be tested on.

Run it with the folder of the prepared files: ``python register_data.py FOLDER``.
"""

import sys
from pathlib import Path

import pandas as pd
from clearml import Dataset

PROJECT = "Flights"
QUARTERS = ["1.0.0", "1.1.0"]


def register(name, version, folder, parents, rows):
    """Upload one version, which has so many rows; its parents' files belong to it too."""
    dataset = Dataset.create(
        dataset_name=name, dataset_project=PROJECT, dataset_version=version, parent_datasets=parents
    )
    dataset.add_files(folder, verbose=False)
    dataset.upload(show_progress=False, verbose=False)
    dataset.get_logger().report_single_value("rows", rows)
    dataset.finalize()
    return [dataset.id]


def main():
    prepared = Path(sys.argv[1])
    register("flights 2013 exam", "1.0.0", prepared / "exam", None, len(pd.read_parquet(prepared / "exam")))
    parents, rows = None, 0
    for version in QUARTERS:
        rows += len(pd.read_parquet(prepared / version))
        parents = register("flights 2013", version, prepared / version, parents, rows)


if __name__ == "__main__":
    main()
