"""The statuses of a task, which may follow which, and the endpoints that change them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from gate.sandbox.clearml.documents import Document, now
from gate.sandbox.clearml.errors import Refused, impossible_change
from gate.sandbox.clearml.tasks import DEFAULTS, existing, touched
from gate.sandbox.clearml.validation import TASK
from gate.sandbox.clearml.world import Body, Endpoint, World

FOLLOWERS = {
    "created": {"queued", "in_progress"},
    "queued": {"created", "in_progress", "stopped"},
    "in_progress": {"created", "stopped", "failed", "completed"},
    "stopped": {"created", "queued", "in_progress", "closed", "failed", "completed", "publishing", "published"},
    "closed": {"created", "stopped", "publishing", "published"},
    "failed": {"created", "queued", "stopped", "in_progress", "publishing", "published"},
    "publishing": {"published"},
    "published": set(),
    "completed": {"created", "in_progress", "publishing", "published"},
    "unknown": set(),
}
STATUSES = tuple(FOLLOWERS)
REPEATABLE = {"in_progress", "completed", "failed", "stopped"}
"""Statuses that may be set again: the SDK repeats itself when an answer is lost."""


def must_follow(task: Document, status: str, body: Body) -> None:
    found = task["status"]
    repeated = found == status and status in REPEATABLE
    if not (repeated or status in FOLLOWERS[found] or body.get("force")):
        raise impossible_change(found, status)


def move(world: World, task: Document, status: str, body: Body, **more: Any) -> Body:
    """Set the status if it may follow, and answer the changed fields."""
    must_follow(task, status, body)
    return settle(world, task, status_fields(status, body) | more)


def status_fields(status: str, body: Body) -> Body:
    time = now()
    return {
        "status": status,
        "status_reason": body.get("status_reason") or "",
        "status_message": body.get("status_message") or "",
        "status_changed": time,
    } | touched()


def settle(world: World, task: Document, fields: Body) -> Body:
    duration = {}
    if task["status"] == "in_progress" and "started" in task:
        elapsed = datetime.now(UTC) - datetime.fromisoformat(task["started"])
        duration = {"active_duration": int(elapsed.total_seconds())}
    world.documents.put("tasks", task | fields | duration)
    return {"updated": 1, "fields": fields}


def started(world: World, body: Body) -> Body:
    task = world.documents.get("tasks", body["task"])
    if task is None:
        raise Refused(400, 10, "Invalid object id: task=None")
    first = {} if "started" in task else {"started": now()}
    return move(world, task, "in_progress", body, **first) | {"started": 1}


def ended(status: str, world: World, body: Body) -> Body:
    return move(world, existing(world, body["task"]), status, body, completed=now())


def completed(world: World, body: Body) -> Body:
    answer = ended("completed", world, body)
    if not body.get("publish"):
        return answer | {"published": 0}
    return publish(world, body) | {"published": 1}


def publish(world: World, body: Body) -> Body:
    task = existing(world, body["task"])
    return move(world, task, "published", body, published=now(), output=task["output"])


def reset(world: World, body: Body) -> Body:
    """Back to a draft: what the run wrote goes, what it was given stays."""
    task = existing(world, body["task"])
    if task["status"] == "published" and not body.get("force"):
        raise Refused(400, 110, f"Invalid task status: task_id={task['id']}, status=published")
    models = [model for model in world.documents.all("models") if model.get("task") == task["id"]]
    if models and not body.get("force"):
        raise Refused(400, 123, f"Task cannot be deleted (has output models, use force=True): task={task['id']}")
    drafts = [model for model in models if not model["ready"]]
    for model in drafts:
        world.documents.delete("models", model["id"])
    world.events.forget(task["id"])
    fields = status_fields("created", {"status_reason": "reset", "status_message": "reset"})
    world.documents.put("tasks", emptied(task) | fields)
    counts: Body = {"deleted_models": len(drafts), "dequeued": {}, "events": {}, "urls": {}}
    return {"updated": 1, "fields": fields} | counts


def emptied(task: Document) -> Document:
    gone = {"started", "completed", "published", "active_duration", "enqueue_status"}
    inputs = [artifact for artifact in task["execution"]["artifacts"] if artifact["mode"] == "input"]
    execution = {name: value for name, value in task["execution"].items() if name != "queue"}
    return {name: value for name, value in task.items() if name not in gone} | {
        "last_metrics": {},
        "metric_stats": {},
        "unique_metrics": [],
        "last_iteration": 0,
        "output": {},
        "runtime": {},
        "execution": execution | {"artifacts": inputs},
        "models": DEFAULTS["models"] | {"input": task["models"]["input"]},
    }


def delete(world: World, body: Body) -> Body:
    """The task and what it reported; its files stay where they are."""
    task = existing(world, body["task"])
    if task["status"] == "published" and not body.get("force"):
        raise Refused(400, 110, f"Invalid task status: task_id={task['id']}, status=published")
    world.events.forget(task["id"])
    world.documents.delete("tasks", task["id"])
    return {"deleted": True, "updated_children": 0, "updated_models": 0, "events": {}, "urls": None}


ENDPOINTS = {
    "tasks.started": Endpoint(started, fields=TASK),
    "tasks.completed": Endpoint(completed, "2.2", TASK),
    "tasks.failed": Endpoint(partial(ended, "failed"), fields=TASK),
    "tasks.stopped": Endpoint(partial(ended, "stopped"), fields=TASK),
    "tasks.stop": Endpoint(partial(ended, "stopped"), fields=TASK),
    "tasks.publish": Endpoint(publish, fields=TASK),
    "tasks.reset": Endpoint(reset, fields=TASK),
    "tasks.delete": Endpoint(delete, fields=TASK),
}
