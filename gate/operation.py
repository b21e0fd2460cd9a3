"""What an operator asks of a running dashboard: does it live, can it work, what has it done; and how it is ended.

No answer here waits for another service, or tells anything that not everybody may know who can reach the port.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from gate import __version__
from gate.desk import Pulse, Worker
from gate.logs import configure
from gate.metrics import CONTENT_TYPE, Metrics
from gate.telemetry import tell

OVERDUE = 300.0  # seconds without a finished look, after which this process is not ready
STOPPING = 25.0  # seconds to finish what is in flight; orchestrators wait for 30 before they kill


class Operation:
    """``worker`` answers the one that carries decisions out at this moment."""

    def __init__(self, worker: Callable[[], Worker], environment: Mapping[str, str]) -> None:
        self._worker, self._environment = worker, environment
        self._metrics = Metrics(lambda: self._worker().pulse)

    @property
    def routes(self) -> list[Route]:
        known = {"/healthz": self._lives, "/readyz": self._ready, "/metrics": self._told}
        return [Route(path, answer, methods=["GET"]) for path, answer in known.items()]

    @asynccontextmanager
    async def lifespan(self, app: object) -> AsyncIterator[None]:
        """From the first request to the last: the worker begins at once, and ends what it has begun."""
        if wrong := configure(self._environment):
            tell("settings", logging.WARNING, why=wrong)
        self._metrics.listen()
        self._worker()
        tell("started", version=__version__)
        yield
        await asyncio.to_thread(self._worker().stop, stop_seconds(self._environment))
        self._metrics.close()

    async def _lives(self, request: Request) -> Response:
        return JSONResponse({"alive": True, "version": __version__}, headers=UNKEPT)

    async def _ready(self, request: Request) -> Response:
        pulse = self._worker().pulse
        reasons, now = not_ready(pulse), time.monotonic()
        services = {
            name: {"said": said, "seconds_ago": round(now - at, 1)} for name, (said, at) in self._metrics.said.items()
        }
        told: dict[str, Any] = {
            "ready": not reasons,
            "reasons": reasons,
            "worker": {"alive": pulse.alive, "waiting": pulse.waiting, "oldest_seconds": round(pulse.oldest, 1)},
            "reconciled_seconds_ago": None if pulse.looked is None else round(pulse.looked, 1),
            "services": services,
        }
        return JSONResponse(told, 503 if reasons else 200, headers=UNKEPT)

    async def _told(self, request: Request) -> Response:
        return PlainTextResponse(self._metrics.text(), media_type=CONTENT_TYPE, headers=UNKEPT)


UNKEPT = {"Cache-Control": "no-store"}


def not_ready(pulse: Pulse) -> list[str]:
    """Why this process should get no visitors, in sentences; pure."""
    reasons = [] if pulse.alive else ["the worker that carries decisions out does not run"]
    reasons += ["it is being stopped"] if pulse.stopping else []
    if pulse.looked is None:
        said = "it has not yet looked at everything that may be unfinished"
        reasons.append(f"{said}: {pulse.trouble}; the log says why" if pulse.trouble else said)
    elif pulse.looked > OVERDUE:
        said = f"no look at what may be unfinished has ended for {pulse.looked:.0f} s"
        reasons.append(f"{said}: {pulse.trouble or 'the worker is busy'}; the log says why")
    return reasons


def stop_seconds(environment: Mapping[str, str]) -> float:
    try:
        return max(0.0, float(environment.get("GATE_STOP_SECONDS") or STOPPING))
    except ValueError:
        tell("settings", logging.WARNING, why="GATE_STOP_SECONDS is no number")
        return STOPPING
