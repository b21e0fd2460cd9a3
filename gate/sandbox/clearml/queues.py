"""Queues, and the endpoints that put tasks on them."""

from __future__ import annotations

from gate.sandbox.clearml.documents import Document, Documents, new_id, now
from gate.sandbox.clearml.errors import Refused
from gate.sandbox.clearml.identity import COMPANY
from gate.sandbox.clearml.lifecycle import must_follow, status_fields
from gate.sandbox.clearml.queries import listing
from gate.sandbox.clearml.tags import clean_tags
from gate.sandbox.clearml.tasks import existing as existing_task
from gate.sandbox.clearml.validation import TASK, TEXT
from gate.sandbox.clearml.world import Body, Endpoint, World

DEFAULT = "default"


def create(world: World, body: Body) -> Body:
    if by_name(world.documents, body["name"]):
        raise Refused(400, 801, f"Value combination already exists: name={body['name']}")
    return {"id": make(world.documents, body)["id"]}


def make(documents: Documents, given: Body) -> Document:
    time = now()
    fields = clean_tags({"tags": given.get("tags") or [], "system_tags": given.get("system_tags") or []})
    queue = {
        "id": new_id(),
        "name": given["name"],
        "company": COMPANY["id"],
        "created": time,
        "last_update": time,
        "entries": [],
        "metadata": {},
        **fields,
    }
    documents.put("queues", queue)
    return queue


def by_name(documents: Documents, name: str) -> Document | None:
    return next((queue for queue in documents.all("queues") if queue["name"] == name), None)


def existing(world: World, id: str) -> Document:
    queue = world.documents.get("queues", id)
    if queue is None:
        raise Refused(400, 701, f"Invalid queue id: id={id}")
    return queue


def chosen(world: World, body: Body) -> Document:
    """The queue of that id or name; the default one if neither is given."""
    if body.get("queue"):
        return existing(world, body["queue"])
    name = body.get("queue_name") or DEFAULT
    return by_name(world.documents, name) or make(world.documents, {"name": name})


def enqueue(world: World, body: Body) -> Body:
    queue = chosen(world, body)
    task = existing_task(world, body["task"])
    if task["status"] == "queued":
        raise Refused(400, 706, f"Failed adding task to queue since task is already queued: task={task['id']}")
    must_follow(task, "queued", body)
    fields = status_fields("queued", body) | {"enqueue_status": task["status"]}
    execution = task["execution"] | {"queue": queue["id"]}
    world.documents.put("tasks", task | fields | {"execution": execution})
    set_entries(world, queue, [*queue["entries"], {"task": task["id"], "added": now()}])
    return {"queued": 1, "updated": 1, "fields": fields | {"execution.queue": queue["id"]}}


def dequeue(world: World, body: Body) -> Body:
    """Take a task off its queue, back to the status it was queued from; one that waits nowhere is left alone."""
    task = existing_task(world, body["task"])
    if task["status"] != "queued":
        return {"dequeued": 1, "updated": 0, "fields": {}}
    queue = existing(world, task["execution"]["queue"])
    set_entries(world, queue, [entry for entry in queue["entries"] if entry["task"] != task["id"]])
    fields = status_fields(task["enqueue_status"], body) | {"enqueue_status": None}
    execution = {name: value for name, value in task["execution"].items() if name != "queue"}
    world.documents.put("tasks", task | fields | {"execution": execution})
    return {"dequeued": 1, "updated": 1, "fields": fields}


def set_entries(world: World, queue: Document, entries: list[Body]) -> None:
    world.documents.put("queues", queue | {"entries": entries, "last_update": now()})


def add_task(world: World, body: Body) -> Body:
    queue = existing(world, body["queue"])
    existing_task(world, body["task"])
    if any(entry["task"] == body["task"] for entry in queue["entries"]):
        raise Refused(400, 704, f"Queue already contains task: task={body['task']}")
    set_entries(world, queue, [*queue["entries"], {"task": body["task"], "added": now()}])
    return {"added": 1}


def get_next_task(world: World, body: Body) -> Body:
    queue = existing(world, body["queue"])
    if not queue["entries"]:
        return {}
    first, *rest = queue["entries"]
    set_entries(world, queue, rest)
    return {"entry": first}


def get_by_id(world: World, body: Body) -> Body:
    return {"queue": existing(world, body["queue"])}


def get_all(world: World, body: Body) -> Body:
    return listing(world, "queues", body, extended=False)


def get_default(world: World, body: Body) -> Body:
    queue = chosen(world, {})
    return {"id": queue["id"], "name": queue["name"]}


def get_num_entries(world: World, body: Body) -> Body:
    return {"num": len(existing(world, body["queue"])["entries"])}


QUEUE = {"queue": TEXT}
ENDPOINTS = {
    "queues.create": Endpoint(create, "2.4", {"name": TEXT}),
    "queues.get_by_id": Endpoint(get_by_id, "2.4", QUEUE),
    "queues.get_all": Endpoint(get_all, "2.4"),
    "queues.get_default": Endpoint(get_default),
    "queues.get_next_task": Endpoint(get_next_task, fields=QUEUE),
    "queues.get_num_entries": Endpoint(get_num_entries, "2.20", QUEUE),
    "queues.add_task": Endpoint(add_task, "2.4", {**QUEUE, **TASK}),
    "tasks.enqueue": Endpoint(enqueue, fields=TASK),
    "tasks.dequeue": Endpoint(dequeue, fields=TASK),
}
