"""A chat's incoming webhook on this machine: it remembers what it was sent, and answers as it is told."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from anyio import sleep
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gate.sandbox.serve import serve

PATH = "/services/T000/B000/very-secret-path"


@dataclass(frozen=True)
class Answer:
    """``seconds`` are waited before it."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass
class Chat:
    """``answers`` are given in their order; after the last one everything is well."""

    url: str
    answers: list[Answer] = field(default_factory=list)
    heard: list[tuple[str, Any]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    @property
    def titles(self) -> list[str]:
        return [body["text"].split(":")[0] for _, body in self.heard]

    @property
    def environment(self) -> dict[str, str]:
        return {"GATE_WEBHOOK_URL": self.url + PATH}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await Request(scope, receive).body()
        self.heard.append((scope["path"], json.loads(body)))
        self.times.append(time.monotonic())
        answer = self.answers.pop(0) if self.answers else Answer()
        await sleep(answer.seconds)
        response: Response = PlainTextResponse("said", answer.status, dict(answer.headers))
        await response(scope, receive, send)


@contextmanager
def chat(*answers: Answer) -> Iterator[Chat]:
    made: list[Chat] = []

    def build(url: str) -> ASGIApp:
        made.append(Chat(url, list(answers)))
        return made[0]

    with serve(build):
        yield made[0]


def until(reached: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while not reached() and time.monotonic() < end:
        time.sleep(0.05)
    return reached()
