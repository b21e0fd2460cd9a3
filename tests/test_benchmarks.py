"""The benchmark's promises: each breaks on the figures it is there to refuse."""

from __future__ import annotations

import pytest

from benchmarks.figures import Row, promises, table
from benchmarks.programs import FIRST, OLD, Sample


def row(program: str, tasks: int, seconds: list[float], clearml: int = 8, github: int = 10) -> Row:
    requests = ("api POST /x",) * (clearml - 2) + ("files GET /y",) * 2 + ("github GET /z",) * github
    plain = [Sample(spent, spent / 2, None, requests) for spent in seconds]
    return Row(tasks, program, [*plain, Sample(9.0, 9.0, 8.5, requests)])


def broken(*rows: Row) -> list[str]:
    old = [row(OLD.name, tasks, [1.0, 2.0, 3.0], clearml=40) for tasks in sorted({row.tasks for row in rows})]
    return [promise.text for promise in promises([*rows, *old]) if not promise.holds]


def test_a_check_within_its_limits_and_faster_breaks_nothing() -> None:
    assert broken(row(FIRST.name, 100, [1.9, 0.1, 9.0], clearml=12), row(FIRST.name, 10_000, [1.9], clearml=12)) == []


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (row(FIRST.name, 100, [1.0], clearml=13), "at most 12 requests to ClearML: 13"),
        (row(FIRST.name, 100, [1.0], github=11), "at most 10 requests to GitHub: 11"),
        (
            row(FIRST.name, 100, [0.1, 2.0, 2.1]),
            f"{FIRST.name}, 100 tasks: 2.00 s, faster than {OLD.name} (2.00 s)",
        ),
    ],
    ids=["ClearML", "GitHub", "no faster"],
)
def test_each_promise_breaks_alone(given: Row, text: str) -> None:
    assert broken(given) == [text]


def test_a_request_more_over_a_longer_history_breaks_a_promise() -> None:
    short, long = row(FIRST.name, 100, [1.0], clearml=8), row(FIRST.name, 10_000, [1.0], clearml=9)
    assert broken(short, long) == [f"{FIRST.name}: as many requests whatever the history"]


def test_the_table_shows_medians_and_leaves_traced_processes_out_of_them() -> None:
    cells = [cell.strip() for cell in table([row(FIRST.name, 10_000, [1.0, 3.0, 1.5])]).splitlines()[-1].split("|")]
    assert cells[1:-1] == ["10,000", FIRST.name, "1.50 s", "1.00–3.00", "0.75 s", "0.50 s", "6 + 2 = 8", "10"]
