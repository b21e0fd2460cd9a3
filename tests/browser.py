"""A real browser in front of the real dashboard."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, sync_playwright

from tests.flights_world import FlightsWorld
from tests.sandbox_process import some_ports
from tests.small_world import SmallWorld

ROOT = Path(__file__).parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 30_000  # milliseconds; a cold page on two busy cores

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="no chromium on this machine: apt install chromium"
)


@contextmanager
def dashboard(
    world: SmallWorld | FlightsWorld, acting: str = "noor,mira,lena", port: int = 0, **settings: str
) -> Iterator[str]:
    """The real dashboard as a process of its own, on a free port."""
    with running(world, None, acting, port, **settings) as (url, _):
        yield url


@contextmanager
def running(
    world: SmallWorld, log: Path | None, acting: str = "noor,mira,lena", port: int = 0, **settings: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The same, with its process; what it says on standard error goes to a file, if one is given."""
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(port)]
    environment = {**os.environ, **world.environment, "GATE_ACTING_AS": acting, **settings}
    with ExitStack() as stack:
        errors = stack.enter_context(log.open("wb")) if log else None
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=errors)
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(url + "/_stcore/health")
            yield url, process
        finally:
            process.terminate()
            process.wait(60)


def free_port() -> int:
    return some_ports()["dashboard"]


def wait_for(url: str) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        try:
            if requests.get(url, timeout=2).ok:
                return
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.2)
    raise AssertionError(f"{url} did not come up")


@contextmanager
def browser() -> Iterator[Browser]:
    """A new one, for as many visitors as there are contexts made in it."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield started
        started.close()


@contextmanager
def chromium(width: int = 1440, height: int = 1000) -> Iterator[Page]:
    """One tab of a new browser."""
    with browser() as started:
        yield started.new_context(viewport={"width": width, "height": height}).new_page()
