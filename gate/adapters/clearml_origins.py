"""What ClearML's task and dataset documents say of where a run comes from."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gate.adapters.clearml_runs import FIELDS as OF_RUNS
from gate.adapters.clearml_runs import run_of
from gate.adapters.clearml_session import ClearmlSession
from gate.evidence import Curve
from gate.origin import Origin, Version

FIELDS = [
    *OF_RUNS,
    *("type", "created", "started", "script.requirements", "script.entry_point", "script.working_dir"),
    *("script.binary", "container", "execution.queue", "last_worker"),
    *("runtime.hostname", "runtime.python_version"),
]
OF_VERSIONS = ["name", "status", "created", "runtime", "configuration"]
STRUCTURE = "Dataset Struct"
LISTS = ("pip", "conda")


def origins_of(session: ClearmlSession, ids: Sequence[str]) -> list[Origin]:
    query = {"id": list(ids), "only_fields": FIELDS, "search_hidden": True}
    return [_origin(task) for task in session.call("tasks.get_all_ex", query)["tasks"]]


def _origin(task: dict[str, Any]) -> Origin:
    script, execution, runtime = (task.get(name) or {} for name in ("script", "execution", "runtime"))
    container = task.get("container") or {}
    return Origin(
        run=run_of(task),
        diff=script.get("diff") or "",
        packages=_packages(script.get("requirements")),
        python=str(runtime.get("python_version") or script.get("binary") or ""),
        entry_point=script.get("entry_point") or "",
        working_dir=script.get("working_dir") or "",
        container=" ".join(str(container[part]) for part in ("image", "arguments") if container.get(part)),
        queue=_name(execution.get("queue")),
        worker=str(task.get("last_worker") or runtime.get("hostname") or ""),
        kind=task.get("type") or "",
        created=task.get("created") or "",
        started=task.get("started") or "",
    )


def _packages(requirements: Any) -> str:
    """The SDK keeps a text for each way of installing; older ones kept lists of lines."""
    if not isinstance(requirements, dict):
        return ""
    found = (requirements.get(name) or "" for name in LISTS)
    texts = ("\n".join(map(str, each)) if isinstance(each, list) else str(each) for each in found)
    return "\n".join(filter(None, texts))


def _name(reference: Any) -> str:
    return str(reference.get("name") or reference.get("id") or "") if isinstance(reference, dict) else ""


def versions_of(session: ClearmlSession, ids: Sequence[str]) -> list[Version]:
    """One request: every version carries the structure of all its ancestors, with their names and sizes."""
    if not ids:
        return []
    query = {"id": list(ids), "only_fields": OF_VERSIONS, "search_hidden": True}
    tasks = session.call("tasks.get_all_ex", query)["tasks"]
    found = {version.id: version for task in tasks for version in _ancestors(task)}
    return list((found | {task["id"]: _version(task, found) for task in tasks}).values())


def _version(task: dict[str, Any], known: Mapping[str, Version]) -> Version:
    runtime, drawn = task.get("runtime") or {}, known.get(task["id"])
    counts = [runtime[name] for name in ("ds_file_count", "ds_link_count") if name in runtime]
    return Version(
        id=task["id"],
        name=task.get("name") or "",
        version=str(runtime.get("version") or ""),
        parents=drawn.parents if drawn else (),
        size=_whole(runtime.get("ds_total_size")),
        files=sum(filter(None, map(_whole, counts))) if counts else None,
        created=task.get("created") or "",
        status=task.get("status") or "",
    )


def _ancestors(task: dict[str, Any]) -> Iterator[Version]:
    for node in (nodes := _structure(task)).values():
        named = [nodes[place].get("job_id") for place in node.get("parents") or () if place in nodes]
        parents = tuple(str(each) for each in named if each)
        ident, name = str(node.get("job_id") or ""), str(node.get("name") or "")
        yield Version(ident, name, str(node.get("version") or ""), parents, _whole(node.get("job_size")))


def _structure(task: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Anybody can edit a configuration: what is no structure is none."""
    kept = (task.get("configuration") or {}).get(STRUCTURE) or {}
    try:
        found = json.loads(kept.get("value") or "{}")
    except ValueError:
        return {}
    nodes = found.items() if isinstance(found, dict) else ()
    return {place: node for place, node in nodes if isinstance(node, dict) and isinstance(node.get("parents"), list)}


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) and math.isfinite(value) else None


def curves_of(session: ClearmlSession, run: str, points: int) -> dict[str, Curve]:
    data = session.call("events.scalar_metrics_iter_histogram", {"task": run, "samples": points, "key": "iter"})
    return {
        f"{title}/{series}": Curve(tuple(map(float, found["y"])), tuple(map(int, found["x"])))
        for title, variants in data.items()
        for series, found in variants.items()
    }
