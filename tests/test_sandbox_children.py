"""The sandbox's child processes end with it, and a caller that ends in the middle of a request is no failure."""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import psutil
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gate.sandbox.children import GRACE, Children
from gate.sandbox.serve import serve

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"


def test_children_that_do_not_listen_end_together_within_one_grace(tmp_path: Path) -> None:
    logs = [tmp_path / f"{number}.log" for number in range(3)]
    with Children() as children:
        started = [children.start([sys.executable, "-c", DEAF], log, tmp_path, os.environ) for log in logs]
        while not all("deaf" in log.read_text() for log in logs):
            time.sleep(0.02)
        begin = time.monotonic()
    assert time.monotonic() - begin < 1.5 * GRACE
    assert not any(psutil.pid_exists(child.pid) for child in started)


def test_a_caller_that_hangs_up_in_the_middle_of_its_request_leaves_no_traceback(
    capfd: pytest.CaptureFixture[str],
) -> None:
    async def length(request: Request) -> Response:
        return Response(str(len(await request.body())))

    app = Starlette(routes=[Route("/", length, methods=["GET", "POST"])])
    with serve(lambda url: app) as url:
        with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0)) as caller:
            caller.sendall(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\nhalf")
            time.sleep(0.1)
        with urlopen(url, timeout=5) as answer:
            assert answer.read() == b"0"
    assert "Traceback" not in "".join(capfd.readouterr())
