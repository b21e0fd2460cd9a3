"""Hold a GitHub-compatible server to GitHub's own OpenAPI description, one request at a time.

``checked(app)`` is the application itself, and beside it a list: what it accepted or answered against the description.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from starlette.datastructures import Headers, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SLICE = Path(__file__).parent / "data" / "github-openapi.json"
# What these stand for may hold slashes, which the description writes as %2F and clients do not.
DEEP = {"ref", "branch", "path", "basehead", "tree_sha"}
MAY_BE_EMPTY = {"path"}


@dataclass(frozen=True)
class Asked:
    """A request in the form openapi-core reads."""

    method: str
    path: str
    body: bytes | None
    content_type: str
    parameters: RequestParameters
    host_url: str = "http://127.0.0.1"


@dataclass(frozen=True)
class Answered:
    """A response in the form openapi-core reads."""

    status_code: int
    headers: Headers
    content_type: str
    data: bytes


class Checked:
    """An ASGI application whose successful answers below a prefix are checked; ``violations`` says what was wrong."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.violations: list[str] = []
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; its answer leaves when it has been checked."""
        if scope["type"] != "http" or not f"{scope['path']}/".startswith(f"{self._prefix}/"):
            await self._app(scope, receive, send)
            return
        body = bytearray()
        answer: list[Message] = []

        async def listening() -> Message:
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        async def keeping(message: Message) -> None:
            answer.append(message)

        await self._app(scope, listening, keeping)
        self._check(scope, bytes(body), answer)
        for message in answer:
            await send(message)

    def _check(self, scope: Scope, body: bytes, answer: list[Message]) -> None:
        status, headers = answer[0]["status"], Headers(raw=answer[0]["headers"])
        if not 200 <= status < 300:
            return
        path, method = scope["path"].removeprefix(self._prefix) or "/", scope["method"]
        canonical = canonical_path(path)
        if canonical is None:
            self.violations.append(f"{method} {path}: no such path")
            return
        data = b"".join(message.get("body", b"") for message in answer)
        response = Answered(status, headers, headers.get("content-type", ""), data)
        self.violations += [
            f"{method} {path} -> {status}: {fault}" for fault in faults(scope, canonical, body, response)
        ]


def checked(app: ASGIApp, prefix: str = "/api/v3") -> Checked:
    """The application, held to the description below the prefix."""
    return Checked(app, prefix)


def faults(scope: Scope, path: str, body: bytes, response: Answered) -> list[str]:
    """What openapi-core finds wrong with a request and its response."""
    headers = Headers(scope=scope)
    query = QueryParams(scope["query_string"])
    request = Asked(
        method=scope["method"].lower(),
        path=path,
        body=body or None,
        content_type=headers.get("content-type", "application/json"),
        parameters=RequestParameters(query=query, header=headers, cookie={}),
    )
    api = description()
    found = []
    for validate in (lambda: api.validate_request(request), lambda: api.validate_response(request, response)):
        try:
            validate()
        except OpenAPIError as error:
            found.append(explained(error))
    return found


def explained(error: BaseException) -> str:
    """An error with its causes and, for a schema, where each fault lies."""
    reasons = [
        f"{'.'.join(map(str, fault.absolute_path)) or 'body'}: {fault.message[:300]}"
        for fault in getattr(error, "schema_errors", ())
    ]
    rest = [explained(error.__cause__)] if error.__cause__ else []
    return "; ".join([f"{type(error).__name__} {str(error)[:200]}", *reasons, *rest])


@cache
def description() -> OpenAPI:
    """The slice, ready to validate."""
    return OpenAPI.from_dict(_slice())


@cache
def templates() -> list[tuple[str, re.Pattern[str]]]:
    """Each path of the slice as a pattern, the most literal first."""
    by_letters = sorted(_slice()["paths"], key=lambda path: -len(re.sub(r"\{\w+\}", "", path)))
    return [(path, _pattern(path)) for path in by_letters]


def canonical_path(path: str) -> str | None:
    """The path with the slashes inside its parameters escaped, or None when the slice has no such path."""
    for template, pattern in templates():
        match = pattern.fullmatch(path)
        if match:
            values = {name: quote(value, safe=":@+,;=") or "%2F" for name, value in match.groupdict().items()}
            return template.format(**values)
    return None


def _pattern(path: str) -> re.Pattern[str]:
    def group(match: re.Match[str]) -> str:
        name = match["name"]
        wide = ".*" if name in MAY_BE_EMPTY else ".+" if name in DEEP else "[^/]+"
        return f"/(?P<{name}>{wide})" if name not in MAY_BE_EMPTY else f"(?:/(?P<{name}>.*))?"

    escaped = re.sub(r"[.]", r"\\.", path)
    return re.compile(re.sub(r"/\{(?P<name>\w+)\}", group, escaped))


def _slice() -> dict[str, Any]:
    return dict(json.loads(SLICE.read_text(encoding="utf-8")))
