"""Run ASGI applications on loopback, in threads of this process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import uvicorn
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from gate.sandbox import LOOPBACK


@contextmanager
def serve(build: Callable[[str], ASGIApp], port: int = 0) -> Iterator[str]:
    """Serve ``build(url)`` until the block ends, and yield its url (``http://127.0.0.1:PORT``).

    The socket is bound before the application is built, so that an application may know its own address.
    Port 0 takes any free one; a taken port raises ``OSError``.
    """
    with socket.create_server((LOOPBACK, port)) as listener:
        # asyncio sets this only where the socket names its protocol; without it each answer waits about 40 ms.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        app = _patient(build(url))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name=f"serve {url}", daemon=True)
        thread.start()
        try:
            yield url
        finally:
            server.should_exit = True
            thread.join(timeout=10)


def _patient(app: ASGIApp) -> ASGIApp:
    """The application, for which a caller that ended in the middle of its request is no failure."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(ClientDisconnect):
            await app(scope, receive, send)

    return answer
