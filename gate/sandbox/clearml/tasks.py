"""Endpoints of the service ``tasks`` that create, read and edit tasks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gate.sandbox.clearml.documents import Document, new_id, now
from gate.sandbox.clearml.errors import Refused, bad_reference, unknown_tasks, wrong_status
from gate.sandbox.clearml.identity import COMPANY, USER
from gate.sandbox.clearml.queries import listing
from gate.sandbox.clearml.tags import clean_tags, every
from gate.sandbox.clearml.validation import TASK, TASKS, TEXT, Field
from gate.sandbox.clearml.world import Body, Endpoint, World

LEAST_NAME = 3
TYPES = (
    *("training", "testing", "inference", "data_processing", "application", "monitor", "controller", "optimizer"),
    *("service", "qc", "custom", "report"),
)
LABELS = ("name", "tags", "system_tags", "comment", "report", "project", "parent")
"""Fields whose edit does not count as an update of the run."""
EDITABLE = (
    *LABELS,
    *("type", "script", "execution", "output", "hyperparams", "configuration", "runtime", "container", "models"),
)
UPDATABLE = ("name", "tags", "system_tags", "comment", "report", "created", "output_dest")
DEFAULTS: dict[str, dict[str, Any]] = {
    "script": {"binary": "python", "repository": "", "entry_point": "", "requirements": {}},
    "execution": {"artifacts": [], "model_desc": {}, "model_labels": {}, "parameters": {}, "test_split": 0},
    "models": {"input": [], "output": []},
}


def new_task(given: Body) -> Document:
    """A full task document: what is given, and the defaults of a fresh one."""
    time = now()
    task = {
        "id": new_id(),
        "name": "",
        "type": "training",
        "status": "created",
        "company": COMPANY["id"],
        "user": USER["id"],
        "created": time,
        "last_update": time,
        "last_change": time,
        "last_changed_by": USER["id"],
        "last_iteration": 0,
        **{name: [] for name in ("tags", "system_tags", "report_assets", "unique_metrics")},
        **{name: {} for name in ("last_metrics", "metric_stats", "output", "container")},
        **{name: {} for name in ("hyperparams", "configuration", "runtime")},
        **DEFAULTS,
    }
    return task | completed_parts(given)


def completed_parts(given: Body) -> Body:
    parts = {name: DEFAULTS[name] | value if name in DEFAULTS else value for name, value in given.items()}
    return clean_tags(parts)


def existing(world: World, id: str) -> Document:
    task = world.documents.get("tasks", id)
    if task is None:
        raise unknown_tasks(id)
    return task


def create(world: World, body: Body) -> Body:
    if len(body["name"]) < LEAST_NAME:
        raise Refused(400, 800, "Data validation error: name=String value is too short")
    task = new_task(edited_fields(world, body))
    world.documents.put("tasks", task)
    return {"id": task["id"]}


def edited_fields(world: World, body: Body, allowed: Iterable[str] = EDITABLE) -> Body:
    """The fields a body sets, checked; null changes nothing. ``output_dest`` is the destination of the output."""
    given = {name: body[name] for name in allowed if body.get(name) is not None}
    project = given.get("project")
    if project is not None and world.documents.get("projects", project) is None:
        raise bad_reference("project", project)
    if body.get("output_dest"):
        given["output"] = given.pop("output", {}) | {"destination": body["output_dest"]}
    given.pop("output_dest", None)
    return given


def edit(world: World, body: Body) -> Body:
    task = existing(world, body["task"])
    must_be_draft(task, body)
    return save(world, task, edited_fields(world, body))


def update(world: World, body: Body) -> Body:
    """As edit, whatever the status, but only of what describes the task."""
    task = existing(world, body["task"])
    return save(world, task, edited_fields(world, body, UPDATABLE))


def must_be_draft(task: Document, body: Body) -> None:
    if task["status"] != "created" and not body.get("force"):
        raise wrong_status(task["status"], "created")


def save(world: World, task: Document, given: Body) -> Body:
    """Put the changed task, and answer as every edit does."""
    if not given:
        return {"updated": 0, "fields": {}}
    fields = completed_parts(given) | touched(run=not given.keys() <= {*LABELS})
    if "output" in given:
        fields["output"] = task["output"] | given["output"]
    world.documents.put("tasks", task | fields)
    return {"updated": 1, "fields": fields}


def touched(*, run: bool = True) -> Body:
    """The fields that say who changed a task and when; ``run``: the change is one of the run, not of a label."""
    time = now()
    return {"last_change": time, "last_changed_by": USER["id"]} | ({"last_update": time} if run else {})


def set_requirements(world: World, body: Body) -> Body:
    task = existing(world, body["task"])
    script = task["script"] | {"requirements": body["requirements"]}
    world.documents.put("tasks", task | {"script": script} | touched())
    return {"updated": 1, "fields": {}}


def get_by_id(world: World, body: Body) -> Body:
    return {"task": existing(world, body["task"])}


def get_by_id_ex(world: World, body: Body) -> Body:
    every(world, "tasks", body["id"])
    return listing(world, "tasks", {"id": body["id"], "only_fields": body.get("only_fields")}, extended=True)


def get_all(world: World, body: Body) -> Body:
    return listing(world, "tasks", body, extended=False)


def get_all_ex(world: World, body: Body) -> Body:
    return listing(world, "tasks", body, extended=True)


def ping(world: World, body: Body) -> Body:
    """A sign of life; of an unknown task too."""
    task = world.documents.get("tasks", body["task"])
    if task is not None:
        world.documents.put("tasks", task | {"last_update": now()})
    return {}


def clone(world: World, body: Body) -> Body:
    """A draft of the same code and parameters. Tags come along unless others are given; metrics and outputs do not."""
    source = world.documents.get("tasks", body["task"])
    if source is None:
        raise unknown_tasks(body["task"])
    kept = ("type", "project", "tags", "script", "hyperparams", "configuration", "container", "comment")
    given = {name: source[name] for name in kept if name in source}
    given["name"] = body.get("new_task_name") or source["name"]
    given["parent"] = body.get("new_task_parent") or source["id"]
    given["execution"] = cloned_execution(source, body.get("execution_overrides") or {})
    given["models"] = {"input": source["models"]["input"], "output": []}
    renamed = {"new_task_comment": "comment", "new_task_tags": "tags", "new_task_project": "project"}
    given |= {name: body[argument] for argument, name in renamed.items() if body.get(argument)}
    given |= {name: body[name] for name in ("hyperparams", "configuration") if body.get(name)}
    task = new_task(edited_fields(world, given))
    world.documents.put("tasks", task)
    return {"id": task["id"]}


def cloned_execution(source: Document, overrides: Body) -> Body:
    execution = {name: value for name, value in source["execution"].items() if name != "queue"}
    inputs = [artifact for artifact in execution["artifacts"] if artifact["mode"] == "input"]
    return execution | {"artifacts": inputs} | overrides


NAME = Field(str, required=True)
ENDPOINTS = {
    "tasks.create": Endpoint(create, fields={"name": NAME, "type": Field(str, required=True, choices=TYPES)}),
    "tasks.edit": Endpoint(edit, fields=TASK),
    "tasks.update": Endpoint(update, fields=TASK),
    "tasks.set_requirements": Endpoint(set_requirements, fields={**TASK, "requirements": Field(dict, required=True)}),
    "tasks.get_by_id": Endpoint(get_by_id, fields=TASK),
    "tasks.get_by_id_ex": Endpoint(get_by_id_ex, fields={"id": TASKS["tasks"]}),
    "tasks.get_all": Endpoint(get_all),
    "tasks.get_all_ex": Endpoint(get_all_ex),
    "tasks.ping": Endpoint(ping, fields={"task": TEXT}),
    "tasks.clone": Endpoint(clone, fields=TASK),
}
