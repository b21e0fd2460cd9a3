"""A name for every request, so that what one visitor did can be found in the logs of all replicas and of the proxy."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from secrets import token_hex
from typing import Any

from gate.telemetry import Stopwatch, about, tell

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADER = b"x-request-id"
NAME = re.compile(rb"[A-Za-z0-9._-]{8,64}")


class Trail:
    """An ASGI application around the dashboard. A name that the proxy gave is kept, if it is one."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        name, watch, answered = _name(scope), Stopwatch(), {"status": 0}
        kept = [pair for pair in scope["headers"] if pair[0].lower() != HEADER]
        scope = {**scope, "headers": [*kept, (HEADER, name)]}

        async def named(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answered["status"] = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), (HEADER, name)]}
            await send(message)

        with about(request=name.decode()):
            if scope["type"] == "websocket":
                tell("visitor came")
            await self._app(scope, receive, named)
            if scope["type"] == "websocket":
                tell("visitor left", seconds=watch.seconds)
            else:
                tell("served", logging.DEBUG, path=scope["path"], seconds=watch.seconds, **answered)


def _name(scope: Scope) -> bytes:
    given = next((value for key, value in scope["headers"] if key.lower() == HEADER), b"")
    return bytes(given) if NAME.fullmatch(given) else token_hex(8).encode()
