"""Git's smart HTTP protocol at ``/OWNER/REPO.git``, answered by ``git http-backend``."""

from __future__ import annotations

import binascii
import subprocess
from base64 import b64decode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gate.sandbox.github.accounts import Account
from gate.sandbox.github.git import ENVIRONMENT
from gate.sandbox.github.permissions import may
from gate.sandbox.github.repositories import Repository
from gate.sandbox.github.world import World

USER = "x-access-token"
PUSH = "git-receive-pack"
CHALLENGE = {"WWW-Authenticate": 'Basic realm="GitHub"'}
FORWARDED = {"content-encoding": "HTTP_CONTENT_ENCODING", "git-protocol": "GIT_PROTOCOL"}


def git_routes(world: World) -> list[Route]:
    """The three addresses a git client calls."""

    async def endpoint(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(_answer, world, request, body)

    base = "/{owner}/{repo}.git"
    posts = [Route(f"{base}/{service}", endpoint, methods=["POST"]) for service in ("git-upload-pack", PUSH)]
    return [Route(f"{base}/info/refs", endpoint, methods=["GET"]), *posts]


def _answer(world: World, request: Request, body: bytes) -> Response:
    account = _account(world, request)
    repo = world.repositories.named(request.path_params["owner"], request.path_params["repo"])
    pushing = PUSH in (request.query_params.get("service"), request.url.path.rpartition("/")[2])
    refusal = _refusal(world, repo, account, "write" if pushing else "read")
    if refusal is not None or repo is None:
        return refusal or Response(status_code=404)
    response = _backend(world, repo, account, request, body)
    if pushing and request.method == "POST":
        world.repositories.pushed(repo)
    return response


def _account(world: World, request: Request) -> Account | None:
    """Who a Basic authorisation names: the token is the password, the user its login or ``x-access-token``."""
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, token = b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    account = world.accounts.holding(token)
    return account if account and user.casefold() in (USER, account.login.casefold()) else None


def _refusal(world: World, repo: Repository | None, account: Account | None, role: str) -> Response | None:
    if repo is not None and may(world, repo, account, role):
        return None
    if account is None:
        return Response("Authentication required.\n", 401, CHALLENGE)
    if repo is None or not may(world, repo, account, "read"):
        return Response("Repository not found.\n", 404)
    return Response(f"Permission to {repo.full_name} denied to {account.login}.\n", 403)


def _backend(world: World, repo: Repository, account: Account | None, request: Request, body: bytes) -> Response:
    folder = world.repositories.git(repo).folder
    service = request.url.path.partition(".git/")[2]
    environment = ENVIRONMENT | {
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_TRANSLATED": f"{folder}/{service}",
        "REQUEST_METHOD": request.method,
        "QUERY_STRING": request.url.query,
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_USER": account.login if account else "",
    }
    environment |= {ours: request.headers[name] for name, ours in FORWARDED.items() if name in request.headers}
    command = ["git", "http-backend"]
    return _parsed(subprocess.run(command, input=body, stdout=subprocess.PIPE, env=environment, check=True).stdout)


def _parsed(output: bytes) -> Response:
    head, _, body = output.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
    status = int(headers.pop("Status", "200").split(" ")[0])
    return Response(body, status, headers)
