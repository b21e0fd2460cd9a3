"""From a table row to a Starlette route: who calls, what they may, what they sent, and the answer with its headers."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gate.sandbox.github.accounts import Account
from gate.sandbox.github.call import Answer, Call, Handler, RepoCall, RepoHandler
from gate.sandbox.github.errors import ApiError, not_found
from gate.sandbox.github.permissions import demand
from gate.sandbox.github.routes import GUARDED, OPEN
from gate.sandbox.github.users import rate
from gate.sandbox.github.world import World

REPOSITORY = "/repos/{owner}/{repo}"
SCHEMES = ("token", "bearer")


def api_routes(world: World) -> list[Route]:
    """Every route of the API, without its prefix."""
    free = [_route(world, row.method, row.path, row.handler) for row in OPEN]
    below = [_route(world, row.method, REPOSITORY + row.path, _guarded(row.handler, row.role)) for row in GUARDED]
    return [*free, *below]


def failed(error: ApiError) -> Response:
    """The answer that an error stands for."""
    return _response(Answer(error.body(), error.status))


def _route(world: World, method: str, path: str, handler: Handler) -> Route:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(_answer, world, request, body, handler)

    return Route(f"/api/v3{path}", endpoint, methods=[method])


def _guarded(handler: RepoHandler, role: str) -> Handler:
    def handle(call: Call) -> Answer:
        repo = call.world.repositories.named(call.at["owner"], call.at["repo"])
        if repo is None:
            raise not_found()
        demand(call.world, repo, call.caller, role)
        return handler(RepoCall(**vars(call), repo=repo))

    return handle


def _answer(world: World, request: Request, body: bytes, handler: Callable[[Call], Answer]) -> Response:
    try:
        call = Call(
            world=world,
            caller=_caller(world, request.headers),
            at=request.path_params,
            query=request.query_params,
            body=_fields(body),
            url=_url(world, request),
        )
        return _response(handler(call))
    except ApiError as error:
        return failed(error)
    except UnicodeEncodeError:
        return failed(ApiError(400, "Problems parsing JSON"))  # half a surrogate pair: JSON can write it, UTF-8 cannot


def _caller(world: World, headers: Mapping[str, str]) -> Account | None:
    if "authorization" not in headers:
        return None
    scheme, _, token = headers["authorization"].partition(" ")
    account = world.accounts.holding(token.strip()) if scheme.lower() in SCHEMES else None
    if account is None:
        raise ApiError(401, "Bad credentials")
    return account


def _fields(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body) if body else {}
    except ValueError as error:
        raise ApiError(400, "Problems parsing JSON") from error
    if not isinstance(fields, dict):
        raise ApiError(400, "Body should be a JSON object")
    return fields


def _url(world: World, request: Request) -> URL:
    query = f"?{request.url.query}" if request.url.query else ""
    return URL(f"{world.url}{request.url.path}{query}")


def _response(answer: Answer) -> Response:
    headers = {**answer.headers, **_usual()}
    if answer.body is None:
        return Response(status_code=answer.status, headers=headers)
    return JSONResponse(answer.body, answer.status, headers=headers, media_type="application/json; charset=utf-8")


def _usual() -> dict[str, str]:
    limits = {f"X-RateLimit-{name.capitalize()}": str(value) for name, value in rate().items()}
    return {
        **limits,
        "X-RateLimit-Resource": "core",
        "X-GitHub-Request-Id": uuid.uuid4().hex.upper(),
        "X-GitHub-Media-Type": "github.v3; format=json",
        "X-GitHub-Api-Version-Selected": "2022-11-28",
    }
