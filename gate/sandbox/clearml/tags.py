"""Tags: sorted lists of texts, replaced as a whole by edits, added and removed one by one by ``update_tags``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gate.sandbox.clearml.documents import Document, now
from gate.sandbox.clearml.errors import Refused, invalid, unknown_tasks
from gate.sandbox.clearml.identity import USER
from gate.sandbox.clearml.tag_query import PREFIX
from gate.sandbox.clearml.validation import Field
from gate.sandbox.clearml.world import Body, Endpoint, World

TAG_FIELDS = ("tags", "system_tags")


def clean_tags(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with sorted tags; repeated tags stay, tags that look like an operator are refused."""
    for name in TAG_FIELDS:
        refuse_operators(fields.get(name, ()))
    return {name: sorted(value) if name in TAG_FIELDS else value for name, value in fields.items()}


def refuse_operators(tags: Iterable[str]) -> None:
    bad = [tag for tag in tags if tag.startswith(PREFIX)]
    if bad:
        raise Refused(400, 16, f"Invalid value for fields (unsupported tag prefix): values=({', '.join(bad)})")


def update_tags(world: World, body: Body) -> Body:
    """Add, then remove, on every task or on none. ``updated`` counts each task once per list, changed or not."""
    added, removed = body.get("add_tags") or [], body.get("remove_tags") or []
    if not added and not removed:
        raise invalid("Either add tags or remove tags should be provided")
    tasks = every(world, "tasks", body["ids"])
    for task in tasks:
        tags = sorted({*task["tags"], *added} - {*removed})
        world.documents.put("tasks", task | {"tags": tags, "last_change": now(), "last_changed_by": USER["id"]})
    return {"updated": len(tasks) * (bool(added) + bool(removed))}


def archive(world: World, body: Body) -> Body:
    return {"archived": mark(world, body["tasks"], {"archived"}, set())}


def unarchive(world: World, body: Body) -> Body:
    return {"unarchived": mark(world, body["tasks"], set(), {"archived"})}


def mark(world: World, ids: Iterable[str], added: set[str], removed: set[str]) -> int:
    tasks = every(world, "tasks", ids)
    for task in tasks:
        world.documents.put("tasks", task | {"system_tags": sorted(({*task["system_tags"]} | added) - removed)})
    return len(tasks)


def every(world: World, kind: str, ids: Iterable[str]) -> list[Document]:
    """The documents of all ids; 400/101 names the ids there are none of."""
    unique = list(dict.fromkeys(ids))
    found = {id: document for id in unique if (document := world.documents.get(kind, id))}
    if missing := [id for id in unique if id not in found]:
        raise unknown_tasks(*missing)
    return list(found.values())


IDS = Field(list, required=True, least_length=1)
ENDPOINTS = {
    "tasks.update_tags": Endpoint(update_tags, fields={"ids": IDS}),
    "tasks.archive": Endpoint(archive, fields={"tasks": IDS}),
    "tasks.unarchive": Endpoint(unarchive, fields={"tasks": IDS}),
}
