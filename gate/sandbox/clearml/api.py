"""The API server: the table of all endpoints, and the ASGI application that serves them."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gate.sandbox.clearml import artifacts, lifecycle, models, parameters, projects, queues, reporting, tags, tasks
from gate.sandbox.clearml.envelope import respond
from gate.sandbox.clearml.validation import Field
from gate.sandbox.clearml.world import Body, Endpoint, World

YEAR = 365 * 24 * 3600  # seconds


def login(world: World, body: Body) -> Body:
    return {"token": world.door.issue(int(body.get("expiration_sec") or 0))}


def ping(world: World, body: Body) -> Body:
    return {"msg": "ClearML server"}


ENDPOINTS: dict[str, Endpoint] = {
    "auth.login": Endpoint(login, fields={"expiration_sec": Field(int, most=YEAR)}, cookie=True),
    "debug.ping": Endpoint(ping, login=False),
    **projects.ENDPOINTS,
    **tasks.ENDPOINTS,
    **lifecycle.ENDPOINTS,
    **tags.ENDPOINTS,
    **parameters.ENDPOINTS,
    **artifacts.ENDPOINTS,
    **models.ENDPOINTS,
    **queues.ENDPOINTS,
    **reporting.ENDPOINTS,
}


def api(world: World) -> Starlette:
    """GET and POST mean the same; the SDK sends GET with a body."""

    async def answer(request: Request) -> Response:
        content = await request.body()
        return await run_in_threadpool(respond, world, ENDPOINTS, request.url.path, request.headers, content)

    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
