"""Labelled flights of the next quarter arrive: the project's own upload script, run as an engineer or cron would."""

from __future__ import annotations

import shutil

from gate.sandbox.children import Children
from gate.sandbox.flights.data import VERSIONS, prepare
from gate.sandbox.flights.repository import Clone
from gate.sandbox.flights.training import Training
from gate.sandbox.flights.wire import clearml
from gate.sandbox.home import Home, SandboxError

DATASET = "flights 2013"


def upload(home: Home) -> str:
    """The next version that the dataset does not have yet; answers what was uploaded."""
    known = uploaded(home)
    version = next((version for version in VERSIONS if version not in known), None)
    if version is None:
        raise SandboxError("All flights of 2013 are uploaded. Remove the world to begin again: gate sandbox reset")
    folder = prepare(home.folder / "data") / version
    clone = Clone.of(home, f"upload-{version}")
    try:
        with Children() as children:
            Training(home, children).run(clone, "upload_quarter.py", str(folder), version)
    finally:
        shutil.rmtree(clone.folder, ignore_errors=True)
    return f"{DATASET} {version}: months {', '.join(map(str, VERSIONS[version]))} are uploaded"


def uploaded(home: Home) -> set[str]:
    """The versions of the dataset that were uploaded to their end."""
    query = {"name": f"^{DATASET}$", "system_tags": ["dataset"], "status": ["completed"], "search_hidden": True}
    tasks = clearml(home, "tasks.get_all_ex", **query, only_fields=["name", "runtime.version"])["tasks"]
    return {str((task.get("runtime") or {}).get("version")) for task in tasks}
