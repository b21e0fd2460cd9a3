"""ClearML's tasks in brief: pages of five hundred, projected to what a history needs."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

from gate.adapters.clearml_session import ClearmlSession
from gate.brief import Brief

PAGE = 500  # the server cuts larger pages silently
FIELDS = [
    *("name", "status", "started", "completed", "last_change", "last_update", "tags", "system_tags", "user"),
    *("script.version_num", "hyperparams.Datasets"),
]
EXTREMES = ("value", "min_value", "max_value")


def briefs_of(
    session: ClearmlSession, place: str, task: str, metrics: Sequence[str], since: Mapping[str, str]
) -> Iterator[list[Brief]]:
    """Page after page in the order of ids. ``since``: the earliest ``last_change`` or ``last_update``."""
    keys = {metric: [_hashes(*names) for names in _readings(metric)] for metric in metrics}
    places = [f"last_metrics.{one}.{other}" for each in keys.values() for one, other in each]
    fields = [*FIELDS, *(f"{at}.{part}" for at in places for part in EXTREMES)]
    times = {name: [f">={moment.partition('+')[0]}"] for name, moment in since.items()}
    query = {**_named(place, task), **times, "only_fields": fields, "page_size": PAGE}
    for tasks in _pages(lambda page: session.call("tasks.get_all_ex", {**query, "page": page})["tasks"]):
        yield [_brief(found, keys) for found in tasks if found.get("name") == task]


def _pages(read: Callable[[int], list[dict[str, Any]]]) -> Iterator[list[dict[str, Any]]]:
    """To the last, which is not full. While one is looked through, the server makes the next."""
    with ThreadPoolExecutor(1) as pool:
        found = read(0)
        for page in count(1):
            after = pool.submit(read, page) if len(found) >= PAGE else None
            yield found
            if after is None:
                return
            found = after.result()


def ids_of(session: ClearmlSession, place: str, task: str, page: int, size: int) -> list[str]:
    body = {**_named(place, task), "only_fields": ["id"], "page": page, "page_size": size}
    return [found["id"] for found in session.call("tasks.get_all_ex", body)["tasks"]]


def _named(place: str, task: str) -> dict[str, Any]:
    return {"project": [place], "name": f"^{re.escape(task)}$", "order_by": ["id"]}


def _readings(metric: str) -> list[tuple[str, str]]:
    """Titles may hold slashes, and so may series."""
    slashes = [place for place, character in enumerate(metric) if character == "/"]
    return [(metric[:place], metric[place + 1 :]) for place in slashes]


def _hashes(title: str, series: str) -> tuple[str, str]:
    """Under which names the server keeps them."""
    one, other = (hashlib.md5(name.encode(), usedforsecurity=False).hexdigest() for name in (title, series))
    return one, other


def _brief(task: dict[str, Any], keys: Mapping[str, Sequence[tuple[str, str]]]) -> Brief:
    script, user = task.get("script") or {}, task.get("user") or {}
    used = (task.get("hyperparams") or {}).get("Datasets") or {}
    return Brief(
        id=task["id"],
        status=task.get("status") or "",
        commit=script.get("version_num") or "",
        started=task.get("started") or "",
        completed=task.get("completed") or "",
        changed=task.get("last_change") or "",
        updated=task.get("last_update") or "",
        owner=str(user.get("name") or user.get("id") or "") if isinstance(user, dict) else str(user),
        tags=tuple(task.get("tags") or ()),
        archived="archived" in (task.get("system_tags") or ()),
        datasets={alias: str(entry.get("value") or "") for alias, entry in used.items()},
        values=dict(_values(task.get("last_metrics") or {}, keys)),
    )


def _values(
    last_metrics: dict[str, Any], keys: Mapping[str, Sequence[tuple[str, str]]]
) -> Iterator[tuple[str, tuple[float, float, float]]]:
    for metric, readings in keys.items():
        for one, other in readings:
            found = (last_metrics.get(one) or {}).get(other)
            if found and "value" in found:
                last = _number(found["value"])
                low, high = (_number(found.get(part, found["value"])) for part in EXTREMES[1:])
                yield metric, (last, low, high)


def _number(value: Any) -> float:
    """What is no number is nan: a server may answer null for one."""
    return float(value) if isinstance(value, int | float) else math.nan
