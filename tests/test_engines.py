"""The same counts, to the bit, from DuckDB in this process, DuckDB behind Ibis, and Spark."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gate.counts import Counts
from gate.predictions.compare import Settings, counted
from gate.predictions.table import UnusablePredictions
from tests.engines import differences, engine, needs_spark

LABELS = (
    "cat", "owl", "it's", 'so "called"', "two\nlines\ttab", "😀 Ünïcode ß 漢字", "x" * 10_000, "", " ", "Cat", "1", "?",
    "back\\slash", "back`tick", "$1 %s {}", "NULL", "é", "e\u0301",
)  # fmt: skip
ROWS = 300
Table = Mapping[str, Any]
RANDOM = np.random.default_rng(20)


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
    """Every column of the contract."""
    truth = [LABELS[number] for number in RANDOM.integers(0, len(LABELS), ROWS)]
    begin = datetime(1969, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC)
    of_rows = {
        "id": [f"row {number} ☃" for number in range(ROWS)],
        "y_true": [None if number % 17 == 0 else label for number, label in enumerate(truth)],
        "weight": 10.0 ** RANDOM.uniform(-9, 9, ROWS),
        "group": [f"patient {number % 40}" for number in range(ROWS)],
        "timestamp": [begin + timedelta(minutes=11.3 * number) for number in range(ROWS)],
        "site": [("A", "B", None, "?", "it's")[number % 5] for number in range(ROWS)],
        "share": [(1.0, 0.1, 1e-5, 1e20, None, 3e7, float("nan"))[number % 7] for number in range(ROWS)],
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
    exact = {"y_true": pa.array([Decimal(label) for label in shuffled(candidate)["y_true"]], pa.decimal128(9, 0))}
    return best, {**shuffled(candidate), **exact}


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
    """No id in common; what the one table has the other lacks, slices of every kind among it."""
    truth = [LABELS[number % len(LABELS)] for number in range(ROWS)]
    moment = datetime(2024, 7, 31, 22, 0, tzinfo=UTC)
    best = {
        "id": pa.array([2**64 - 1 - number for number in range(ROWS)], pa.uint64()),
        "y_true": truth,
        "y_pred": predicted(truth, 1),
        "weight": [1 / (number + 1) for number in range(ROWS)],
        "share": [0.25 * (number % 4) for number in range(ROWS)],
        "indoors": [(True, False, None)[number % 3] for number in range(ROWS)],
        "seen": [moment + timedelta(milliseconds=1_500 * (number % 3)) for number in range(ROWS)],
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
    best["day"] = [date(2024, 2, 27 + number % 3) for number in range(ROWS)]
    return best, {**best, "y_pred": ["a", "b"] * (ROWS // 2)}


def spoiled() -> tuple[Table, Table]:
    """Confidences that are none, and slices that are not there: mild, and said."""
    best = {"id": list(range(9)), "y_true": list("aabbccddd"), "y_pred": list("aabbccddd")}
    wrong = [0.5, 1.5, -0.1, float("nan"), None, 0.0, 1.0, 0.25, float("inf")]
    return {**best, "confidence": wrong, "site": ["A"] * 9}, {**best, "confidence": [1] * 9}


CASES = {each.__name__: each for each in (everything, plain, mixed, apart, unlabelled, spoiled)}
SLICES = ("site", "share", "indoors", "day", "seen", "score")
REACHED = {
    "everything": ("blocks", "slices", "chunks", "top", "changed", "weighted", "fingerprint"),
    "plain": ("triples", "top", "changed", "fingerprint"),
    "mixed": ("blocks", "slices", "changed", "weighted", "fingerprint"),
    "apart": ("blocks", "slices", "chunks", "weighted", "fingerprint", "lacks"),
    "unlabelled": ("triples", "slices", "fingerprint"),
    "spoiled": ("triples", "slices", "lacks", "fingerprint"),
}
UNFIT = {
    "y_true": [True, False],
    "y_pred": [0.5, 1.5],
    "id": [["a"], ["b"]],
    "weight": ["a", "b"],
    "group": [{"a": 1}, {"a": 2}],
    "timestamp": [datetime(2024, 1, 1), datetime(2024, 1, 2)],
    "top_k": [1, 2],
}


def files(folder: Path, case: str) -> list[Path]:
    found = []
    for name, table in zip(("best", "candidate"), CASES[case](), strict=True):
        found.append(folder / f"{case}_{name}.parquet")
        pq.write_table(pa.table({column: pa.array(values) for column, values in table.items()}), found[-1])
    return found


def counts(name: str, tables: list[Path]) -> Counts:
    held = {column for table in tables for column in pq.read_schema(table).names}
    with engine(name, tables) as opened:
        return counted(opened, Settings(slices=tuple(column for column in SLICES if column in held)))


@pytest.mark.parametrize("case", CASES)
def test_every_engine_counts_the_same_to_the_bit(case: str, name: str, tmp_path: Path) -> None:
    tables = files(tmp_path, case)
    assert list(differences(counts("embedded", tables), counts(name, tables))) == []


@pytest.mark.parametrize("case", CASES)
def test_the_tables_reach_every_part_of_the_counts(case: str, tmp_path: Path) -> None:
    found = counts("embedded", files(tmp_path, case))
    said = [field for field in REACHED["everything"] + ("triples", "lacks") if truthy(getattr(found, field))]
    assert sorted(said) == sorted(REACHED[case])


def truthy(value: Any) -> bool:
    return value is not None and (bool(value.size) if isinstance(value, np.ndarray) else bool(value))


def test_every_engine_says_the_same_of_unfit_tables(name: str, tmp_path: Path) -> None:
    tables = [tmp_path / "unfit_best.parquet", tmp_path / "unfit_candidate.parquet"]
    pq.write_table(pa.table(UNFIT), tables[0])
    twice = {"id": [1, 1, 2], "y_pred": ["a", None, "c"], "weight": [1.0, -1.0, float("nan")], "group": [None] * 3}
    pq.write_table(pa.table({**twice, "group": pa.array([None] * 3, pa.string())}), tables[1])
    assert problems(name, tables) == problems("embedded", tables)


def problems(name: str, tables: list[Path]) -> tuple[str, ...]:
    with pytest.raises(UnusablePredictions) as caught:
        counts(name, tables)
    return caught.value.problems


def test_an_id_with_another_truth_is_refused_by_every_engine(name: str, tmp_path: Path) -> None:
    tables = [tmp_path / "changed_best.parquet", tmp_path / "changed_candidate.parquet"]
    for table, truth in zip(tables, ("ab", "ac"), strict=True):
        pq.write_table(pa.table({"id": [1, 2], "y_true": list(truth), "y_pred": ["a", "b"]}), table)
    assert problems(name, tables) == ("1 ids have another y_true in the two tables: the test set changed",)


def test_rows_without_ids_are_compared_unpaired_and_in_no_parts(name: str, tmp_path: Path) -> None:
    tables = [tmp_path / "loose_best.parquet", tmp_path / "loose_candidate.parquet"]
    for table, ids in zip(tables, ({"id": [1, 2, 3]}, {}), strict=True):
        pq.write_table(pa.table({**ids, "y_true": ["a", "b", "a"], "y_pred": ["a", "b", "b"]}), table)
    found = counts(name, tables)
    assert found.pairing.said == (
        "3 and 3 rows, not paired: without an id in both tables, and their rows are kept in no order"
    )
    assert (found.blocks, found.fingerprint) == (None, "")
    assert found.per_class.candidate.hits.tolist() == [1, 1]


def test_an_answer_has_none_where_there_is_no_value_and_sums_that_are_exact(name: str, tmp_path: Path) -> None:
    lines = ("1 AS whole, 'a' AS text, CAST(0.5 AS DOUBLE) AS part", "NULL, NULL, NULL")
    sums = f"SELECT CAST(sum(n) AS VARCHAR) AS n FROM (SELECT {2**62} AS n UNION ALL SELECT {2**62 - 1}) AS two"
    for each in ("embedded", name):
        with engine(each, files(tmp_path, "spoiled")) as opened:
            found = opened.rows(" UNION ALL ".join(f"SELECT {line}" for line in lines))
            assert {column: list(values) for column, values in found.items()} == {
                "whole": [1, None],
                "text": ["a", None],
                "part": [0.5, None],
            }
            assert opened.rows(sums)["n"].tolist() == [str(2**63 - 1)]
