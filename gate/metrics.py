"""The only door to prometheus-client: the events of `gate.telemetry` counted, and the worker's pulse, as metrics.

No metric holds the name of a person, a model, a host or a repository: whoever can reach the port may read them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gate import __version__
from gate.desk import Pulse
from gate.telemetry import LOG, Event

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
JUDGING = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 120.0)  # seconds
REQUESTS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
PAGES = (0.03, 0.1, 0.3, 1.0, 3.0)

disable_created_metrics()  # type: ignore[no-untyped-call]  # a time beside every counter, which nobody asks for


@dataclass(frozen=True)
class Counted:
    """An event that is counted by some of its ``facts``, and by ``end``, where the event itself means one.

    Its seconds are observed by the fact ``by``, or all together.
    """

    metric: Counter
    facts: tuple[str, ...] = ()
    end: str = ""
    seconds: Histogram | None = None
    by: str = ""

    def count(self, told: Mapping[str, str], seconds: object) -> None:
        self.metric.labels(**told, **({"end": self.end} if self.end else {})).inc()
        if self.seconds is not None and isinstance(seconds, int | float):
            (self.seconds.labels(told[self.by]) if self.by else self.seconds).observe(seconds)


class Gauges(Collector):
    """The worker's pulse at the moment of a scrape."""

    def __init__(self, pulse: Callable[[], Pulse]) -> None:
        self._pulse = pulse

    def collect(self) -> Iterable[GaugeMetricFamily]:
        pulse = self._pulse()
        yield GaugeMetricFamily("gate_worker_alive", "1 if the worker that carries decisions out runs.", pulse.alive)
        yield GaugeMetricFamily("gate_decisions_waiting", "Decisions that are not carried out yet.", pulse.waiting)
        yield GaugeMetricFamily(
            "gate_oldest_decision_seconds",
            "Age of the oldest of these, the promotion in flight; 0 without.",
            pulse.oldest,
        )
        age = pulse.up if pulse.looked is None else pulse.looked
        yield GaugeMetricFamily(
            "gate_reconcile_age_seconds",
            "Since the last look that left nothing unfinished; without one, since the start.",
            age,
        )
        info = GaugeMetricFamily("gate_info", "The version that runs.", labels=["version"])
        info.add_metric([__version__], 1)
        yield info


class Metrics(logging.Handler):
    """Counts events as they are told, until it is closed. ``said`` is each service's last outcome, and when."""

    def __init__(self, pulse: Callable[[], Pulse]) -> None:
        super().__init__(logging.DEBUG)
        self.registry = CollectorRegistry()
        self.registry.register(Gauges(pulse))
        ProcessCollector(registry=self.registry)
        self.said: dict[str, tuple[str, float]] = {}
        self._table = _table(self.registry)

    def listen(self) -> None:
        LOG.addHandler(self)

    def close(self) -> None:
        LOG.removeHandler(self)
        super().close()

    def emit(self, record: logging.LogRecord) -> None:
        """As every handler: what goes wrong in counting is printed, and never stops what is counted."""
        try:
            if isinstance(record.msg, Event):
                self._count(record.msg)
        except Exception:
            self.handleError(record)

    def _count(self, event: Event) -> None:
        facts = event.facts
        if found := self._table.get(event.words):
            found.count({name: str(facts.get(name, "")) for name in found.facts}, facts.get("seconds"))
        if event.words == "request":
            self.said[str(facts.get("service"))] = (str(facts.get("outcome")), time.monotonic())

    def text(self) -> bytes:
        return generate_latest(self.registry)


def _table(registry: CollectorRegistry) -> Mapping[str, Counted]:
    checks = Counter("gate_checks", "Candidates judged, by verdict.", ["verdict"], registry=registry)
    judging = Histogram("gate_check_seconds", "Time to judge one.", [], registry=registry, buckets=JUDGING)
    decisions = Counter("gate_decisions", "Decisions by kind and end.", ["kind", "end"], registry=registry)
    deciding = Histogram(
        "gate_decision_seconds", "Time from the click to its end.", ["kind"], registry=registry, buckets=JUDGING
    )
    looks = Counter("gate_reconciles", "Looks at what may be unfinished, by end.", ["end"], registry=registry)
    requests = Counter(
        "gate_service_requests", "Requests to ClearML and GitHub.", ["service", "outcome"], registry=registry
    )
    answering = Histogram(
        "gate_service_request_seconds", "Time to an answer.", ["service"], registry=registry, buckets=REQUESTS
    )
    pages = Counter("gate_page_runs", "Runs of a page's script.", ["page"], registry=registry)
    running = Histogram("gate_page_seconds", "Time of one.", ["page"], registry=registry, buckets=PAGES)
    notices = Counter("gate_notices", "Notices to people, by event and end.", ["about", "end"], registry=registry)
    return {
        "judged": Counted(checks, ("verdict",), seconds=judging),
        "decided": Counted(decisions, ("kind", "end"), "", deciding, "kind"),
        "refused": Counted(decisions, ("kind",), "refused", deciding, "kind"),
        "decision failed": Counted(decisions, ("kind",), "failed", deciding, "kind"),
        "reconciled": Counted(looks, end="done"),
        "reconcile unfinished": Counted(looks, ("end",)),
        "request": Counted(requests, ("service", "outcome"), "", answering, "service"),
        "page": Counted(pages, ("page",), "", running, "page"),
        "notified": Counted(notices, ("about",), "sent"),
        "not notified": Counted(notices, ("about",), "failed"),
    }
