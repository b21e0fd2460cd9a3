"""What ClearML's task documents mean as runs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from gate.evidence import Artifact, Run, Scalar

FIELDS = [
    *("name", "project", "project.name", "status", "type", "tags", "system_tags", "parent", "user"),
    *("completed", "last_change", "last_update", "script.version_num", "script.repository", "script.branch"),
    *("script.diff", "execution.artifacts", "last_metrics", "hyperparams"),
]


def run_of(task: dict[str, Any]) -> Run:
    """A task document, projected to `FIELDS`, as a run; missing parts are empty."""
    script, parameters = task.get("script") or {}, _flat(task.get("hyperparams") or {})
    diff = (script.get("diff") or "").strip()
    return Run(
        id=task["id"],
        name=task.get("name") or "",
        project=_name(task.get("project")),
        status=task.get("status") or "",
        commit=script.get("version_num") or "",
        repository=script.get("repository") or "",
        diff=hashlib.sha256(diff.encode()).hexdigest() if diff else "",
        branch=script.get("branch") or "",
        tags=tuple(task.get("tags") or ()),
        archived="archived" in (task.get("system_tags") or ()),
        owner=_name(task.get("user")),
        parent=_id(task.get("parent")),
        completed=task.get("completed") or "",
        last_change=task.get("last_change") or task.get("last_update") or "",
        scalars=dict(_scalars(task.get("last_metrics") or {})),
        artifacts={artifact.name: artifact for artifact in _artifacts(task)},
        datasets={name.partition("/")[2]: value for name, value in parameters.items() if name.startswith("Datasets/")},
        parameters={name: value for name, value in parameters.items() if not name.startswith("Datasets/")},
    )


def _name(reference: object) -> str:
    return (
        str(reference.get("name") or reference.get("id") or "") if isinstance(reference, dict) else str(reference or "")
    )


def _id(reference: object) -> str:
    return str(reference.get("id") or "") if isinstance(reference, dict) else str(reference or "")


def _flat(sections: dict[str, Any]) -> dict[str, str]:
    return {
        f"{section}/{name}": str(entry.get("value") if entry.get("value") is not None else "")
        for section, entries in sections.items()
        for name, entry in entries.items()
        if section != "properties"
    }


def _scalars(last_metrics: dict[str, Any]) -> Iterator[tuple[str, Scalar]]:
    for variants in last_metrics.values():
        for found in variants.values():
            title, series, last = found["metric"], found["variant"], float(found["value"])
            low, high = float(found.get("min_value", last)), float(found.get("max_value", last))
            # An old server keeps no count: 2 means "more than one", so that the curve is read.
            yield f"{title}/{series}", Scalar(last, low, high, int(found.get("count") or 2), title, series)


def _artifacts(task: dict[str, Any]) -> Iterator[Artifact]:
    for found in (task.get("execution") or {}).get("artifacts") or ():
        if found.get("mode", "output") == "output":
            size = int(found.get("content_size") or 0)
            yield Artifact(str(found.get("key")), str(found.get("uri") or ""), size, str(found.get("hash") or ""))
