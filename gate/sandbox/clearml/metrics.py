"""Arithmetic on scalars: the summary kept with a task, and the averaged curve."""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Sequence
from hashlib import md5
from itertools import groupby
from typing import Any

from gate.sandbox.clearml.events import SINGLE, Event, Point

MOST_PAIRS = 2000  # metric/variant pairs that a summary holds; later ones are left out

Summary = dict[str, dict[str, dict[str, Any]]]


def key(name: str) -> str:
    """Metrics and variants are kept under the MD5 of their names."""
    return md5(name.encode(), usedforsecurity=False).hexdigest()


def summarised(summary: Summary, scalars: Sequence[Event]) -> Summary:
    """The summary after a batch. ``value`` is that of the batch's highest iteration, even if an earlier batch went on
    to a later one."""
    batches: defaultdict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in scalars:
        batches[event["metric"], event["variant"]].append(event)
    result = {metric: dict(variants) for metric, variants in summary.items()}
    pairs = sum(map(len, result.values()))
    for (metric, variant), batch in batches.items():
        variants = result.get(key(metric), {})
        before = variants.get(key(variant))
        if before is None and pairs >= MOST_PAIRS:
            continue
        pairs += before is None
        names = {"metric": metric, "variant": variant}
        result[key(metric)] = variants | {key(variant): names | merged(before, batch)}
    return result


def merged(before: dict[str, Any] | None, batch: Sequence[Event]) -> dict[str, Any]:
    """One variant's entry after a batch. The mean is rounded each time, as the real server rounds it."""
    ordered = sorted(batch, key=lambda event: event["iter"])
    now = before or opening(ordered[0])
    low, high = (pick(ordered, key=lambda event: event["value"]) for pick in (min, max))
    count = now["count"] + len(batch)
    total = now["mean_value"] * now["count"] + math.fsum(event["value"] for event in batch)
    entry = now | {"value": ordered[-1]["value"], "count": count, "mean_value": round(total / count, 2)}
    if low["value"] < now["min_value"]:
        entry |= {"min_value": low["value"], "min_value_iteration": low["iter"]}
    if high["value"] > now["max_value"]:
        entry |= {"max_value": high["value"], "max_value_iteration": high["iter"]}
    return entry


def opening(first: Event) -> dict[str, Any]:
    return {
        "first_value": first["value"],
        "first_value_iteration": first["iter"],
        "count": 0,
        "mean_value": 0.0,
        **dict.fromkeys(("min_value", "max_value"), first["value"]),
        **dict.fromkeys(("min_value_iteration", "max_value_iteration"), first["iter"]),
    }


def curves(points: Sequence[Point], axis: str, samples: int) -> dict[str, dict[str, Any]]:
    """``{metric: {variant: {name, x, y}}}``, single values left out."""
    result: dict[str, dict[str, Any]] = {}
    curve_points = [point for point in points if point.iter != SINGLE]
    for (metric, variant), group in groupby(curve_points, key=lambda point: (point.metric, point.variant)):
        xs, ys = averaged([(getattr(point, axis), point.value) for point in group], samples)
        result.setdefault(metric, {})[variant] = {"name": variant, "x": xs, "y": ys}
    return result


def averaged(points: Sequence[tuple[int, float]], samples: int) -> tuple[list[int], list[float]]:
    """Means over buckets of equal width, so that at most ``samples`` remain. Values pass through single precision."""
    positions = [x for x, _ in points]
    width = max(1, math.ceil((max(positions) - min(positions) + 1) / samples))
    buckets: defaultdict[int, list[float]] = defaultdict(list)
    for (x, _), value in zip(points, array("f", [y for _, y in points]), strict=True):
        buckets[x // width * width].append(value)
    return sorted(buckets), [math.fsum(buckets[x]) / len(buckets[x]) for x in sorted(buckets)]
