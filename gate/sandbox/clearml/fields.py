"""The fields of each kind of document: what a projection may name, what a query may filter by, what refers to what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gate.sandbox.clearml.errors import Refused

Path = tuple[str, ...]
Tree = Mapping[str, Any]

LEAF: Tree = {}
OPEN = None  # below it any name goes

SCRIPT = ("binary", "repository", "tag", "branch", "version_num", "entry_point", "working_dir", "diff")
EXECUTION = ("queue", "model", "framework", "test_split", "docker_cmd")


def leaves(names: str) -> dict[str, Any]:
    return dict.fromkeys(names.split(), LEAF)


TREES: dict[str, dict[str, Any]] = {
    "tasks": {
        **leaves(
            "id name user company type status status_reason status_message status_changed comment report report_assets"
            " created started completed published active_duration parent tags system_tags last_worker"
            " last_worker_report last_update last_change last_changed_by last_iteration unique_metrics company_origin"
            " duration enqueue_status"
        ),
        "project": OPEN,
        "output": leaves("destination model result error view"),
        "execution": {
            **dict.fromkeys(EXECUTION, LEAF),
            **dict.fromkeys(("parameters", "model_desc", "model_labels", "artifacts"), OPEN),
        },
        "script": {**dict.fromkeys(SCRIPT, LEAF), "requirements": OPEN},
        **dict.fromkeys(("container", "last_metrics", "metric_stats", "hyperparams", "configuration", "runtime"), OPEN),
        "models": {"input": OPEN, "output": OPEN},
    },
    "projects": {
        **leaves(
            "id name basename description user company created last_update tags system_tags featured path"
            " default_output_destination"
        ),
        "parent": OPEN,
    },
    "models": {
        **leaves(
            "id name user company created last_update last_change last_changed_by comment tags system_tags framework"
            " uri ready ui_cache last_iteration parent"
        ),
        **dict.fromkeys(("project", "task", "labels", "design", "metadata", "last_metrics", "metric_stats"), OPEN),
    },
    "queues": {
        **leaves("id name display_name user company created last_update tags system_tags entries"),
        "metadata": OPEN,
    },
}

REFERENCES: dict[str, dict[Path, str]] = {
    "tasks": {
        ("company",): "companies",
        ("user",): "users",
        ("project",): "projects",
        ("parent",): "tasks",
        ("execution", "queue"): "queues",
        ("models", "input", "model"): "models",
        ("models", "output", "model"): "models",
    },
    "projects": {("company",): "companies", ("user",): "users", ("parent",): "projects"},
    "models": {
        ("company",): "companies",
        ("user",): "users",
        ("project",): "projects",
        ("task",): "tasks",
        ("parent",): "models",
    },
    "queues": {("company",): "companies", ("user",): "users"},
}

UNASKED = {"tasks": ("unique_metrics",), "projects": ("path",), "models": (), "queues": ()}
"""Fields that a listing leaves out unless they are asked for."""

KEYED_LISTS = frozenset({("execution", "artifacts")})
"""Lists that the real server stores as objects: a projection of their items' fields finds nothing."""


def resolve(kind: str, name: str) -> Path:
    """The path a dotted field name stands for; 400/14 if the kind has no such field."""
    path = tuple(name.split("."))
    tree: Tree | None = TREES[kind]
    for depth, part in enumerate(path):
        if tree is OPEN:
            break
        if part not in tree:
            raise unknown_field(kind, name, part, depth)
        tree = tree[part]
    return path


def unknown_field(kind: str, name: str, part: str, depth: int) -> Refused:
    if depth == 0:
        return Refused(400, 14, f"Fields not defined for object: fields=({name}), object={kind[:-1].capitalize()}")
    return Refused(400, 14, f'Lookup error (probably an invalid field name): err=Cannot resolve field "{part}"')


def getter(path: Path) -> Callable[[Mapping[str, Any]], Any]:
    """``value_at`` of one path, quick for the many fields that lie at the top: listings ask it of every document."""
    if len(path) == 1:
        name = path[0]
        return lambda document: document.get(name)
    return lambda document: value_at(document, path)


def value_at(document: Mapping[str, Any], path: Sequence[str]) -> Any:
    """The value at a path, None where there is none; below a list, the list of its items' values."""
    value: Any = document
    for depth, part in enumerate(path):
        if isinstance(value, list):
            return [value_at(item, path[depth:]) for item in value]
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value
