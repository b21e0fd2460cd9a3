"""Endpoints for the artifacts and models that a task refers to."""

from __future__ import annotations

from gate.sandbox.clearml.documents import Document, now
from gate.sandbox.clearml.errors import Refused, wrong_status
from gate.sandbox.clearml.tasks import existing, touched
from gate.sandbox.clearml.validation import TASK, TEXT, Field
from gate.sandbox.clearml.world import Body, Endpoint, World

WRITABLE = ("created", "in_progress")
DEFAULTS = {"mode": "output", "display_data": []}


def add_or_update_artifacts(world: World, body: Body) -> Body:
    """One artifact per key and mode, sorted by key; not even force adds one to a task that has ended."""
    task = writable(world, body)
    artifacts = {(item["key"], item["mode"]): item for item in task["execution"]["artifacts"]}
    for item in body["artifacts"]:
        complete = DEFAULTS | {name: value for name, value in item.items() if value is not None}
        artifacts[complete["key"], complete["mode"]] = complete
    keep(world, task, [artifacts[key] for key in sorted(artifacts)])
    return {"updated": 1}


def delete_artifacts(world: World, body: Body) -> Body:
    task = writable(world, body)
    gone = {(item["key"], item.get("mode") or "output") for item in body["artifacts"]}
    keep(world, task, [i for i in task["execution"]["artifacts"] if (i["key"], i["mode"]) not in gone])
    return {"deleted": 1}


def writable(world: World, body: Body) -> Document:
    task = existing(world, body["task"])
    if task["status"] not in WRITABLE:
        raise wrong_status(task["status"], "created")
    return task


def keep(world: World, task: Document, artifacts: list[Body]) -> None:
    execution = task["execution"] | {"artifacts": artifacts}
    world.documents.put("tasks", task | {"execution": execution} | touched())


def add_or_update_model(world: World, body: Body) -> Body:
    """Bind a model to a task as one of its inputs or outputs; one model per name."""
    task = existing(world, body["task"])
    if world.documents.get("models", body["model"]) is None:
        raise Refused(400, 201, f"Invalid model id: id={body['model']}")
    kind = body["type"]
    bound = {"name": body["name"], "model": body["model"], "updated": now()}
    others = [item for item in task["models"][kind] if item["name"] != body["name"]]
    models = task["models"] | {kind: [*others, bound]}
    iteration = max(task["last_iteration"], body.get("iteration") or 0)
    world.documents.put("tasks", task | {"models": models, "last_iteration": iteration} | touched())
    return {"updated": 1}


ARTIFACTS = {**TASK, "artifacts": Field(list, required=True, items={"key": TEXT})}
MODEL = {**TASK, "name": TEXT, "model": TEXT, "type": Field(str, required=True, choices=("input", "output"))}
ENDPOINTS = {
    "tasks.add_or_update_artifacts": Endpoint(add_or_update_artifacts, "2.10", ARTIFACTS),
    "tasks.delete_artifacts": Endpoint(delete_artifacts, "2.10", ARTIFACTS),
    "tasks.add_or_update_model": Endpoint(add_or_update_model, "2.13", MODEL),
}
