"""A small reverse proxy that signs one person in, as oauth2-proxy does: HTTP and WebSockets, one header added."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

END = b"\r\n\r\n"


@contextmanager
def proxy(port: int, header: str, login: str) -> Iterator[str]:
    """Forward every connection to ``port``; ``login`` replaces whatever the visitor says in ``header``."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, port, header, login), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def _accept(listener: socket.socket, port: int, header: str, login: str) -> None:
    with suppress(OSError):  # the listener was closed: the test is over
        while True:
            visitor, _ = listener.accept()
            threading.Thread(target=_serve, args=(visitor, port, header, login), daemon=True).start()


def _serve(visitor: socket.socket, port: int, header: str, login: str) -> None:
    with suppress(OSError), visitor, socket.create_connection(("127.0.0.1", port)) as behind:
        head = b""
        while END not in head:
            if not (more := visitor.recv(65_536)):
                return
            head += more
        behind.sendall(_signed(head, header, login))
        back = threading.Thread(target=_pump, args=(behind, visitor), daemon=True)
        back.start()
        _pump(visitor, behind)
        back.join()


def _signed(head: bytes, header: str, login: str) -> bytes:
    """One request to a connection, so that every one is signed; a WebSocket keeps its own."""
    lines, _, rest = head.partition(END)
    upgrade = b"upgrade: websocket" in lines.lower()
    kept = [line for line in lines.split(b"\r\n") if not line.lower().startswith(f"{header.lower()}:".encode())]
    kept = kept if upgrade else [line for line in kept if not line.lower().startswith(b"connection:")]
    added = [f"{header}: {login}".encode()] * bool(login) + [b"Connection: close"] * (not upgrade)
    return b"\r\n".join([*kept, *added]) + END + rest


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
