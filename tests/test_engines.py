"""The same counts, to the bit, from DuckDB in this process, DuckDB behind Ibis, and Spark."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gate.counts import Counts
from gate.predictions import Settings
from gate.predictions.compare import counted
from gate.predictions.connection import connect
from tests.engines import differences, engine

CI = bool(os.environ.get("CI"))
LACKING = [
    what for what, there in {"java": shutil.which("java"), "pyspark": importlib.util.find_spec("pyspark")}.items()
    if not there
]  # fmt: skip
SUBMIT = (
    "--master local[2] --driver-memory 1g --conf spark.ui.enabled=false --conf spark.driver.host=127.0.0.1 "
    "--conf spark.driver.bindAddress=127.0.0.1 --conf spark.sql.shuffle.partitions=2 "
    "--conf spark.ui.showConsoleProgress=false --conf spark.sql.warehouse.dir={folder} pyspark-shell"
)
needs_spark = pytest.mark.skipif(
    bool(LACKING) and not CI,
    reason=f"no {' and no '.join(LACKING)}: apt install openjdk-17-jre-headless, pip install -e '.[spark]'",
)
LABELS = (
    "cat", "owl", "it's", 'so "called"', "two\nlines\ttab", "😀 Ünïcode ß 漢字", "x" * 10_000, "", " ", "Cat", "1", "?",
    "back\\slash", "back`tick", "$1 %s {}", "NULL", "é", "e\u0301",
)  # fmt: skip
ROWS = 300
Table = Mapping[str, Any]
RANDOM = np.random.default_rng(20)


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One session for all tests: it takes seconds to start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_SUBMIT_ARGS", SUBMIT.format(folder=tmp_path_factory.mktemp("spark")))
        connection = connect("pyspark://")
        yield
        connection.disconnect()


@pytest.fixture(params=["duckdb", pytest.param("pyspark", marks=needs_spark)])
def name(request: pytest.FixtureRequest) -> str:
    """Of an engine behind Ibis."""
    if request.param == "pyspark":
        request.getfixturevalue("spark")
    return str(request.param)


def predicted(truth: list[Any], seed: int) -> list[Any]:
    """Right four times out of five."""
    random = np.random.default_rng(seed)
    return [label if random.random() < 0.8 else truth[random.integers(len(truth))] for label in truth]


def everything() -> tuple[Table, Table]:
    """Every column of the contract, and slices of every kind."""
    truth = [LABELS[number] for number in RANDOM.integers(0, len(LABELS), ROWS)]
    begin = datetime(1969, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC)
    of_rows = {
        "id": [f"row {number} ☃" for number in range(ROWS)],
        "y_true": [None if number % 17 == 0 else label for number, label in enumerate(truth)],
        "weight": RANDOM.random(ROWS) * 3,
        "group": [f"patient {number % 40}" for number in range(ROWS)],
        "timestamp": [begin + timedelta(minutes=11.3 * number) for number in range(ROWS)],
        "site": [("A", "B", None, "?", "it's")[number % 5] for number in range(ROWS)],
        "share": [(1.0, 0.1, 1e-5, 1e20, None, 3e7, float("nan"))[number % 7] for number in range(ROWS)],
        "indoors": [(True, False, None)[number % 3] for number in range(ROWS)],
        "day": [date(2024, 2, 27 + number % 3) for number in range(ROWS)],
        "seen": [begin + timedelta(milliseconds=1_500 * (number % 3)) for number in range(ROWS)],
    }
    models = []
    for seed in (1, 2):
        labels = predicted(truth, seed)
        ranking = [[label, *(LABELS[(len(label) + shift) % len(LABELS)] for shift in (1, 5))] for label in labels]
        models.append({**of_rows, "y_pred": labels, "confidence": RANDOM.random(ROWS), "top_k": ranking})
    return models[0], shuffled(models[1])


def shuffled(table: Table) -> Table:
    order = np.random.default_rng(3).permutation(len(table["y_pred"]))
    return {name: [column[number] for number in order] for name, column in table.items()}


def plain() -> tuple[Table, Table]:
    """Whole numbers as labels and ids, negative ones among them, of different width."""
    truth = [int(number) for number in RANDOM.integers(-5, 5, ROWS)]
    of_rows = {"id": [-(2**40) + 7 * number for number in range(ROWS)], "y_true": truth}
    confidence = [number / 1_000 for number in range(ROWS)]  # on the edges of bins
    best = {**of_rows, "y_pred": pa.array(predicted(truth, 1), pa.int8()), "confidence": confidence}
    ranking = [[label, label + 1] for label in truth]
    candidate = {**of_rows, "y_pred": predicted(truth, 2), "confidence": confidence, "top_k": ranking}
    return best, shuffled(candidate)


def mixed() -> tuple[Table, Table]:
    """Ids that are numbers in one table and text in the other, a truth in one, exact decimals, single precision."""
    truth = [LABELS[number % 5] for number in range(ROWS)]
    weights = [Decimal(number) / 1_000 for number in range(ROWS - 3)]
    best = {
        "id": list(range(-9, ROWS - 9)),
        "y_true": truth,
        "y_pred": predicted(truth, 1),
        "weight": [*weights, Decimal(2**22), Decimal("4194303.999"), Decimal(0)],
        "confidence": pa.array(RANDOM.random(ROWS), pa.float32()),
        "score": pa.array([number % 3 for number in range(ROWS)], pa.uint8()),
    }
    candidate = {
        "id": [str(number) for number in range(ROWS)],
        "y_pred": predicted(truth, 2),
        "confidence": [Decimal(number) / 300 for number in range(ROWS)],
        "score": [float(number % 3) for number in range(ROWS)],
    }
    candidate["confidence"] = pa.array([round(each, 6) for each in candidate["confidence"]], pa.decimal128(9, 6))
    return best, shuffled(candidate)


def apart() -> tuple[Table, Table]:
    """No id in common; what the one table has the other lacks."""
    truth = [LABELS[number % len(LABELS)] for number in range(ROWS)]
    moment = datetime(2024, 7, 31, 22, 0, tzinfo=UTC)
    best = {
        "id": pa.array([2**64 - 1 - number for number in range(ROWS)], pa.uint64()),
        "y_true": truth,
        "y_pred": predicted(truth, 1),
        "weight": [1 / (number + 1) for number in range(ROWS)],
        "share": [0.25 * (number % 4) for number in range(ROWS)],
    }
    candidate = {
        "id": pa.array(range(ROWS), pa.uint64()),
        "y_true": truth,
        "y_pred": predicted(truth, 2),
        "group": list(range(ROWS)),
        "timestamp": [moment + timedelta(days=number) for number in range(ROWS)],
        "site": ["A"] * ROWS,
    }
    return best, candidate


def unlabelled() -> tuple[Table, Table]:
    """No truth at all."""
    best = {"id": list(range(ROWS)), "y_pred": ["a", "b", "c"] * (ROWS // 3), "confidence": RANDOM.random(ROWS)}
    return best, {**best, "y_pred": ["a", "b"] * (ROWS // 2)}


def spoiled() -> tuple[Table, Table]:
    """Confidences that are none, and slices that are not there: mild, and said."""
    best = {"id": list(range(9)), "y_true": list("aabbccddd"), "y_pred": list("aabbccddd")}
    wrong = [0.5, 1.5, -0.1, float("nan"), None, 0.0, 1.0, 0.25, float("inf")]
    return {**best, "confidence": wrong, "site": ["A"] * 9}, {**best, "confidence": [1] * 9}


CASES = {each.__name__: each for each in (everything, plain, mixed, apart, unlabelled, spoiled)}
SLICES = ("site", "share", "indoors", "day", "seen", "score")


def files(folder: Path, case: str) -> list[Path]:
    found = []
    for name, table in zip(("best", "candidate"), CASES[case](), strict=True):
        found.append(folder / f"{case}_{name}.parquet")
        pq.write_table(pa.table({column: pa.array(values) for column, values in table.items()}), found[-1])
    return found


def counts(name: str, tables: list[Path]) -> Counts:
    with engine(name, tables) as opened:
        return counted(opened, Settings(slices=SLICES))


@pytest.mark.parametrize("case", CASES)
def test_every_engine_counts_the_same_to_the_bit(case: str, name: str, tmp_path: Path) -> None:
    tables = files(tmp_path, case)
    assert list(differences(counts("embedded", tables), counts(name, tables))) == []
