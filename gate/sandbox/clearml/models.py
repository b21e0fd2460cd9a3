"""Endpoints of the service ``models``."""

from __future__ import annotations

from gate.sandbox.clearml.documents import Document, new_id, now
from gate.sandbox.clearml.errors import Refused
from gate.sandbox.clearml.identity import COMPANY, USER
from gate.sandbox.clearml.queries import listing
from gate.sandbox.clearml.tags import clean_tags
from gate.sandbox.clearml.tasks import touched
from gate.sandbox.clearml.validation import TEXT, Field
from gate.sandbox.clearml.world import Body, Endpoint, World

EDITABLE = (
    *("name", "comment", "tags", "system_tags", "framework", "uri", "design", "labels", "ready"),
    *("project", "parent", "task", "metadata"),
)


def create(world: World, body: Body) -> Body:
    model = {
        "id": new_id(),
        "company": COMPANY["id"],
        "user": USER["id"],
        "created": now(),
        "tags": [],
        "system_tags": [],
        "labels": {},
        "design": {},
        "metadata": {},
        "last_metrics": {},
        "last_iteration": 0,
        "ready": True,
        **touched(),
        **edited_fields(body),
    }
    world.documents.put("models", model)
    return {"id": model["id"], "created": True}


def edited_fields(body: Body) -> Body:
    return clean_tags({name: body[name] for name in EDITABLE if body.get(name) is not None})


def existing(world: World, body: Body) -> Document:
    model = world.documents.get("models", body["model"])
    if model is None:
        raise Refused(400, 201, f"Invalid model id (no such public or company model): id={body['model']}")
    return model


def edit(world: World, body: Body) -> Body:
    model = existing(world, body)
    fields = edited_fields(body) | touched()
    world.documents.put("models", model | fields)
    return {"updated": 1, "fields": fields}


def set_ready(world: World, body: Body) -> Body:
    model = existing(world, body)
    if model["ready"]:
        raise Refused(400, 203, f"Model is ready: model={model['id']}")
    world.documents.put("models", model | {"ready": True} | touched())
    return {"updated": 1}


def update_for_task(world: World, body: Body) -> Body:
    """Give the task's last output model another file, or make one."""
    task = world.documents.get("tasks", body["task"])
    if task is None:
        raise Refused(400, 101, f"Invalid task id: id={body['task']}")
    outputs = task["models"]["output"]
    if outputs:
        return edit(world, body | {"model": outputs[-1]["model"]}) | {"id": outputs[-1]["model"], "created": False}
    made = create(world, {"name": task["name"], "project": task.get("project"), "ready": False} | body)
    bound = {"name": "Output Model", "model": made["id"], "updated": now()}
    models = task["models"] | {"output": [bound]}
    world.documents.put("tasks", task | {"models": models} | touched())
    return made


def add_or_update_metadata(world: World, body: Body) -> Body:
    model = existing(world, body)
    kept = {} if body.get("replace_metadata") else model["metadata"]
    metadata = kept | {item["key"]: item for item in body["metadata"]}
    world.documents.put("models", model | {"metadata": metadata} | touched())
    return {"updated": 1}


def get_by_id(world: World, body: Body) -> Body:
    return {"model": existing(world, body)}


def get_all(world: World, body: Body) -> Body:
    return listing(world, "models", body, extended=False)


def get_all_ex(world: World, body: Body) -> Body:
    return listing(world, "models", body, extended=True)


MODEL = {"model": TEXT}
ENDPOINTS = {
    "models.create": Endpoint(create, fields={"name": TEXT, "uri": TEXT}),
    "models.edit": Endpoint(edit, fields=MODEL),
    "models.update": Endpoint(edit, fields=MODEL),
    "models.update_for_task": Endpoint(update_for_task, fields={"task": TEXT}),
    "models.set_ready": Endpoint(set_ready, fields=MODEL),
    "models.add_or_update_metadata": Endpoint(
        add_or_update_metadata, "2.13", {**MODEL, "metadata": Field(list, required=True, items={"key": TEXT})}
    ),
    "models.get_by_id": Endpoint(get_by_id, fields=MODEL),
    "models.get_all": Endpoint(get_all),
    "models.get_all_ex": Endpoint(get_all_ex),
}
