"""The cache folder: all of it can be made again, so what was not used for longest goes when it grows too large.

A file is written whole or not at all, and is not removed while any process uses it.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

FOLDERS = ("artifacts", "counts", "histories", "notices")
PART = ".part"
STALE = 86_400  # seconds after which a half-written file has no writer any more
RECENT = 60  # seconds in which who was told of a file begins to use it


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to, which is at ``path`` once the block has ended well, and nowhere if it has not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=PART, delete=False) as part:
        try:
            yield part
            part.close()
            os.replace(part.name, path)
        finally:
            Path(part.name).unlink(missing_ok=True)


@contextmanager
def in_use(path: Path) -> Iterator[Path]:
    """Keep a cached file from being evicted until the block ends or the process dies.

    Raises:
        FileNotFoundError: it is not there, or was evicted at this moment.
    """
    with ExitStack() as held:
        while True:
            file = held.enter_context(path.open("rb"))
            _lock(file, shared=True)
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                break  # else another writer has just replaced it by the same
        os.utime(path)
        yield path


def evict(cache: Path, limit: int) -> None:
    """Remove what writers that died have left, then the least recently used files until ``limit`` bytes are kept."""
    found, now = dict(_files(cache)), time.time()
    kept = sum(stat.st_size for stat in found.values())
    for path, stat in sorted(found.items(), key=lambda each: each[1].st_mtime):
        if path.suffix == PART and now - stat.st_mtime > STALE:
            path.unlink(missing_ok=True)
            kept -= stat.st_size
        elif path.suffix != PART and kept > limit and _removed_unused(path):
            kept -= stat.st_size


def _files(cache: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for folder in FOLDERS:
        for path in (cache / folder).glob("*"):
            with suppress(FileNotFoundError):  # another process has just removed it
                yield path, path.stat()


def _removed_unused(path: Path) -> bool:
    with suppress(FileNotFoundError, BlockingIOError, PermissionError), path.open("rb") as file:
        _lock(file, shared=False)
        if time.time() - path.stat().st_mtime > RECENT:
            path.unlink()
            return True
    return False


def _lock(file: IO[bytes], shared: bool) -> None:
    """Shared with other users, waiting for it; or alone, raising ``BlockingIOError`` where anybody uses the file."""
    if sys.platform != "win32":  # there an open file cannot be removed anyway
        import fcntl

        fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX | fcntl.LOCK_NB)
