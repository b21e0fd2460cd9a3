"""The benchmark of drift: its numbers are scipy's on any tables, and each bar breaks where it should."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.drifting import exact, ours, reading
from benchmarks.drifting.methods import EXACT, METHODS, NEAR, OURS, Row, bars
from benchmarks.drifting.tables import make
from benchmarks.evaluation.processes import Cost

FOUND = {"js": 0.05, "js2": 0.06, "psi": 0.01, "ks": 0.02, "wasserstein": 0.01}
SECONDS = {"reading: pyarrow": 0.4, "reading: Polars": 0.25, OURS: 0.4, "NannyML, univariate": 13.0}


def figures(**changes: Mapping[str, object]) -> list[Row]:
    """A campaign in which every bar holds, but for the ``changes`` of one method."""
    rows = []
    for method in METHODS:
        found = FOUND if method.name in (OURS, EXACT) else {}
        row = Row(method, [Cost(SECONDS.get(method.name, 90.0), 1.0, 160.0)] * 3, found)
        rows.append(replace(row, **changes.get(method.name, {})))  # type: ignore[arg-type]
    return rows


def broken(rows: list[Row]) -> list[str]:
    return [bar.text for bar in bars(rows) if not bar.holds]


def test_good_figures_hold_every_bar() -> None:
    assert broken(figures()) == []
    assert len(list(bars(figures()))) == 5


@pytest.mark.parametrize(
    ("name", "changes", "text"),
    [
        ("reading: Polars", {"costs": [Cost(0.19, 1, 90)]}, "2.1 times as long as reading: Polars, at most 2"),
        (OURS, {"costs": [Cost(0.4, 1, 160), Cost(0.4, 1, 250)]}, "250 MB, below 250"),
        ("NannyML, univariate", {"costs": [Cost(11.6, 1, 9)]}, "29 times as fast as NannyML, univariate, at least 30"),
        ("Evidently, drift preset", {"costs": [Cost(39.6, 1, 9)]}, "99 times as fast as Evidently, drift preset"),
        (OURS, {"found": FOUND | {"psi": 0.0101}}, "but psi is off by 1.0e-04"),
        (OURS, {"found": FOUND | {"ks": 0.0221}}, "but ks is off by 2.1e-03"),
    ],
    ids=["reading", "memory", "NannyML", "Evidently", "PSI", "KS"],
)
def test_each_bar_breaks_alone(name: str, changes: Mapping[str, object], text: str) -> None:
    (found,) = broken(figures(**{name: changes}))
    assert text in found


def test_only_scanning_is_told_and_is_no_bar() -> None:
    assert broken(figures(**{"only scanning: DuckDB": {"costs": [Cost(0.01, 1, 9)]}})) == []


def test_the_numbers_are_those_of_the_rows(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    make(folder, 50_000, 50)
    found, right = ours.drift(folder), exact.scipy(folder)
    assert found.keys() == right.keys() == NEAR.keys()
    assert {name for name, value in found.items() if abs(value - right[name]) > NEAR[name]} == set()


def test_every_way_of_reading_reads(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    make(folder, 1_000, 20)
    for method in (reading.arrow, reading.polars, reading.duckdb):
        method(folder)
    (folder / "current.parquet").write_bytes(b"PAR1")
    for method in (reading.arrow, reading.polars, reading.duckdb):
        with pytest.raises(Exception, match=r"(?i)parquet"):
            method(folder)
