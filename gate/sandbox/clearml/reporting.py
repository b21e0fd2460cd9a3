"""Endpoints of the service ``events``."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from gate.sandbox.clearml.documents import Document, now
from gate.sandbox.clearml.errors import Refused, unknown_tasks
from gate.sandbox.clearml.events import LOG, SCALAR, SINGLE, Event, Point, wanted
from gate.sandbox.clearml.metrics import curves, summarised
from gate.sandbox.clearml.tags import every
from gate.sandbox.clearml.validation import TASK, TASKS, Field
from gate.sandbox.clearml.world import Body, Endpoint, World

TYPES = (SCALAR, "training_stats_vector", "training_debug_image", "plot", LOG)
DEFAULT_SAMPLES, MOST_SAMPLES = 2000, 6000
BATCH = 10_000
AXES = ("iter", "timestamp", "iso_time")


def add_batch(world: World, body: Body) -> Body:
    """Keep the good events of a batch and count the bad ones; 400/131 if none is good."""
    if not body["lines"]:
        raise Refused(400, 17, "Batch request contains no items")
    problems: Counter[str] = Counter()
    accepted: defaultdict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in body["lines"]:
        kind, problem = judged(world, event)
        if problem:
            problems[problem] += 1
        else:
            accepted[kind, event["task"]].append(completed(event))
    if not accepted:
        raise Refused(400, 131, f"Events not added: {', '.join(f'{text}={n}' for text, n in problems.items())}")
    for (kind, owner), events in accepted.items():
        keep(world, kind, owner, events)
    return {"added": sum(map(len, accepted.values())), "errors": problems.total(), "errors_info": dict(problems)}


def add(world: World, body: Body) -> Body:
    return add_batch(world, {"lines": [body]})


def judged(world: World, event: Event) -> tuple[str, str | None]:
    """The kind of what the event belongs to, and what is wrong with the event, if anything."""
    kind = "models" if event.get("model_event") else "tasks"
    if "type" not in event:
        return kind, "Event must have a 'type' field"
    if event["type"] not in TYPES:
        return kind, f"Invalid event type {event['type']}"
    owner = world.documents.get(kind, event.get("task") or "")
    if owner is None or (is_locked(kind, owner) and not event.get("allow_locked")):
        return kind, f"Invalid {kind[:-1]} id {event.get('task')}"
    if event["type"] == SCALAR and not math.isfinite(number(event.get("value"))):
        return kind, "Value is not a finite number"
    return kind, None


def number(value: Any) -> float:
    """A scalar of another type is no bad event among good ones: it breaks the whole batch."""
    if not isinstance(value, int | float):
        raise Refused(500, 0, f"unsupported operand type(s) for +: 'int' and '{type(value).__name__}'")
    return value


def is_locked(kind: str, owner: Document) -> bool:
    return bool(owner["ready"]) if kind == "models" else owner["status"] == "published"


def completed(event: Event) -> Event:
    """The event with the fields the server adds."""
    stamp = event.get("timestamp") or int(datetime.now(UTC).timestamp() * 1000)
    dropped = ("allow_locked",)
    more: Event = {"plot_len": len(event["plot_str"])} if event["type"] == "plot" else {}
    return {
        "metric": "",
        "variant": "",
        "iter": 0,
        "worker": "<unknown>",
        "model_event": False,
        **{name: value for name, value in event.items() if value is not None and name not in dropped},
        "timestamp": stamp,
        "@timestamp": datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z",
        **more,
    }


def keep(world: World, kind: str, owner: str, events: list[Event]) -> None:
    """Store the events and bring their owner's summary up to date."""
    world.events.add(events)
    document = world.documents.get(kind, owner)
    if document is None:
        return
    scalars = [event for event in events if event["type"] == SCALAR]
    last = max([document["last_iteration"], *(event["iter"] for event in events if event["type"] != LOG)])
    summary = summarised(document["last_metrics"], scalars)
    world.documents.put(kind, document | {"last_metrics": summary, "last_iteration": last, "last_update": now()})


def scalar_metrics_iter_histogram(world: World, body: Body) -> Body:
    axis = body.get("key") or "iter"
    points = world.events.points(owner(world, body), body.get("metrics") or ())
    found = curves(points, "iter" if axis == "iter" else "timestamp", body.get("samples") or DEFAULT_SAMPLES)
    return iso_times(found) if axis == "iso_time" else found


def iso_times(found: dict[str, dict[str, Any]]) -> Body:
    return {
        metric: {
            variant: curve | {"x": [datetime.fromtimestamp(x / 1000, UTC).isoformat() for x in curve["x"]]}
            for variant, curve in variants.items()
        }
        for metric, variants in found.items()
    }


