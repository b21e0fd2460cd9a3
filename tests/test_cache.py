"""The cache: whole files only, within its limit, and never taken away from who uses it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.cache import evict, in_use, whole

ROOT = Path(__file__).parents[1]
HOUR = 3_600.0


def cached(cache: Path, name: str, size: int, hours: float = 1) -> Path:
    """A file of the cache that was used so many hours ago."""
    path = cache / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    os.utime(path, (time.time() - hours * HOUR,) * 2)
    return path


def names(cache: Path) -> set[str]:
    return {path.relative_to(cache).as_posix() for path in cache.glob("*/*")}


def test_the_least_recently_used_goes_first_whether_artifact_or_counts(tmp_path: Path) -> None:
    cached(tmp_path, "artifacts/old", 40, hours=3)
    cached(tmp_path, "counts/middle", 40, hours=2)
    cached(tmp_path, "artifacts/new", 40, hours=1)
    evict(tmp_path, 120)
    assert len(names(tmp_path)) == 3
    evict(tmp_path, 119)
    assert names(tmp_path) == {"counts/middle", "artifacts/new"}
    evict(tmp_path, 0)
    assert names(tmp_path) == set()


def test_nothing_but_artifacts_and_counts_is_touched(tmp_path: Path) -> None:
    cached(tmp_path, "else/file", 40, hours=100)
    evict(tmp_path, 0)
    assert names(tmp_path) == {"else/file"}


def test_using_a_file_makes_it_the_last_to_go(tmp_path: Path) -> None:
    first = cached(tmp_path, "artifacts/first", 40, hours=3)
    cached(tmp_path, "artifacts/second", 40, hours=2)
    with in_use(first):
        pass
    evict(tmp_path, 40)
    assert names(tmp_path) == {"artifacts/first"}


def test_what_was_told_of_a_moment_ago_is_not_evicted(tmp_path: Path) -> None:
    cached(tmp_path, "artifacts/new", 40, hours=0)
    evict(tmp_path, 0)
    assert names(tmp_path) == {"artifacts/new"}


HOLD = """
import sys, time
from pathlib import Path
from gate.cache import in_use

with in_use(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_file_that_another_process_uses_is_not_evicted_until_that_process_ends(tmp_path: Path) -> None:
    path = cached(tmp_path, "artifacts/a", 40)
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    os.utime(path, (time.time() - 5 * HOUR,) * 2)  # it has been counting for long
    evict(tmp_path, 0)
    assert names(tmp_path) == {"artifacts/a"}
    process.kill()
    process.wait(timeout=20)
    process.stdout.close()
    evict(tmp_path, 0)
    assert names(tmp_path) == set()


def test_a_file_that_was_evicted_is_not_there_to_be_used(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), in_use(tmp_path / "gone"):
        pass


def test_a_block_that_fails_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(TypeError), whole(tmp_path / "a" / "b") as file:
        file.writelines([b"half", None])  # type: ignore[list-item]
    assert names(tmp_path) == set()


def test_a_file_is_not_there_before_it_is_whole(tmp_path: Path) -> None:
    with whole(tmp_path / "a" / "b") as file:
        file.write(b"half")
        file.flush()
        assert not (tmp_path / "a" / "b").exists()
        file.write(b" and half")
    assert (tmp_path / "a" / "b").read_bytes() == b"half and half"
    assert names(tmp_path) == {"a/b"}


@pytest.mark.parametrize(("hours", "stays"), [(23, True), (25, False)])
def test_half_written_files_are_swept_after_a_day(tmp_path: Path, hours: float, stays: bool) -> None:
    cached(tmp_path, "artifacts/x.part", 40, hours)
    evict(tmp_path, 0)
    assert (names(tmp_path) == {"artifacts/x.part"}) is stays


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.integers(0, 100), max_size=8), limit=st.integers(0, 400))
def test_as_little_as_possible_goes_and_the_rest_fits(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], limit: int
) -> None:
    cache = tmp_path_factory.mktemp("cache")
    paths = [cached(cache, f"artifacts/{age}", size, hours=1 + age) for age, size in enumerate(sizes)]
    evict(cache, limit)
    left = [path.exists() for path in paths]
    assert left == sorted(left, reverse=True), "the newest stay"
    kept = sum(size for size, there in zip(sizes, left, strict=True) if there)
    assert kept <= limit
    if not all(left):
        assert kept + sizes[left.index(False)] > limit


REPLACE = """
import sys
from pathlib import Path
from gate.cache import whole

print("begun", flush=True)
while True:
    with whole(Path(sys.argv[1])) as file:
        file.write(b"the same content")
"""


def test_a_file_that_another_writer_replaces_by_the_same_can_be_used_all_the_time(tmp_path: Path) -> None:
    path = cached(tmp_path, "artifacts/a", 40)
    process = subprocess.Popen([sys.executable, "-c", REPLACE, str(path)], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    try:
        for _ in range(5_000):
            with in_use(path) as used:
                assert used.exists()
    finally:
        process.kill()
        process.wait(timeout=20)
        process.stdout.close()
