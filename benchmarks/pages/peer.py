"""Evidently's HTML report of the same two tables, made in an environment of its own and opened in the same browser."""

from __future__ import annotations

import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.browsing import browser
from benchmarks.pages.tables import test_rows
from benchmarks.pages.world import Sizes

LIMIT = 900.0  # seconds to make it
PATIENCE = 300.0  # seconds to draw it
DRAWN = ".js-plotly-plot .main-svg"
BEST, CANDIDATE = 5, 6  # one prediction of so many is wrong


@dataclass(frozen=True)
class Peer:
    """Seconds to make the page and until its first chart is drawn, its size in MB; None: not within the time."""

    classes: int
    made: float | None
    size: float | None
    visible: float | None

    def __str__(self) -> str:
        if self.made is None:
            return f"Evidently's page of {self.classes:,} classes: not made within {LIMIT:.0f} s"
        seen = f"not drawn within {PATIENCE:.0f} s" if self.visible is None else f"seen after {self.visible:.1f} s"
        return f"Evidently's page of {self.classes:,} classes: made in {self.made:.1f} s, {self.size:,.1f} MB, {seen}"


def evidently(python: Path, sizes: Sizes) -> Peer:
    with tempfile.TemporaryDirectory(prefix="gate-evidently-") as name:
        tables, html = [Path(name) / f"{each}.parquet" for each in ("best", "candidate")], Path(name) / "report.html"
        for table, wrong in zip(tables, (BEST, CANDIDATE), strict=True):
            table.write_bytes(test_rows(sizes.rows, sizes.classes, wrong))
        start = time.perf_counter()
        command = [str(python), str(Path(__file__).with_name("evidently_page.py")), *map(str, tables), str(html)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            return Peer(sizes.classes, None, None, None)
        made = time.perf_counter() - start
        return Peer(sizes.classes, made, html.stat().st_size / 1e6, _seen(html))


def _seen(html: Path) -> float | None:
    from playwright.sync_api import TimeoutError as TooLong

    with browser() as page:
        start = time.perf_counter()
        try:
            page.goto(html.as_uri(), timeout=1_000 * PATIENCE)
            page.wait_for_selector(DRAWN, timeout=1_000 * PATIENCE, state="attached")
        except TooLong:
            return None
        return time.perf_counter() - start
