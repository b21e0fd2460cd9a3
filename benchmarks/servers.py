"""Both sandbox servers in a process of their own, with a journal of every request they receive."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gate.sandbox.children import Children
from gate.sandbox.clearml import ClearmlSandbox
from gate.sandbox.github import GithubSandbox
from gate.sandbox.home import Home, SandboxError
from gate.sandbox.launch import KINDS
from gate.sandbox.serve import serve

CHECKOUT = Path(__file__).parents[1]
PATIENCE = 120.0  # seconds until a long history is loaded


async def _reset(scope: Scope, receive: Receive, send: Send) -> None:
    """Abort the connection; the transport is uvicorn's, behind the bound method that sends."""
    send.__self__.transport.abort()  # type: ignore[attr-defined]


async def _late(scope: Scope, receive: Receive, send: Send) -> None:
    """After every caller has given up."""
    await asyncio.sleep(SILENCE)
    await PlainTextResponse("late", 200)(scope, receive, send)


SILENCE = 4.0
FAULTS: Mapping[str, ASGIApp] = {
    "500": PlainTextResponse("a fault", 500),
    "502": PlainTextResponse("a fault", 502),
    "429": PlainTextResponse("too many requests", 429, {"Retry-After": "1"}),
    "cut JSON": PlainTextResponse('{"meta": {"result_co', 200, media_type="application/json"),
    "connection reset": _reset,
    "late": _late,
}


@contextmanager
def served_apart(home: Home, latency: float, faults: float = 0.0) -> Iterator[Path]:
    """Run this module as a process until the block ends, and yield its journal: a line per request received.

    A share of ``faults`` of all requests is answered with a failure, half of them after they were carried out.
    """
    journal = home.folder / "journal"
    command = [sys.executable, "-m", "benchmarks.servers", str(home.folder), str(latency), str(faults)]
    with Children() as children:
        child = children.start(command, home.folder / "servers.log", CHECKOUT, os.environ)
        _wait_until_listening(home, child)
        yield journal


def _wait_until_listening(home: Home, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not all(_listens(home.ports[service]) for service in ("api", "files", "github")):
        if child.poll() is not None or time.monotonic() > deadline:
            raise SandboxError(f"the servers did not start: {(home.folder / 'servers.log').read_text()}")
        time.sleep(0.1)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True


def journalled(app: ASGIApp, service: str, note: Callable[[str], object], latency: float) -> ASGIApp:
    """The app, noting ``SERVICE METHOD PATH`` of each request before it is handled, ``latency`` seconds later."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            note(f"{service} {scope['method']} {scope['path']}\n")
            await asyncio.sleep(latency)
        await app(scope, receive, send)

    return wrapped


def flaky(app: ASGIApp, share: float, chance: random.Random) -> ASGIApp:
    """The app, of whose answers some are lost before or after its work: refused, cut, or never sent."""
    answers = list(FAULTS.values())

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or chance.random() >= share:
            await app(scope, receive, send)
            return
        if chance.random() < 0.5:
            await app(scope, receive, _unheard)
        await chance.choice(answers)(scope, receive, send)

    return wrapped


async def _unheard(message: Message) -> None:
    """Nobody reads this answer."""


@contextmanager
def _serving(home: Home, apps: Mapping[str, ASGIApp], latency: float, faults: float) -> Iterator[None]:
    with ExitStack() as stack, (home.folder / "journal").open("ab", buffering=0) as journal:
        for service, app in apps.items():
            shaky = flaky(app, faults, random.Random(service)) if faults else app
            watched = journalled(shaky, service, lambda line: journal.write(line.encode()), latency)
            stack.enter_context(serve(lambda url, app=watched: app, home.ports[service]))  # type: ignore[misc]
        yield


def main(folder: str, latency: str, faults: str) -> None:
    home = Home.read(Path(folder))
    with (
        closing(ClearmlSandbox(home.world / "clearml", home.access_key, home.secret_key)) as clearml,
        closing(GithubSandbox(home.world / "github", home.url("github"))) as github,
    ):
        for login, token in home.tokens.items():
            github.add_account(login, token, KINDS.get(login, "User"))
        apps: dict[str, ASGIApp] = {"api": clearml.api, "files": clearml.files, "github": github.app}
        with _serving(home, apps, float(latency), float(faults)):
            threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
