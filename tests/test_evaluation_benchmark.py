"""The benchmark of counting: its methods agree, its processes are measured, and each bar breaks where it should."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from benchmarks.evaluation.agreement import distance
from benchmarks.evaluation.bars import bars
from benchmarks.evaluation.campaign import Campaign, Row
from benchmarks.evaluation.figures import table
from benchmarks.evaluation.folder import Size, files
from benchmarks.evaluation.methods import CLASSES_JOINED, CLASSES_WIDE, METHODS, ON_STRINGS, Method
from benchmarks.evaluation.processes import Cost, Failed, measured, run
from benchmarks.evaluation.rows import make

SMALL, LARGE = Size(4_000_000, 5_000), Size(40_000_000, 5_000, 10)
TINY = Size(3_000, 40, 2)
SECONDS = {"floor": 0.2, "ours": 0.5, "other": 60.0}


def row(method: Method, size: Size = SMALL, seconds: float | None = None, peak: float = 200.0) -> Row:
    kind = "floor" if method.floor else "ours" if method.ours else "other"
    spent = SECONDS[kind] * (10 if size == LARGE else 1) if seconds is None else seconds
    return Row(size, method, [Cost(spent, 2 * spent, peak)] * 3, None if method.floor else 1e-13)


def figures() -> list[Row]:
    """A campaign in which every bar holds."""
    methods = [method for method in METHODS if not method.needs]
    return [*map(row, methods), *(row(method, LARGE) for method in methods if method.large)]


def changed(method: Method, size: Size, change: Callable[[Row], Row]) -> list[Row]:
    return [change(each) if (each.method, each.size) == (method, size) else each for each in figures()]


def slower(times: float) -> Callable[[Row], Row]:
    return lambda row: replace(row, costs=[replace(cost, seconds=cost.seconds * times) for cost in row.costs])


def larger(peak: float) -> Callable[[Row], Row]:
    """One of the runs took more: the most counts, not the median."""
    return lambda row: replace(row, costs=[*row.costs[1:], replace(row.costs[0], peak=peak)])


def further(distance: float | None) -> Callable[[Row], Row]:
    return lambda row: replace(row, distance=distance)


def test_good_figures_hold_every_bar() -> None:
    found = list(bars(figures()))
    assert [bar.text for bar in found if not bar.holds] == []
    assert len(found) == 2 * 2 + 1 + 2 * 4 + 1


@pytest.mark.parametrize(
    ("method", "size", "change", "text"),
    [
        (CLASSES_WIDE, SMALL, larger(350), "ours: classes: 350 MB, below 350"),
        (CLASSES_JOINED, SMALL, larger(1_500), "ours: classes, joined by id: 1,500 MB, below 1,500"),
        (CLASSES_WIDE, LARGE, larger(4_000), "ours: classes, 40,000,000 rows: 4,000 MB, below 4,000"),
        (CLASSES_WIDE, LARGE, slower(1.2), "10 times the rows take 12.0 times as long, at most 11"),
        (CLASSES_JOINED, LARGE, slower(1.2), "10 times the rows take 12.0 times as long, at most 11"),
        (CLASSES_JOINED, SMALL, slower(2.6), "6.5 times as long as reading both: pyarrow, at most 6"),
        (CLASSES_WIDE, SMALL, slower(1.7), "4.2 times as long as reading: pyarrow, at most 4"),
        (ON_STRINGS, SMALL, slower(0.4), "48 times as fast as scikit-learn, scores on strings, at least 50"),
        (CLASSES_WIDE, LARGE, further(2e-12), "but for ours: classes (2.0e-12)"),
        (CLASSES_WIDE, LARGE, further(float("nan")), "but for ours: classes (nan)"),
        (CLASSES_JOINED, SMALL, further(None), "but for ours: classes, joined by id (no scores)"),
    ],
)
def test_each_bar_breaks_alone(method: Method, size: Size, change: Callable[[Row], Row], text: str) -> None:
    broken = [bar.text for bar in bars(changed(method, size, change)) if not bar.holds]
    assert len(broken) == 1
    assert text in broken[0]


def test_the_floor_is_the_faster_way_of_reading() -> None:
    reading = next(method for method in METHODS if method.name == "reading: DuckDB")
    broken = [bar.text for bar in bars(changed(reading, SMALL, slower(0.5))) if not bar.holds]
    assert broken == ["ours: classes: 5.0 times as long as reading: DuckDB, at most 4"]


def test_the_table_says_what_did_not_finish() -> None:
    late = changed(ON_STRINGS, SMALL, lambda row: replace(row, costs=[Cost(300.0, 290.0, 1_000.0, finished=False)]))
    line = next(line for line in table(late).splitlines() if ON_STRINGS.name in line)
    cells = [cell.strip() for cell in line.split("|")]
    assert cells[3:-1] == ["1", "not in 300", "", "290.00", "1,000", "> 1500.0", "> 600.0", "1e-13"]


@pytest.mark.parametrize("method", [each for each in METHODS if not each.needs], ids=lambda method: method.name)
def test_every_method_scores_as_scikit_learn_does(method: Method, tiny: Path, trusted: Path, tmp_path: Path) -> None:
    scored = tmp_path / "scores.npz"
    cost = run(method, Path(sys.executable), tiny, scored)
    assert 0 < cost.processor < 60
    assert 20 < cost.peak < 1_000
    assert scored.exists() != method.floor
    assert method.floor or distance(trusted, scored) < 1e-12


def test_scores_that_differ_in_one_class_are_found(tmp_path: Path) -> None:
    whole = np.full((3, 2), 0.5)
    np.savez(tmp_path / "a.npz", labels=["cat", "owl"], best=whole, candidate=whole)
    other = whole.copy()
    other[1, 0] = 0.25
    np.savez(tmp_path / "b.npz", labels=["owl", "cat"], best=whole, candidate=other)
    np.savez(tmp_path / "c.npz", labels=["cat"], best=whole[:, :1], candidate=whole[:, :1])
    np.savez(tmp_path / "d.npz", labels=["cat", "owl"], best=np.full_like(whole, np.nan), candidate=whole)
    first = tmp_path / "a.npz"
    assert [distance(first, tmp_path / f"{name}.npz") for name in "abcd"] == [0, 0.25, 0.5, 0]


def test_both_shapes_hold_the_same_rows(tiny: Path) -> None:
    wide, best, candidate = (
        [row for path in files(tiny, shape) for row in pq.read_table(path).to_pylist()]
        for shape in ("wide", "best", "candidate")
    )
    said = {row["id"]: row for row in candidate}
    assert len(said) == len(wide) == TINY.rows
    assert [row["id"] for row in candidate] != sorted(said)
    for row, mine in zip(wide, best, strict=True):
        theirs = said[mine["id"]]
        assert row == {"y_true": mine["y_true"], "best": mine["y_pred"], "candidate": theirs["y_pred"]}
        assert mine["y_true"] == theirs["y_true"]


def test_a_process_is_measured_until_its_time_is_over() -> None:
    """Its own memory, not that of the process that started it."""
    ballast = b"x" * 500_000_000
    code = "import time; kept = b'x' * 100_000_000; time.sleep({})"
    whole, cut = (measured([sys.executable, "-c", code.format(wait)], "sleep", limit=6) for wait in (0, 60))
    assert len(ballast) > 4e6 * whole.peak
    assert 100 < whole.peak < 125
    assert (whole.finished, cut.finished) == (True, False)
    assert whole.processor < 6 < cut.seconds < 30


def test_a_method_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"ours: classes ended with 1:[\s\S]*Error"):
        run(CLASSES_WIDE, Path(sys.executable), tmp_path / "empty", tmp_path / "scores.npz")


def test_a_campaign_runs_every_method_as_often_as_asked(tmp_path: Path) -> None:
    methods = [CLASSES_WIDE, next(method for method in METHODS if method.work == "scikit.scores_on_numbers")]
    said: list[str] = []
    rows = Campaign(tmp_path, {"": Path(sys.executable)}, 2, said.append).rows(TINY, methods)
    assert [(row.method, len(row.costs), row.distance) for row in rows] == [(method, 2, 0) for method in methods]
    assert [line[:7] for line in said[1:]] == [f"round {number}" for number in (0, 0, 1, 1, 2, 2)]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables") / TINY.name
    make(folder, TINY)
    return folder


@pytest.fixture(scope="module")
def trusted(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What scikit-learn scores on the strings as they are."""
    scored = tmp_path_factory.mktemp("scores") / "trusted.npz"
    run(ON_STRINGS, Path(sys.executable), tiny, scored)
    return scored


def test_the_command_exits_with_1_when_a_bar_is_missed(tmp_path: Path) -> None:
    """Over few rows nothing is fifty times as fast as scikit-learn."""
    options = {"--rows": "1000", "--classes": "10", "--large": "0", "--rounds": "1", "--folder": str(tmp_path)}
    command = [sys.executable, "-m", "benchmarks.evaluate", *(word for pair in options.items() for word in pair)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "BROKEN: ours: classes: " in done.stdout
    assert "holds: all 11 sets of scores per class are scikit-learn's" in done.stdout
