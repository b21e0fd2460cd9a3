"""A folder of prediction logs: every file is counted once, and again only when it has changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from gate.observed import History, joined
from gate.predictions.reading import Reading, of_each
from gate.predictions.store import keep, key_of, recall_as

AT_ONCE = 64  # files that one engine opens
HIDDEN = (".", "_")  # how names begin that writers of tables use for themselves


def of_folder(folder: Path, reading: Reading, said: Callable[[str], None] = lambda _: None) -> History:
    """All Parquet files below the folder, each a table of its own; what one cannot give is told, not raised."""
    paths = list(_files(folder))
    if not paths:
        there = f"the folder {folder} has no file *.parquet" if folder.is_dir() else f"there is no folder {folder}"
        return History(unread=(there,))
    kept = {path: found for path in paths if (found := _kept(path, reading)) is not None}
    missing = [path for path in paths if path not in kept]
    if missing:
        said(f"counting {len(missing):,} of {len(paths):,} files")
    counted: dict[Path, History] = {}
    for begin in range(0, len(missing), AT_ONCE):
        for path, found in _counted(missing[begin : begin + AT_ONCE], reading):
            counted[path] = found
            said(f"counted {path.relative_to(folder)}")
    return joined([counted[path] if path in counted else kept[path] for path in paths])


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.parquet")):
        if path.is_file() and not any(part.startswith(HIDDEN) for part in path.relative_to(folder).parts):
            yield path


def _kept(path: Path, reading: Reading) -> History | None:
    place = _place(path, reading)
    return None if place is None else recall_as(History, *place)


def _place(path: Path, reading: Reading) -> tuple[Path, str] | None:
    """Where the counts of a file are kept, under what it looks like now; None for one that may be changing."""
    stat = path.stat()
    if reading.cache is None or time.time() - max(stat.st_mtime, stat.st_ctime) < reading.settled:
        return None
    look = (str(path.resolve()), str(stat.st_size), str(stat.st_mtime_ns), str(stat.st_ctime_ns), str(stat.st_ino))
    return reading.cache / "counts", key_of("log", *look, repr(reading.every), ",".join(reading.slices))


def _counted(paths: Sequence[Path], reading: Reading) -> Iterator[tuple[Path, History]]:
    """Each file's history, kept where nothing of it was left out for being late."""
    places = {path: _place(path, reading) for path in paths}
    for path, found in zip(paths, of_each(paths, reading), strict=True):
        place = places[path]
        if place is not None and not (found.unread or found.late) and place == _place(path, reading):
            keep(*place, found)
        yield path, found
