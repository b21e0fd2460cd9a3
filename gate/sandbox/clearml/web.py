"""Read-only pages, so that links to a project or a task lead somewhere."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from gate.sandbox.clearml.documents import Document, Documents
from gate.sandbox.clearml.world import World

LATEST = 50  # tasks shown of each project
TASK_NAMES = ("experiments", "tasks")  # what links call a task, depending on the version that wrote them
TEMPLATES = Environment(
    loader=PackageLoader("gate.sandbox.clearml"), autoescape=select_autoescape(default=True), trim_blocks=True
)


def web(world: World) -> Starlette:
    """``/`` lists projects and tasks; ``/projects/{project}/experiments/{task}/...`` shows a task, whatever follows."""
    documents = world.documents

    def index(request: Request) -> Response:
        with documents.transaction():
            return page("index.html", projects=overview(documents))

    def task(request: Request) -> Response:
        with documents.transaction():
            found = documents.get("tasks", request.path_params["task"])
            if found is None:
                return PlainTextResponse("There is no such task.", 404)
            project = documents.get("projects", found.get("project", "")) or {"name": ""}
            return page("task.html", task=found, project=project, scalars=scalars(found), linked=linked)

    places = [f"/projects/{{project}}/{name}/{{task}}{rest}" for name in TASK_NAMES for rest in ("", "/{rest:path}")]
    return Starlette(routes=[Route("/", index), *(Route(place, task) for place in places)])


def page(template: str, **values: Any) -> Response:
    return HTMLResponse(TEMPLATES.get_template(template).render(**values))


def overview(documents: Documents) -> list[tuple[Document, list[Document]]]:
    return [
        (project, latest(documents, project["id"]))
        for project in sorted(documents.all("projects"), key=lambda project: project["name"])
    ]


def latest(documents: Documents, project: str) -> list[Document]:
    return sorted(documents.in_projects("tasks", [project]), key=lambda task: task["created"], reverse=True)[:LATEST]


def scalars(task: Document) -> list[dict[str, Any]]:
    entries = [entry for variants in task["last_metrics"].values() for entry in variants.values()]
    return sorted(entries, key=lambda entry: (entry["metric"], entry["variant"]))


def linked(uri: str) -> bool:
    """Only web addresses become links: an artifact's uri is whatever a client sent."""
    return urlsplit(uri).scheme in ("http", "https")
