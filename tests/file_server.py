"""A file server that answers whatever a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from gate.sandbox.serve import serve


@dataclass
class FileServer:
    """``chunks`` are the parts of its answer's content; None among them waits until the server is closed."""

    chunks: list[bytes | None]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    url: str = ""
    closed: bool = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(scope["path"])
        headers = [(name.lower().encode(), value.encode()) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        for chunk in self.chunks:
            if chunk is None:
                while not self.closed:
                    await asyncio.sleep(0.05)
            else:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


@contextmanager
def file_server(
    *chunks: bytes | None, status: int = 200, headers: Mapping[str, str] | None = None
) -> Iterator[FileServer]:
    server = FileServer(list(chunks), status, headers or {})
    with serve(lambda _: server) as url:
        server.url = url
        try:
            yield server
        finally:
            server.closed = True
