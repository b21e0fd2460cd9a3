"""One API call: find the endpoint, let the caller in, check the body, run it, wrap the answer."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from gate.sandbox.clearml.auth import COOKIE
from gate.sandbox.clearml.documents import new_id
from gate.sandbox.clearml.errors import Refused
from gate.sandbox.clearml.identity import API_VERSION
from gate.sandbox.clearml.validation import check
from gate.sandbox.clearml.world import Body, Endpoint, World

PATH = re.compile(r"/(?:v(?P<version>\d+\.\d+)/)?(?P<name>[a-z_]+\.[a-z_]+)")
OLDEST = "1.0"  # the server writes this one version as a number
COOKIE_LIFE = 99_999_999_999  # seconds, as the real server sets it

log = logging.getLogger(__name__)


@dataclass
class Asked:
    """What the answer repeats of the question."""

    name: str = ""
    requested: str | float = float(OLDEST)
    actual: str | float | None = None


def respond(
    world: World, endpoints: Mapping[str, Endpoint], path: str, headers: Mapping[str, str], content: bytes
) -> Response:
    asked, cookie = Asked(), None
    try:
        endpoint = located(endpoints, path, asked)
        data = run(world, endpoint, headers, content)
        code, subcode, message = 200, 0, "OK"
        cookie = data["token"] if endpoint.cookie else None
    except Refused as refused:
        data, code, subcode, message = {}, refused.code, refused.subcode, refused.message
    except Exception as error:
        log.warning("%s failed", asked.name, exc_info=True)
        data, code, subcode, message = {}, 500, 0, str(error)
    answer = {"meta": meta(asked, code, subcode, message), "data": data}
    response = Response(json.dumps(answer), code, media_type="application/json")
    if cookie:
        response.set_cookie(COOKIE, cookie, max_age=COOKIE_LIFE, httponly=True, samesite="lax")
    return response


def located(endpoints: Mapping[str, Endpoint], path: str, asked: Asked) -> Endpoint:
    """The endpoint of a path ``/v2.23/service.action`` or ``/service.action``."""
    match = PATH.fullmatch(path)
    if match is None:
        raise Refused(400, 0, f"Invalid request path {path}")
    version = match["version"] or API_VERSION
    asked.name, asked.requested = match["name"], float(OLDEST) if version == OLDEST else version
    endpoint = endpoints.get(asked.name)
    if endpoint is None:
        raise Refused(404, 0, f"Unable to find endpoint for name {asked.name} and version {version}")
    asked.actual = asked.requested if version == OLDEST else endpoint.version
    return endpoint


def run(world: World, endpoint: Endpoint, headers: Mapping[str, str], content: bytes) -> Body:
    if endpoint.login:
        world.door.admit(headers.get("authorization"))
    body = parsed(content, headers.get("content-type", ""))
    check(endpoint.fields, body)
    with world.documents.transaction():
        return endpoint.run(world, body)


def parsed(content: bytes, media_type: str) -> Body:
    """The body as an object; JSON lines become its ``lines``, an empty body is an empty object."""
    try:
        if "json-lines" in media_type:
            return {"lines": [json.loads(line) for line in content.splitlines() if line.strip()]}
        body = json.loads(content or b"{}")
    except ValueError as error:
        raise Refused(400, 0, "The browser (or proxy) sent a request that this server could not understand.") from error
    if not isinstance(body, dict):
        raise Refused(500, 0, "Data should be a dict")
    return body


def meta(asked: Asked, code: int, subcode: int, message: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "trx": new_id(),
        "endpoint": {"name": asked.name, "requested_version": asked.requested, "actual_version": asked.actual},
        "result_code": code,
        "result_subcode": subcode,
        "result_msg": message,
        "error_stack": None,
        "error_data": {},
    }
