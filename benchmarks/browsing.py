"""The dashboard as a process of its own, looked at by a real browser."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import requests
from playwright.sync_api import Page, sync_playwright

from benchmarks.servers import CHECKOUT
from gate.sandbox.children import Children
from gate.sandbox.home import SandboxError

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
PATIENCE = 120.0


@contextmanager
def dashboard(environment: Mapping[str, str], log: Path, app: Path = CHECKOUT / "app.py") -> Iterator[str]:
    """A new process until the block ends; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.port", str(port)]
    with Children() as children:
        child = children.start(command, log, CHECKOUT, {**os.environ, **environment})
        url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE
        while not _answers(f"{url}/_stcore/health"):
            if child.poll() is not None or time.monotonic() > deadline:
                raise SandboxError(f"the dashboard did not start: {log.read_text()}")
            time.sleep(0.1)
        yield url


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


@contextmanager
def browser(width: int = 1440, height: int = 1000, dark: bool = False) -> Iterator[Page]:
    """One tab; its cache is kept from page to page, as a reviewer's is."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        scheme: Literal["dark", "light"] = "dark" if dark else "light"
        yield started.new_context(viewport={"width": width, "height": height}, color_scheme=scheme).new_page()
        started.close()
