"""Run ASGI applications on loopback, in threads of this process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

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
        server = uvicorn.Server(uvicorn.Config(build(url), log_level="warning", lifespan="off", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name=f"serve {url}", daemon=True)
        thread.start()
        try:
            yield url
        finally:
            server.should_exit = True
            thread.join(timeout=10)
