"""Endpoints of the service ``projects``."""

from __future__ import annotations

from collections import Counter
from typing import Any

from gate.sandbox.clearml.documents import Document, Documents, new_id, now
from gate.sandbox.clearml.errors import Refused, invalid
from gate.sandbox.clearml.identity import COMPANY, USER
from gate.sandbox.clearml.lifecycle import STATUSES
from gate.sandbox.clearml.queries import listing
from gate.sandbox.clearml.tags import clean_tags
from gate.sandbox.clearml.validation import TEXT, Field
from gate.sandbox.clearml.world import Body, Endpoint, World

EDITABLE = ("name", "description", "tags", "system_tags", "default_output_destination")
LEAST_NAME = 3
UNRANKED = 9999  # the place of a project nobody features


def create(world: World, body: Body) -> Body:
    name = body.get("name")
    if not name:
        raise Refused(400, 11, "Missing required fields: missing=(name)")
    if len(name.strip("/ ")) < LEAST_NAME:
        raise invalid("Project name cannot be blank")
    if by_name(world.documents, name):
        raise Refused(400, 801, f"Project with the same name already exists: name={name}")
    given = {field: body[field] for field in EDITABLE if body.get(field) is not None}
    return {"id": make(world.documents, name, given)["id"]}


def by_name(documents: Documents, name: str) -> Document | None:
    return next((project for project in documents.all("projects") if project["name"] == name), None)


def make(documents: Documents, name: str, given: Body) -> Document:
    """A new project; the ones above it (``above/name``) are made with it if they do not exist."""
    above, _, basename = name.rpartition("/")
    parent = (by_name(documents, above) or make(documents, above, {})) if above else None
    time = now()
    project = {
        "id": new_id(),
        "name": name,
        "basename": basename,
        "description": "",
        "company": COMPANY["id"],
        "user": USER["id"],
        "created": time,
        "last_update": time,
        "tags": [],
        "system_tags": [],
        "featured": UNRANKED,
        "path": [*parent["path"], parent["id"]] if parent else [],
        **({"parent": parent["id"]} if parent else {}),
        **clean_tags(given),
    }
    documents.put("projects", project)
    return project


def existing(world: World, body: Body) -> Document:
    project = world.documents.get("projects", body["project"])
    if project is None:
        raise Refused(400, 401, f"Invalid project id: id={body['project']}")
    return project


def get_by_id(world: World, body: Body) -> Body:
    return {"project": existing(world, body)}


def update(world: World, body: Body) -> Body:
    project = existing(world, body)
    fields = clean_tags({field: body[field] for field in EDITABLE if body.get(field) is not None})
    world.documents.put("projects", project | fields | {"last_update": now()})
    return {"updated": 1, "fields": fields}


def get_all(world: World, body: Body) -> Body:
    return shallow(listing(world, "projects", body, extended=False), world, body)


def get_all_ex(world: World, body: Body) -> Body:
    answer = shallow(listing(world, "projects", body, extended=True), world, body)
    if body.get("include_stats"):
        for project in answer["projects"]:
            project |= {"stats": {"active": statistics(world.documents, project["id"])}, "sub_projects": []}
    return answer


def shallow(answer: Body, world: World, body: Body) -> Body:
    """With ``shallow_search`` only projects that lie at the top."""
    if not body.get("shallow_search"):
        return answer
    top = {project["id"] for project in world.documents.all("projects") if "parent" not in project}
    return answer | {"projects": [project for project in answer["projects"] if project["id"] in top]}


def statistics(documents: Documents, project: str) -> dict[str, Any]:
    statuses = Counter(task["status"] for task in documents.in_projects("tasks", [project]))
    return {
        "status_count": {status: statuses[status] for status in STATUSES},
        "total_tasks": statuses.total(),
        "total_runtime": 0,
        "completed_tasks_24h": 0,
        "last_task_run": None,
    }


def delete(world: World, body: Body) -> Body:
    """An empty project; one with tasks only by ``force``, and then they belong to none."""
    project = existing(world, body)
    tasks = list(world.documents.in_projects("tasks", [project["id"]]))
    if tasks and not body.get("force"):
        raise Refused(400, 411, f"Project has associated tasks: id={project['id']}")
    for task in tasks:
        world.documents.put("tasks", {name: value for name, value in task.items() if name != "project"})
    world.documents.delete("projects", project["id"])
    return {"deleted": 1, "disassociated_tasks": len(tasks), "deleted_models": 0, "deleted_tasks": 0, "urls": None}


PROJECT = {"project": TEXT}
ENDPOINTS = {
    "projects.create": Endpoint(create, fields={"name": Field(str)}),
    "projects.get_by_id": Endpoint(get_by_id, fields=PROJECT),
    "projects.update": Endpoint(update, fields=PROJECT),
    "projects.delete": Endpoint(delete, fields=PROJECT),
    "projects.get_all": Endpoint(get_all),
    "projects.get_all_ex": Endpoint(get_all_ex),
}
