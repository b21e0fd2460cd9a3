"""What ClearML's own detect-model-degradation action does, step by step, with the SDK's high-level calls.

Written from a description of its behaviour, defects included: it is the peer that `gate check` is timed against.
"""

from __future__ import annotations

import os
from typing import Any

from clearml import Task


def candidate_of(commit: str, project: str, name: str) -> Task:
    """The first completed task of the commit that ran without uncommitted changes."""
    found: Any = Task.query_tasks(
        project_name=project,
        task_name=name,
        additional_return_fields=["script.diff"],
        task_filter={
            "order_by": ["-last_update"],
            "status": ["completed"],
            "_all_": {"fields": ["script.version_num"], "pattern": commit},
        },
    )
    clean = next((task for task in found if not task["script.diff"]), None)
    if clean is None:
        raise SystemExit(f"no task of commit {commit} ran without uncommitted changes")
    return Task.get_task(task_id=clean["id"])


def peak(task: Task, title: str, series: str) -> float:
    scalars: Any = task.get_reported_scalars()
    return float(max(scalars[title][series]["y"]))


def main() -> None:
    project, name, tag = (os.environ[f"CLEARML_{field}"] for field in ("PROJECT", "TASK_NAME", "BEST_TAGNAME"))
    title, series = os.environ["CLEARML_SCALAR_TITLE"], os.environ["CLEARML_SCALAR_SERIES"]
    candidate = candidate_of(os.environ["COMMIT_ID"], project, name)
    best: Task | None = Task.get_task(project_name=project, task_name=name, tags=[tag])
    if best is not None:
        if peak(candidate, title, series) < peak(best, title, series):
            print("worse")
            return
        best.set_tags([])
    candidate.add_tags([tag])
    print(f"promoted {candidate.id}")


if __name__ == "__main__":
    main()
