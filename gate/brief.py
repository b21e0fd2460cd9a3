"""One run in brief, as a history of thousands of runs needs it; and such a history as it was last read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

VERSION = 1  # of what is kept; another one is read anew


@dataclass(frozen=True)
class Brief:
    """A run, without what only its own page needs.

    ``values`` has ``(last, lowest, highest)`` of the metrics that were asked for, keyed ``title/series``, as the
    tracker summarises them (nan where it says so). ``changed`` is its last change of any kind, ``updated`` that of what
    it reports. ``datasets`` map an alias to a dataset id; times are RFC 3339, UTC.
    """

    id: str
    status: str
    commit: str = ""
    started: str = ""
    completed: str = ""
    changed: str = ""
    updated: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    archived: bool = False
    datasets: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)


NAMES = tuple(each.name for each in fields(Brief))


@dataclass(frozen=True)
class Chronicle:
    """All runs of one name in one project, by id. ``place`` is the tracker's own id of the project.

    Whoever asks for what was ``changed`` or ``updated`` at or after these times misses nothing. ``read`` is when the
    whole was last read, in seconds since 1970.
    """

    place: str
    briefs: Mapping[str, Brief]
    changed: str = ""
    updated: str = ""
    read: float = 0.0

    def as_json(self) -> dict[str, Any]:
        # `dataclasses.asdict` copies every mapping, which takes a second for ten thousand runs.
        briefs = [list(vars(brief).values()) for brief in self.briefs.values()]
        rest = {"place": self.place, "changed": self.changed, "updated": self.updated, "read": self.read}
        return {"version": VERSION, "briefs": briefs, **rest}


def chronicle_of(kept: Mapping[str, Any]) -> Chronicle:
    """The inverse of `Chronicle.as_json`. Raises ValueError, KeyError or TypeError for anything else."""
    if kept["version"] != VERSION:
        raise ValueError(f"version {kept['version']}, not {VERSION}")
    briefs = (_brief(row) for row in kept["briefs"])
    rest = {name: kept[name] for name in ("place", "changed", "updated", "read")}
    return Chronicle(briefs={brief.id: brief for brief in briefs}, **rest)


def _brief(row: list[Any]) -> Brief:
    *texts, tags, archived, datasets, values = row
    rest = (tuple(tags), bool(archived), datasets, {name: tuple(each) for name, each in values.items()})
    return Brief(**dict(zip(NAMES, (*texts, *rest), strict=True)))
