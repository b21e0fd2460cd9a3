"""Endpoints for the parameters and configurations of tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from gate.sandbox.clearml.documents import Document
from gate.sandbox.clearml.tags import every
from gate.sandbox.clearml.tasks import existing, must_be_draft, touched
from gate.sandbox.clearml.validation import TASK, TASKS, TEXT, Field
from gate.sandbox.clearml.world import Body, Endpoint, World

Sections = dict[str, dict[str, Any]]
PROPERTIES = "properties"  # the section a user may change whatever the status


def edit_hyper_params(world: World, body: Body) -> Body:
    """Set parameters. ``replace_hyperparams``: none keeps others, section replaces whole sections, all everything."""
    items = body["hyperparams"]
    task = editable(world, body, items)
    mode = body.get("replace_hyperparams") or "none"
    dropped = {"none": set(), "section": {item["section"] for item in items}, "all": set(task["hyperparams"])}[mode]
    kept = {name: section for name, section in task["hyperparams"].items() if name not in dropped}
    world.documents.put("tasks", task | {"hyperparams": with_items(kept, items)} | touched())
    return {"updated": 1}


def editable(world: World, body: Body, items: Iterable[Body]) -> Document:
    task = existing(world, body["task"])
    if any(item["section"] != PROPERTIES for item in items):
        must_be_draft(task, body)
    return task


def with_items(sections: Sections, items: Iterable[Body]) -> Sections:
    result = dict(sections)
    for item in items:
        result[item["section"]] = result.get(item["section"], {}) | {item["name"]: item}
    return result


def delete_hyper_params(world: World, body: Body) -> Body:
    """Drop parameters; an item without a name drops its section."""
    task = editable(world, body, body["hyperparams"])
    named = {(item["section"], item.get("name")) for item in body["hyperparams"]}
    sections = {
        section: {name: value for name, value in parameters.items() if (section, name) not in named}
        for section, parameters in task["hyperparams"].items()
        if (section, None) not in named
    }
    filled = {section: parameters for section, parameters in sections.items() if parameters}
    world.documents.put("tasks", task | {"hyperparams": filled} | touched())
    return {"deleted": 1}


def edit_configuration(world: World, body: Body) -> Body:
    task = existing(world, body["task"])
    must_be_draft(task, body)
    kept = {} if body.get("replace_configuration") else task["configuration"]
    given = {item["name"]: item for item in body["configuration"]}
    world.documents.put("tasks", task | {"configuration": kept | given} | touched())
    return {"updated": 1}


def delete_configuration(world: World, body: Body) -> Body:
    task = existing(world, body["task"])
    must_be_draft(task, body)
    kept = {name: item for name, item in task["configuration"].items() if name not in body["configuration"]}
    world.documents.put("tasks", task | {"configuration": kept} | touched())
    return {"deleted": 1}


def get_hyper_params(world: World, body: Body) -> Body:
    def flat(task: Document) -> list[Any]:
        return [item for section in task["hyperparams"].values() for item in section.values()]

    return {"params": per_task(world, body, "hyperparams", flat)}


def get_configurations(world: World, body: Body) -> Body:
    wanted = body.get("names")

    def flat(task: Document) -> list[Any]:
        return [item for name, item in task["configuration"].items() if not wanted or name in wanted]

    return {"configurations": per_task(world, body, "configuration", flat)}


def per_task(world: World, body: Body, name: str, items: Callable[[Document], list[Any]]) -> list[Body]:
    return [{"task": task["id"], name: items(task)} for task in every(world, "tasks", body["tasks"])]


SECTION = {"section": TEXT}
HYPERPARAMS = {**TASK, "hyperparams": Field(list, required=True, items=SECTION)}
CONFIGURATION = {**TASK, "configuration": Field(list, required=True, items={"name": TEXT})}
ENDPOINTS = {
    "tasks.edit_hyper_params": Endpoint(edit_hyper_params, fields=HYPERPARAMS),
    "tasks.delete_hyper_params": Endpoint(delete_hyper_params, fields=HYPERPARAMS),
    "tasks.get_hyper_params": Endpoint(get_hyper_params, fields=TASKS),
    "tasks.edit_configuration": Endpoint(edit_configuration, fields=CONFIGURATION),
    "tasks.delete_configuration": Endpoint(
        delete_configuration, fields={**TASK, "configuration": Field(list, required=True)}
    ),
    "tasks.get_configurations": Endpoint(get_configurations, fields=TASKS),
}