def owner(world: World, body: Body) -> str:
    """The id of the task, or of the model whose events are meant, if there is one."""
    kind = "models" if body.get("model_events") else "tasks"
    if world.documents.get(kind, body["task"]) is None:
        raise unknown_tasks(body["task"])
    return str(body["task"])


def scalar_metrics_iter_raw(world: World, body: Body) -> Body:
    """Exact points of one metric, in pages that a scroll id continues."""
    points = world.events.points(owner(world, body), [body["metric"]])
    start, counted = read_scroll(body.get("scroll_id"))
    total = len(points) if body.get("count_total") else counted
    page = points[start : start + (body.get("batch_size") or BATCH)]
    axis = body.get("key") or "iter"
    variants = {
        variant: {axis: [getattr(point, axis) for point in group], "y": [point.value for point in group]}
        for variant, group in by_variant(page).items()
    }
    scroll_id = write_scroll(start + len(page), total)
    return {"total": total, "returned": len(page), "scroll_id": scroll_id, "variants": variants}


def by_variant(points: Iterable[Point]) -> dict[str, list[Point]]:
    return {variant: list(group) for variant, group in groupby(points, key=lambda point: point.variant)}


def get_task_single_value_metrics(world: World, body: Body) -> Body:
    kind = "models" if body.get("model_events") else "tasks"
    found = [(d, single_values(world, d["id"])) for d in every(world, kind, body["tasks"])]
    return {"tasks": [{"task": d["id"], "task_name": d["name"], "values": values} for d, values in found if values]}


def single_values(world: World, id: str) -> list[Body]:
    return [
        {"metric": p.metric, "variant": p.variant, "value": p.value, "timestamp": p.timestamp}
        for p in world.events.points(id)
        if p.iter == SINGLE
    ]


def get_task_plots(world: World, body: Body) -> Body:
    """The plots of the last ``iters`` iterations of each metric and variant."""
    start, _ = read_scroll(body.get("scroll_id"))
    plots = [p for p in world.events.reports(owner(world, body), "plot") if asked(body, p)]
    by_name: defaultdict[tuple[str, str], list[Event]] = defaultdict(list)
    for plot in sorted(plots, key=lambda plot: plot["iter"]):
        by_name[plot["metric"], plot["variant"]].append(plot)
    last = [plot for group in by_name.values() for plot in group[-(body.get("iters") or 1) :]][start:]
    return {"plots": last, "returned": len(last), "total": start + len(last), "scroll_id": None}


def asked(body: Body, event: Event) -> bool:
    return wanted(body.get("metrics") or (), event["metric"], event["variant"])


def get_task_events(world: World, body: Body) -> Body:
    """Every event of a type, in pages."""
    start, _ = read_scroll(body.get("scroll_id"))
    task, kind = owner(world, body), body.get("event_type") or SCALAR
    events = scalar_events(world, task) if kind == SCALAR else world.events.reports(task, kind)
    if body.get("order") == "desc":
        events.reverse()
    page = events[start : start + (body.get("batch_size") or 500)]
    return {
        "events": page,
        "returned": len(page),
        "total": len(events),
        "scroll_id": write_scroll(start + len(page), len(events)),
    }


def scalar_events(world: World, task: str) -> list[Event]:
    return [{"task": task, "type": SCALAR, **point._asdict()} for point in world.events.points(task)]


def get_task_log(world: World, body: Body) -> Body:
    return get_task_events(world, body | {"event_type": LOG})


def read_scroll(scroll_id: str | None) -> tuple[int, int | None]:
    """The position and the total that a scroll id carries; an id that says nothing begins at the start."""
    position, _, total = (scroll_id or "").removeprefix("scroll-").partition("-of-")
    return int(position) if position.isdecimal() else 0, int(total) if total.isdecimal() else None


def write_scroll(position: int, total: int | None = None) -> str:
    return f"scroll-{position}" + ("" if total is None else f"-of-{total}")


HISTOGRAM = {**TASK, "samples": Field(int, most=MOST_SAMPLES), "key": Field(str, choices=AXES)}
ENDPOINTS = {
    "events.add": Endpoint(add),
    "events.add_batch": Endpoint(add_batch),
    "events.scalar_metrics_iter_histogram": Endpoint(scalar_metrics_iter_histogram, fields=HISTOGRAM),
    "events.scalar_metrics_iter_raw": Endpoint(
        scalar_metrics_iter_raw, "2.16", {**TASK, "metric": Field(dict, required=True)}
    ),
    "events.get_task_single_value_metrics": Endpoint(get_task_single_value_metrics, fields=TASKS),
    "events.get_task_plots": Endpoint(get_task_plots, "1.8", TASK),
    "events.get_task_events": Endpoint(get_task_events, fields=TASK),
    "events.get_task_log": Endpoint(get_task_log, fields=TASK),
}
