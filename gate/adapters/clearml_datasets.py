"""ClearML's datasets: tasks of a hidden project each, one for every version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from gate.adapters.clearml_runs import run_of
from gate.adapters.clearml_session import ClearmlSession
from gate.evidence import FINISHED, Dataset
from gate.origin import Version

FIELDS = ["name", "project", "project.name", "runtime.version", "status", "created", "completed"]
VERSION_FIELDS = ["name", "runtime.version", "runtime.ds_total_size", "status", "created", "parent", "last_metrics"]
ROWS = "Summary/rows"  # a single value, as `report_single_value("rows", ...)` leaves it
HIDDEN = "/.datasets/"
MOST = 500  # versions of all these datasets together; the server answers no more at once


def datasets_of(session: ClearmlSession, ids: Sequence[str]) -> list[Dataset]:
    """Two requests, whatever the number of datasets; those that do not exist are left out."""
    query = {"id": list(ids), "only_fields": FIELDS, "search_hidden": True}
    tasks = session.call("tasks.get_all_ex", query)["tasks"]
    projects = sorted({_project(task)[0] for task in tasks})
    everything = {"project": projects, "system_tags": ["dataset"], "status": list(FINISHED), "order_by": ["-created"]}
    page = {"only_fields": FIELDS, "search_hidden": True, "page": 0, "page_size": MOST}
    versions = session.call("tasks.get_all_ex", {**everything, **page})["tasks"] if projects else []
    return [_dataset(task, versions) for task in tasks]


def _dataset(task: dict[str, Any], versions: Iterable[dict[str, Any]]) -> Dataset:
    ident, path = _project(task)
    project, _, name = path.rpartition(HIDDEN)
    same = [each for each in versions if _project(each)[0] == ident]
    newest = max(same, key=lambda each: (_rank(_version(each)), each.get("created") or ""), default=None)
    return Dataset(task["id"], project, name or path, _version(task), newest["id"] if newest else "")


def version_of(task: dict[str, Any]) -> Version:
    """One version, from its task as projected to `VERSION_FIELDS`."""
    run = run_of(task)
    rows, runtime = run.scalars.get(ROWS), task.get("runtime") or {}
    return Version(
        id=run.id,
        name=run.name,
        version=_version(task),
        parents=(run.parent,) if run.parent else (),
        size=int(runtime["ds_total_size"]) if "ds_total_size" in runtime else None,
        created=str(task.get("created") or ""),
        status=run.status,
        rows=int(rows.last) if rows else None,
    )


def _project(task: dict[str, Any]) -> tuple[str, str]:
    found = task.get("project") or {}
    return str(found.get("id") or ""), str(found.get("name") or "")


def _version(task: dict[str, Any]) -> str:
    return str((task.get("runtime") or {}).get("version") or "")


def _rank(version: str) -> tuple[int, ...]:
    """ClearML's versions are like 1.0.10; where one is not, the date of creation decides."""
    return tuple(int(part) for part in re.findall(r"[0-9]+", version))
