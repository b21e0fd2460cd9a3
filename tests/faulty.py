"""A server with faults: it passes requests on to a real one, remembers them, and fails or is overtaken as told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from anyio.to_thread import run_sync
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True)
class Heard:
    """A request as it came: ``line`` is its method and path."""

    line: str
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content)


@dataclass
class Fault:
    """What happens to the ``nth`` request from now whose line and content hold ``where`` and ``saying``."""

    where: str
    saying: str = ""
    nth: int = 1
    status: int | None = 500
    applied: bool = False
    before: Callable[[], object] | None = None
    answer: ASGIApp | None = None

    def strikes(self, heard: Heard) -> bool:
        if self.where in heard.line and self.saying.encode() in heard.content:
            self.nth -= 1
            return self.nth == 0
        return False


@dataclass
class Faulty:
    """An ASGI application around another one."""

    app: ASGIApp
    heard: list[Heard] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fail(self, where: str, saying: str = "", nth: int = 1, status: int = 500, applied: bool = False) -> None:
        """Answer ``status`` once; with ``applied`` the request is carried out and only its answer is lost."""
        self.faults.append(Fault(where, saying, nth, status, applied))

    def overtake(self, where: str, before: Callable[[], object], saying: str = "", nth: int = 1) -> None:
        """Let something else happen just before a request is carried out."""
        self.faults.append(Fault(where, saying, nth, None, before=before))

    def answer(self, where: str, saying: str, answer: ASGIApp, applied: bool = False) -> None:
        """Answer so once, in whatever way the application ``answer`` does."""
        self.faults.append(Fault(where, saying, 1, 599, applied, answer=answer))

    def bodies(self, where: str) -> list[Any]:
        return [heard.body for heard in self.heard if where in heard.line]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        heard = Heard(f"{scope['method']} {scope['path']}", await _whole(receive))
        self.heard.append(heard)
        fault = next((each for each in list(self.faults) if each.strikes(heard)), None)
        again = _replayed(heard.content, receive)
        if fault is None:
            await self.app(scope, again, send)
            return
        self.faults.remove(fault)
        if fault.before:
            await run_sync(fault.before)
        if fault.status is None or fault.applied:
            await self.app(scope, again, send if fault.status is None else _lost)
        if fault.status is not None:
            await (fault.answer or PlainTextResponse("a fault", fault.status))(scope, receive, send)


async def _whole(receive: Receive) -> bytes:
    content, more = b"", True
    while more:
        message = await receive()
        content += message.get("body", b"")
        more = message.get("more_body", False)
    return content


def _replayed(content: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": content, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def _lost(message: Message) -> None:
    """Nobody reads this answer."""
