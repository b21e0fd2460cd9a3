"""All runs of a model in brief: read whole once, then only what changed; kept in memory and on disk."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from operator import attrgetter
from pathlib import Path
from typing import Literal

from gate.brief import Brief, Chronicle, chronicle_of
from gate.cache import whole
from gate.canonical import digest
from gate.workflow.world import World

FOLDER = "histories"
ANEW = 86_400.0  # seconds after which everything is read again, whatever the server said of changes
AHEAD = timedelta(hours=1)  # a change that claims to be later still is no time to go on from
SIZES = (500, 499, 498)  # of a page; one of them does not divide the number of runs
SUBJECTS = 8  # that are kept in memory; the disk has all
Note = Callable[[str], None]


@dataclass(frozen=True)
class Subject:
    """Whose runs, and which of their metrics."""

    project: str
    task: str
    metrics: tuple[str, ...]


class Chronicles:
    """What this process knows. Each subject is asked for by one thread at a time (see `gate.shelf`)."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[Subject, Chronicle] = {}
        self._doubted: set[Subject] = set()

    def doubt(self) -> None:
        """Whatever is known is read anew at the next look."""
        self._doubted |= set(self._known)

    def read(self, subject: Subject, note: Note = lambda _: None) -> Chronicle:
        """As it is now. The first look of a process at what an earlier one kept does not look for deleted runs: it
        has to log in first, and costs as many requests as any other look.
        """
        met = self._known.get(subject)
        kept = None if subject in self._doubted else met or recall(self._world, subject)
        old = kept is None or self._world.now().timestamp() - kept.read > ANEW
        if kept is None or old:
            found = everything(self._world, subject, note)
        else:
            found = brought_up(self._world, subject, kept, met is not None, note)
        if found != kept:
            keep(self._world, subject, found)
        self._known.pop(subject, None)  # so that it is the newest
        self._known[subject] = found
        for oldest in list(self._known)[:-SUBJECTS]:
            del self._known[oldest]
        self._doubted.discard(subject)
        return found


def everything(world: World, subject: Subject, note: Note) -> Chronicle:
    """A page of 500 runs for each request."""
    started = world.now().timestamp()
    place = world.tracker.place(subject.project)
    if place is None:
        return Chronicle("", {}, read=started)
    chronicle = Chronicle(place, {}, read=started)
    for number, page in enumerate(world.tracker.briefs(place, subject.task, subject.metrics)):
        # Whatever changes from now on is later than anything on the first page.
        seen = _seen(world, chronicle, page, "changed", "updated") if number == 0 else chronicle
        chronicle = _with(seen, page)
        note(f"{len(chronicle.briefs):,} runs")
    return chronicle


def brought_up(world: World, subject: Subject, kept: Chronicle, look_for_gone: bool, note: Note) -> Chronicle:
    """What changed since: one request each for changes, reports and deletions."""
    if not (kept.place and kept.changed and kept.updated):
        return everything(world, subject, note)
    found = _changed(world, subject, _changed(world, subject, kept, "changed"), "updated")
    if not look_for_gone or _complete(world, subject, found):
        return found
    note("looking for deleted runs")
    return _without_gone(world, subject, found, note)


def _changed(world: World, subject: Subject, kept: Chronicle, what: Literal["changed", "updated"]) -> Chronicle:
    since = {what: getattr(kept, what)}
    found = kept
    for number, page in enumerate(world.tracker.briefs(kept.place, subject.task, subject.metrics, **since)):
        found = _with(_seen(world, found, page, what) if number == 0 else found, page)
    return found


def _with(chronicle: Chronicle, page: Iterable[Brief]) -> Chronicle:
    return replace(chronicle, briefs={**chronicle.briefs, **{brief.id: brief for brief in page}})


def _seen(world: World, chronicle: Chronicle, page: list[Brief], *what: str) -> Chronicle:
    """The latest time of each kind, which the next look goes on from."""
    limit = (world.now() + AHEAD).isoformat()
    times = {
        name: max((moment for moment in map(attrgetter(name), page) if moment < limit), default="") for name in what
    }
    return replace(chronicle, **{name: max(moment, getattr(chronicle, name)) for name, moment in times.items()})


def _complete(world: World, subject: Subject, known: Chronicle) -> bool:
    """Whether the last page of ids is the one it has to be, and not full: then their number is right, too."""
    ids = sorted(known.briefs)
    size = next(size for size in SIZES if not ids or len(ids) % size)
    page = len(ids) // size
    return world.tracker.ids(known.place, subject.task, page, size) == ids[page * size :]


def _without_gone(world: World, subject: Subject, known: Chronicle, note: Note) -> Chronicle:
    """Less the runs that were deleted, moved or renamed; if there are others that nobody knew, everything anew."""
    size, found = SIZES[0], list[str]()
    while not len(found) % size:
        page = world.tracker.ids(known.place, subject.task, len(found) // size, size)
        found += page
        if not page:
            break
    if set(found) - set(known.briefs):
        return everything(world, subject, note)
    return replace(known, briefs={ident: known.briefs[ident] for ident in found})


def path_of(world: World, subject: Subject) -> Path:
    name = digest([world.tracker.server, subject.project, subject.task, list(subject.metrics)])
    return world.cache / FOLDER / f"{name}.json"


def keep(world: World, subject: Subject, chronicle: Chronicle) -> None:
    with whole(path_of(world, subject)) as file:
        file.write(json.dumps(chronicle.as_json(), separators=(",", ":")).encode())


def recall(world: World, subject: Subject) -> Chronicle | None:
    """What was kept, or None; a damaged file is removed, so that everything is read anew."""
    path = path_of(world, subject)
    with suppress(FileNotFoundError):
        try:
            os.utime(path)
            return chronicle_of(json.loads(path.read_bytes()))
        except (ValueError, KeyError, TypeError):
            path.unlink()
    return None
