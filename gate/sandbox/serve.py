"""Run ASGI applications on loopback, in threads of this process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import uvicorn
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from gate.sandbox import LOOPBACK

Build = Callable[[str], ASGIApp]
PATIENCE = 10.0  # seconds that a server has for its last answers


class Serving:
    """Serves applications until the block ends; then all end together, for each takes a fifth of a second."""

    def __init__(self) -> None:
        self._sockets = ExitStack()
        self._running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def __enter__(self) -> Serving:
        return self

    def __exit__(self, *error: object) -> None:
        with self._sockets:
            for server, _ in self._running:
                server.should_exit = True
            for _, thread in self._running:
                thread.join(timeout=PATIENCE)

    def add(self, build: Build, port: int = 0) -> str:
        """Serve ``build(url)``, and answer its url (``http://127.0.0.1:PORT``).

        The socket is bound before the application is built, so that an application may know its own address.
        Port 0 takes any free one; a taken port raises ``OSError``.
        """
        listener = self._sockets.enter_context(socket.create_server((LOOPBACK, port)))
        # asyncio sets this only where the socket names its protocol; without it each answer waits about 40 ms.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        app = _patient(build(url))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name=f"serve {url}", daemon=True)
        thread.start()
        self._running.append((server, thread))
        return url


@contextmanager
def serve(build: Build, port: int = 0) -> Iterator[str]:
    """Serve one application until the block ends, and yield its url; see `Serving.add`."""
    with Serving() as serving:
        yield serving.add(build, port)


def _patient(app: ASGIApp) -> ASGIApp:
    """The application, for which a caller that ended in the middle of its request is no failure."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(ClientDisconnect):
            await app(scope, receive, send)

    return answer
