"""Clone a run, set the draft up, and put it on a queue: what `Task.clone` and `Task.enqueue` ask of the server.

The SDK's own methods ask the same, but cannot be bounded in time, and `Task.clone` gives no tags: the server then
copies those of the run, that of the best among them.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from gate.adapters.clearml_session import ClearmlSession
from gate.ports import Absent, Moved, ServiceError, Setup

PLACE = ("binary", "repository", "entry_point", "working_dir", "requirements")  # of a script that a draft keeps


def clone(session: ClearmlSession, run: str, name: str, mark: str) -> None:
    """A list of tags replaces the copied ones in the same request; an empty list would not."""
    session.call("tasks.clone", {"task": run, "new_task_name": name, "new_task_tags": [mark]}, attempts=1)


def set_up(session: ClearmlSession, draft: str, setup: Setup) -> None:
    """One edit, without force: so the server refuses it for whatever is no draft any more."""
    query = {"id": [draft], "only_fields": ["script", "hyperparams"], "search_hidden": True}
    found = session.call("tasks.get_all_ex", query)["tasks"]
    if not found:
        raise Absent(f"there is no run {draft}")
    script, known = found[0].get("script") or {}, found[0].get("hyperparams") or {}
    kept = {name: script[name] for name in PLACE if script.get(name)}
    change = {
        "task": draft,
        "name": setup.name,
        "tags": list(setup.tags),
        "script": {**kept, "version_num": setup.commit, "branch": setup.branch, "diff": "", "tag": ""},
        "hyperparams": _with(_without(known, setup.forgets), setup.parameter, setup.value),
    }
    session.call("tasks.edit", change, attempts=1)


def _without(known: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {
        section: {name: entry for name, entry in entries.items() if f"{section}/{name}" not in names}
        for section, entries in known.items()
    }


def _with(known: dict[str, Any], parameter: str, value: str) -> dict[str, Any]:
    section, _, name = parameter.partition("/")
    entries = known.get(section) or {}
    entry = {**(entries.get(name) or {"section": section, "name": name}), "value": value}
    return {**known, section: {**entries, name: entry}}


def enqueue(session: ClearmlSession, draft: str, queue: str) -> None:
    """By the queue's id, since servers before 1.8 do not know it by name. What is queued already stays so."""
    query = {"name": f"^{re.escape(queue)}$", "only_fields": ["id", "name"]}
    found = [each["id"] for each in session.call("queues.get_all", query)["queues"] if each["name"] == queue]
    if not found:
        raise ServiceError(f"ClearML has no queue '{queue}': make it, or name another (queue of [retrain])")
    with suppress(Moved):  # another instance was first, or the answer to an earlier request was lost
        session.call("tasks.enqueue", {"task": draft, "queue": found[0]}, attempts=1)
