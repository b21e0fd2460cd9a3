"""The dashboard as a process of its own, looked at by a real browser and by a script."""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
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
DRAWN = ".js-plotly-plot .scatterlayer .trace, .js-plotly-plot .gl-canvas"
TABLE = ".st-key-runs [data-testid=stDataFrameResizable]"


@dataclass(frozen=True)
class Look:
    """Seconds until chart and table are there, and how many ClearML requests it cost."""

    seconds: float
    requests: tuple[str, ...]


@contextmanager
def dashboard(environment: Mapping[str, str], log: Path) -> Iterator[str]:
    """A new process until the block ends; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    command = [sys.executable, "-m", "streamlit", "run", str(CHECKOUT / "app.py"), "--server.port", str(port)]
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


def look(page: Page, url: str, journal: Path) -> Look:
    """Open an address and wait until it is drawn; requests are counted until the server is quiet."""
    seen, start = journal.stat().st_size, time.perf_counter()
    page.goto(url)
    page.wait_for_selector(DRAWN, timeout=1000 * PATIENCE, state="attached")
    page.wait_for_selector(TABLE, timeout=1000 * PATIENCE)
    seconds = time.perf_counter() - start
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=1000 * PATIENCE)
    time.sleep(1)
    lines = journal.read_bytes()[seen:].decode().splitlines()
    return Look(seconds, tuple(line for line in lines if line.startswith("api ")))


def script_seconds(environment: Mapping[str, str], page: str, rounds: int) -> float:
    """The median of reruns of a page's script in this process, after a first one that reads."""
    from streamlit.testing.v1 import AppTest

    os.environ.update(environment)
    at = AppTest.from_file(str(CHECKOUT / "pages" / "_frame.py"), default_timeout=PATIENCE).run()
    at.switch_page(str(CHECKOUT / "pages" / f"{page}.py")).run()
    samples = []
    for _ in range(rounds):
        start = time.perf_counter()
        at.run()
        samples.append(time.perf_counter() - start)
    if at.exception:
        raise SandboxError(f"the page {page} failed: {at.exception[0].value}")
    return statistics.median(samples)
