"""Check an API's traffic against the JSON schemas that the ClearML SDK ships for API 2.23.

The schemas know the types of fields, not what they mean. They know nothing of ``events.add_batch`` requests, which are
JSON lines, and of endpoints newer than 2.23 (``tasks.update_tags``): those pass unchecked and stand in ``unchecked``.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from dataclasses import dataclass, field
from functools import cache

from jsonschema import Draft7Validator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATH = re.compile(r"/(?:v[\d.]+/)?(?P<name>\w+\.\w+)")


@cache
def schemas() -> dict[tuple[str, str], Draft7Validator]:
    """``(endpoint, "Request" | "Response")`` -> its validator."""
    services = importlib.import_module("clearml.backend_api.services.v2_23")
    found = {}
    for module in pkgutil.iter_modules(services.__path__):
        for name, cls in vars(importlib.import_module(f"{services.__name__}.{module.name}")).items():
            kind = next((kind for kind in ("Request", "Response") if name.endswith(kind)), None)
            if kind and getattr(cls, "_schema", None) and getattr(cls, "_action", None):
                found[f"{cls._service}.{cls._action}", kind] = Draft7Validator(cls._schema)
    return found


@dataclass
class Checked:
    """An ASGI application that passes everything on and notes what violates a schema."""

    app: ASGIApp
    violations: list[str] = field(default_factory=list)
    unchecked: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match = PATH.fullmatch(scope.get("path", ""))
        if match is None:
            await self.app(scope, receive, send)
            return
        name, body, answer = match["name"], b"", b""
        status = 0

        async def heard() -> Message:
            nonlocal body
            message = await receive()
            body += message.get("body", b"")
            return message

        async def said(message: Message) -> None:
            nonlocal answer, status
            status = message.get("status", status)
            answer += message.get("body", b"")
            await send(message)

        await self.app(scope, heard, said)
        self.seen.add(name)
        if 200 <= status < 300:
            self.check(name, "Request", body)
            self.check(name, "Response", json.dumps(json.loads(answer)["data"]).encode())

    def check(self, name: str, kind: str, content: bytes) -> None:
        validator = schemas().get((name, kind))
        if validator is None:
            self.unchecked.add(f"{name} {kind}")
            return
        for error in validator.iter_errors(json.loads(content or b"{}")):
            where = ".".join(map(str, error.absolute_path))
            self.violations.append(f"{name} {kind} {where}: {error.message[:200]}")


def checked(app: ASGIApp) -> Checked:
    return Checked(app)
