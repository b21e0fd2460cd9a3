"""Pictures of every page, as the README and docs/ show them: python -m benchmarks.screenshots."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image, ImageChops
from playwright.sync_api import Page

from benchmarks.browsing import browser, dashboard
from benchmarks.servers import CHECKOUT
from gate.connect import connect
from gate.sandbox.children import Children
from gate.sandbox.commands import READY
from gate.sandbox.home import ANY_FREE_PORT, Home, SandboxError
from gate.sandbox.launch import ACTORS
from gate.sandbox.sdk_environment import isolated
from gate.workflow.champions import champions

FOLDER = CHECKOUT / "docs" / "screenshots"
PULL = 10  # of the flights world: retrained on newer data, which repairs what drifted
PARTS = {"lineage": ".st-key-run"}  # what a picture shows only a part for
COLOURS, HEAVIEST = (256, 128, 64, 32), 200_000  # bytes of one picture
MARGIN = 24  # pixels below the last thing
SEEDING, PATIENCE, SETTLED = 600.0, 120_000, 1_500  # seconds; milliseconds; milliseconds until nothing moves any more
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
DRAWN = """() => ["stPlotlyChart", "js-plotly-plot"].map(name => document.querySelectorAll(
    `[data-testid=${name}], .${name}`).length).every((count, _, all) => count === all[0])
    && !["Skeleton", "Spinner", "StatusWidget", "Progress"].some(name =>
        document.querySelector(`[data-testid=st${name}]`))"""
SCROLLED = "document.querySelector('[data-testid=stMain]').scrollHeight"


def main(
    home: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A running sandbox; without it one is made and removed.")
    ] = None,
    output: Annotated[Path, typer.Option(metavar="DIR", help="Where the pictures go.")] = FOLDER,
    width: Annotated[int, typer.Option(help="Of the window, in pixels.", min=320)] = 1440,
    height: Annotated[int, typer.Option(help="Of the window; 0 is as high as the page.", min=0)] = 1000,
    dark: Annotated[bool, typer.Option("--dark", help="As a reader sees it whose system is dark.")] = False,
    only: Annotated[str, typer.Option(metavar="NAMES", help="Only these pages, separated by commas.")] = "",
) -> None:
    """Open every page of the sandbox's dashboard in a real browser, and keep what a reader sees as a small PNG."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gate-screenshots-")))
        sandbox = Home.read(home) if home else stack.enter_context(own_sandbox(folder / "home"))
        visitor = {"GATE_ACTING_AS": ",".join(ACTORS), "XDG_CACHE_HOME": str(folder / "cache")}
        environment = isolated(sandbox, sandbox.environment() | visitor)
        url = stack.enter_context(dashboard(environment, folder / "dashboard.log"))
        page = stack.enter_context(browser(width, height or 1000, dark))
        output.mkdir(parents=True, exist_ok=True)
        for name, path in addresses(sandbox).items():
            if name in (only.split(",") if only else [name]):
                kept = small(picture(page, f"{url}/{path}", width, height, PARTS.get(name, "")))
                (output / f"{name}.png").write_bytes(kept)
                typer.echo(f"{len(kept) / 1000:6.0f} kB  {output / name}.png")


@contextmanager
def own_sandbox(folder: Path) -> Iterator[Home]:
    """A complete flights world until the block ends; making it takes about a minute."""
    home, log = Home.open(folder, ANY_FREE_PORT), folder / "said.log"
    command = [sys.executable, "-m", "gate", "sandbox", "--home", str(folder), "--no-dashboard"]
    typer.echo("making a sandbox…", err=True)
    with Children() as children:
        child, deadline = children.start(command, log, CHECKOUT, os.environ), time.monotonic() + SEEDING
        while READY not in log.read_text():
            if child.poll() is not None or time.monotonic() > deadline:
                raise SandboxError(f"the sandbox did not start: {log.read_text()}")
            time.sleep(0.5)
        yield home


def addresses(home: Home) -> Mapping[str, str]:
    """Each page with what it is about, by the name of its picture."""
    os.environ.update(home.environment())
    world = connect(home.environment())
    champion = champions(world)[0]
    best = champion.best.task if champion.best else ""
    newest = next(
        run.id for run in world.tracker.recent(champion.policy.project, champion.policy.task, 20) if run.id != best
    )
    scope = f"scope={champion.policy.name}"
    return {
        "inbox": "",
        "review": f"review?pr={PULL}&{scope}",
        "classes": f"classes?pr={PULL}&{scope}",
        "drift": f"drift?pr={PULL}&{scope}",
        "history": f"history?{scope}",
        "lineage": f"history?{scope}&run={best}",
        "compare": f"compare?{scope}&a={best}&b={newest}",
        "retraining": f"retraining?{scope}",
        "ledger": "ledger",
    }


def picture(page: Page, url: str, width: int, height: int, part: str) -> bytes:
    """Once everything is drawn and nothing runs any more. ``height`` 0: all of the page; else only its ``part``."""
    page.set_viewport_size({"width": width, "height": height or 1000})
    page.goto(url)
    page.wait_for_selector("h1", timeout=PATIENCE)
    page.wait_for_selector(IDLE, timeout=PATIENCE)
    page.wait_for_function(DRAWN, timeout=PATIENCE)
    page.wait_for_timeout(SETTLED)
    if height and part:
        return page.locator(part).screenshot()
    if not height:
        page.set_viewport_size({"width": width, "height": int(page.evaluate(SCROLLED)) + 60})
        page.wait_for_timeout(SETTLED)
    return page.screenshot()


def small(png: bytes) -> bytes:
    """The same down to where the page ends, with as many colours as fit into the size; screens have few."""
    image = ended(Image.open(BytesIO(png)).convert("RGB"))
    for colours in COLOURS:
        buffer = BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
        if buffer.tell() < HEAVIEST:
            break
    return buffer.getvalue()


def ended(image: Image.Image) -> Image.Image:
    """Without the ground below the last thing on it."""
    ground = Image.new("RGB", image.size, image.getpixel((0, image.height - 1)))
    box = ImageChops.difference(image, ground).getbbox()
    return image.crop((0, 0, image.width, min(image.height, box[3] + MARGIN))) if box else image


if __name__ == "__main__":
    typer.run(main)
