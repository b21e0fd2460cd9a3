"""A dashboard whose process is watched, and tabs that hear what the server sends them."""

from __future__ import annotations

import base64
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import requests
from playwright.sync_api import Page
from prometheus_client.parser import text_string_to_metric_families
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.browsing import browser
from benchmarks.browsing import dashboard as started

PATIENCE = 180.0
QUIET = 1.0  # seconds without a message, after which a page has come to rest
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"


@dataclass(frozen=True)
class Dashboard:
    """A running dashboard: its address, and what its process has used."""

    url: str
    process: psutil.Process

    @property
    def processor(self) -> float:
        """Seconds of a processor so far, of all its threads."""
        used = self.process.cpu_times()
        return float(used.user + used.system)

    @property
    def scripts(self) -> float:
        """Seconds of all runs of pages' scripts so far."""
        return self.told("gate_page_seconds_sum")

    def told(self, name: str) -> float:
        """A metric of the dashboard, all labels together."""
        families = text_string_to_metric_families(requests.get(f"{self.url}/metrics", timeout=PATIENCE).text)
        return float(sum(each.value for family in families for each in family.samples if each.name == name))

    @property
    def memory(self) -> float:
        """Resident memory in MB."""
        return float(self.process.memory_info().rss) / 1e6


@contextmanager
def dashboard(environment: Mapping[str, str], log: Path) -> Iterator[Dashboard]:
    """A new process until the block ends."""
    with started(environment, log) as url:
        port = urlsplit(url).port
        listening = (each for each in psutil.net_connections("tcp") if each.status == psutil.CONN_LISTEN)
        pid = next(each.pid for each in listening if each.laddr.port == port)
        yield Dashboard(url, psutil.Process(pid))


@dataclass
class Tab:
    """A tab of a browser that listens to what the server sends: runs of the script, and bytes on the wire."""

    page: Page
    scripts: list[float] = field(default_factory=list)
    fragments: list[float] = field(default_factory=list)
    socket_bytes: int = 0
    http_bytes: int = 0
    _begun: float = 0.0
    _heard: float = 0.0

    def __post_init__(self) -> None:
        wire = self.page.context.new_cdp_session(self.page)
        wire.send("Network.enable")
        wire.on("Network.webSocketFrameReceived", self._frame)
        wire.on("Network.loadingFinished", self._loaded)

    def _frame(self, event: dict[str, Any]) -> None:
        content = base64.b64decode(event["response"]["payloadData"])
        self.socket_bytes += len(content)
        self._heard = time.perf_counter()
        message = ForwardMsg.FromString(content)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._begun = event["timestamp"]
        elif kind == "script_finished" and self._begun:
            whole = message.script_finished != ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
            (self.scripts if whole else self.fragments).append(event["timestamp"] - self._begun)

    def _loaded(self, event: dict[str, Any]) -> None:
        self.http_bytes += int(event["encodedDataLength"])

    def forget(self) -> None:
        self.scripts.clear()
        self.fragments.clear()
        self.socket_bytes = self.http_bytes = 0

    def see(self, *marks: str) -> None:
        """Wait until all of these can be seen."""
        for mark in marks:
            self.page.wait_for_selector(mark, timeout=1000 * PATIENCE)

    def rest(self) -> float:
        """Wait until nothing came for a while; the moment of what came last."""
        deadline = time.perf_counter() + PATIENCE
        self._heard = time.perf_counter()
        while time.perf_counter() < min(deadline, self._heard + QUIET):
            self.page.wait_for_timeout(100)
        self.page.wait_for_selector(IDLE, timeout=1000 * PATIENCE)
        return self._heard


@contextmanager
def visitor() -> Iterator[Callable[[], Tab]]:
    """Opens tabs of one visitor, whose browser keeps its cache from tab to tab, as a reviewer's does."""
    with browser() as first:
        yield lambda: Tab(first.context.new_page())


def bare(folder: Path, rounds: int, *marks: str) -> float:
    """Seconds until a page with next to nothing in it shows these to somebody who was there before; the median."""
    took = []
    with visitor() as open_tab, started({}, folder / "bare.log", Path(__file__).with_name("bare_page.py")) as url:
        for _ in range(rounds + 1):
            tab, start = open_tab(), time.perf_counter()
            tab.page.goto(url)
            tab.see(*marks)
            took.append(time.perf_counter() - start)
            tab.rest()
            tab.page.close()
    return statistics.median(took[1:])
