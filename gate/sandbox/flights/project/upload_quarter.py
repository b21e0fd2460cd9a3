"""The labelled flights of a new quarter have arrived: upload them as the next version of the dataset.

Run it with the folder of the new files and the version's number: ``python upload_quarter.py FOLDER 1.2.0``. Only what
differs from the version before is uploaded; what is the same stays where it is.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import pandas as pd
from clearml import Dataset

PROJECT = "Flights"
NAME = "flights 2013"


def write_into(folder, new):
    """Put the new files beside the known ones. Here labels that turned out wrong would be corrected, too."""
    for file in sorted(new.glob("*.parquet")):
        shutil.copy(file, folder / file.name)
    return len(pd.read_parquet(folder))


def main():
    new, version = Path(sys.argv[1]), sys.argv[2]
    before = Dataset.get(dataset_project=PROJECT, dataset_name=NAME, only_completed=True)
    with tempfile.TemporaryDirectory() as writable:
        folder = Path(before.get_mutable_local_copy(writable))
        rows = write_into(folder, new)
        dataset = Dataset.create(
            dataset_name=NAME, dataset_project=PROJECT, dataset_version=version, parent_datasets=[before.id]
        )
        removed, added, changed = dataset.sync_folder(folder, verbose=False)
        print(f"{NAME} {version}: {added} files more, {changed} changed, {removed} removed; {rows} rows in all")
        dataset.upload(show_progress=False, verbose=False)
        dataset.get_logger().report_single_value("rows", rows)
        dataset.finalize()


if __name__ == "__main__":
    main()
