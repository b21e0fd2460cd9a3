"""Register the prepared flights: one dataset version per quarter to learn from, and one dataset to be tested on.

Run it with the folder of the prepared files: ``python register_data.py FOLDER``.
"""

import sys
from pathlib import Path

from clearml import Dataset

PROJECT = "Flights"
QUARTERS = ["1.0.0", "1.1.0", "1.2.0"]


def register(name, version, folder, parents):
    """Upload one version; its parents' files belong to it too."""
    dataset = Dataset.create(
        dataset_name=name, dataset_project=PROJECT, dataset_version=version, parent_datasets=parents
    )
    dataset.add_files(folder, verbose=False)
    dataset.upload(show_progress=False, verbose=False)
    dataset.finalize()
    return [dataset.id]


def main():
    prepared = Path(sys.argv[1])
    register("flights 2013 exam", "1.0.0", prepared / "exam", None)
    parents = None
    for version in QUARTERS:
        parents = register("flights 2013", version, prepared / version, parents)


if __name__ == "__main__":
    main()
