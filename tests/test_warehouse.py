"""Predictions that are tables behind a connection: how they are named, found, counted, and kept."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gate.config import ConfigError, parse
from gate.counts import Counts
from gate.evidence import Run
from gate.predictions.compare import Settings, compare, counted
from gate.predictions.connection import connect
from gate.predictions.table import UnusablePredictions
from gate.predictions.warehouse import warehouse
from gate.workflow import Question, check
from gate.workflow.tables import counts_of_tables
from tests.engines import differences, needs_spark
from tests.small_world import CLASSES_RULE, POLICY, SmallWorld

TRUTH = ["cat", "owl", "owl", "cat"]
MODELS = {"a1": ["cat", "owl", "cat", "cat"], "b2": ["cat", "owl", "owl", "cat"]}
SECRET = "s3cret"


def run(id: str) -> Run:
    return Run(id, "train", "Owls", "completed", commit="", repository="")


RUNS = (run("a1"), run("b2"))


def columns(predicted: list[str]) -> pa.Table:
    return pa.table({"id": range(len(TRUTH)), "y_true": TRUTH, "y_pred": predicted})


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A DuckDB file with the predictions of both runs."""
    path = tmp_path / "house.duckdb"
    with duckdb.connect(str(path)) as connection:
        for name, predicted in MODELS.items():
            connection.register("given", columns(predicted))
            connection.execute(f"CREATE TABLE predictions_{name} AS FROM given")
    return path


def settings(connection: str, table: str = "predictions_{task}") -> Settings:
    return Settings(connection=connection, table=table)


def counts(found: tuple[Counts | None, str]) -> Counts:
    assert found[0] is not None, found[1]
    return found[0]


def reason(found: tuple[Counts | None, str]) -> str:
    assert found[0] is None
    return found[1]


def from_files(folder: Path) -> Counts:
    paths = []
    for name, predicted in MODELS.items():
        paths.append(folder / f"{name}.parquet")
        pq.write_table(columns(predicted), paths[-1])
    return compare(paths[:1], paths[1:])


def test_tables_behind_a_connection_count_as_files_do(database: Path, tmp_path: Path) -> None:
    found = counts(counts_of_tables(tmp_path, {}, settings(f"duckdb://{database}"), RUNS))
    assert list(differences(found, from_files(tmp_path))) == []


def test_counting_leaves_nothing_behind_the_connection(database: Path, tmp_path: Path) -> None:
    counts(counts_of_tables(tmp_path, {}, settings(f"duckdb://{database}"), RUNS))
    with duckdb.connect(str(database)) as connection:
        assert connection.execute("SELECT table_name FROM information_schema.tables ORDER BY ALL").fetchall() == [
            ("predictions_a1",),
            ("predictions_b2",),
        ]


def test_a_connection_of_ones_own_is_closed_when_counting_ends(database: Path) -> None:
    with warehouse(f"duckdb://{database}", best="predictions_a1") as engine:
        assert engine.columns("best") == {"id": "integer", "y_true": "text", "y_pred": "text"}
    with pytest.raises(UnusablePredictions, match="closed"):
        engine.rows("SELECT 1 AS one")


def test_counts_are_not_kept_where_nothing_tells_that_a_table_changed(database: Path, tmp_path: Path) -> None:
    wanted = settings(f"duckdb://{database}")
    before = counts(counts_of_tables(tmp_path, {}, wanted, RUNS))
    with duckdb.connect(str(database)) as connection:
        connection.execute("UPDATE predictions_b2 SET y_pred = 'owl'")
    after = counts(counts_of_tables(tmp_path, {}, wanted, RUNS))
    assert (before.per_class.candidate.hits.sum(), after.per_class.candidate.hits.sum()) == (4, 2)


def test_a_table_that_is_not_there_is_a_reason(database: Path, tmp_path: Path) -> None:
    said = reason(counts_of_tables(tmp_path, {}, settings(f"duckdb://{database}"), (RUNS[0], run("c3"))))
    assert said.startswith("the candidate's predictions cannot be read: ")
    assert "predictions_c3" in said


@pytest.mark.parametrize("id", ["b2; DROP TABLE predictions_a1", "b2.secrets", 'b2"', "", "b2\n", "é"])
def test_a_runs_id_cannot_lead_to_another_table(id: str, database: Path, tmp_path: Path) -> None:
    said = reason(counts_of_tables(tmp_path, {}, settings(f"duckdb://{database}"), (RUNS[0], run(id))))
    assert said == f"the run's id {id!r} cannot be part of a table's name"


def test_the_address_may_come_from_the_environment(database: Path, tmp_path: Path) -> None:
    wanted = settings("duckdb://${HOUSE}")
    assert counts(counts_of_tables(tmp_path, {"HOUSE": str(database)}, wanted, RUNS)).rows == 4
    said = reason(counts_of_tables(tmp_path, {}, wanted, RUNS))
    assert said == "the connection to predictions needs HOUSE in the environment"


@pytest.mark.parametrize("url", [f"duckdb://?threads={SECRET}", f"teradata://me:{SECRET}@host/house"])
def test_no_message_repeats_a_secret(url: str, tmp_path: Path) -> None:
    wanted = settings(url)
    said = reason(counts_of_tables(tmp_path, {}, wanted, RUNS))
    assert SECRET not in said + repr(wanted)


@pytest.mark.parametrize(("missing", "driver"), [("ibis", "duckdb"), ("pyspark", "pyspark")])
def test_a_missing_package_is_said_with_what_to_install(missing: str, driver: str) -> None:
    """In a process of its own: Ibis remembers drivers that it has found."""
    script = f"import sys; sys.modules[{missing!r}] = None; from gate.predictions.connection import connect\n"
    said = subprocess.run(
        [sys.executable, "-c", f"{script}connect('{driver}://')"], capture_output=True, text=True, timeout=60
    )
    assert said.stderr.endswith(f"pip install 'promotion-gate[warehouse]' 'ibis-framework[{driver}]'\n")


def test_a_policy_names_the_connection_and_a_table_for_each_run() -> None:
    (scope,) = parse('[predictions]\nconnection = "pyspark://"\ntable = "lake.p_{task}"\n' + POLICY, "gate.toml")
    assert (scope.predictions.connection, scope.predictions.table) == ("pyspark://", "lake.p_{task}")


@pytest.mark.parametrize(
    ("written", "mistakes"),
    [
        ({"connection": "pyspark://"}, ["connection and table go together: the table is behind the connection"]),
        ({"table": "p_{task}"}, ["connection and table go together: the table is behind the connection"]),
        (
            {"connection": f"teradata://me:{SECRET}@host", "table": "predictions"},
            [
                "connection: a connection begins with duckdb://, pyspark:// or ${VARIABLE}",
                "table: 'predictions' is no name of a table with {task} in it, which stands for the id of a run",
            ],
        ),
        (
            {"connection": "pyspark://", "table": "p_{task}; DROP"},
            ["table: 'p_{task}; DROP' is no name of a table with {task} in it, which stands for the id of a run"],
        ),
    ],
)
def test_a_connection_that_cannot_be_used_is_a_mistake_of_the_policy(
    written: Mapping[str, str], mistakes: list[str]
) -> None:
    lines = [f"{name} = {value!r}" for name, value in written.items()]
    with pytest.raises(ConfigError) as caught:
        parse("\n".join(["[predictions]", *lines, POLICY]), "gate.toml")
    assert len(caught.value.mistakes) == len(mistakes)
    assert all(said.endswith(mistake) for said, mistake in zip(caught.value.mistakes, mistakes, strict=True))


def test_a_candidate_is_judged_by_the_tables_of_its_and_the_bests_run(owls: SmallWorld, tmp_path: Path) -> None:
    pull = owls.pull("Try harder")
    ids = (owls.run(owls.main(), tags=["best"]), owls.run(pull.head.sha))
    with duckdb.connect(str(tmp_path / "house.duckdb")) as connection:
        for id, predicted in zip(ids, MODELS.values(), strict=True):
            connection.register("given", columns(predicted))
            connection.execute(f"CREATE TABLE predictions_{id} AS FROM given")
    behind = '[predictions]\nconnection = "duckdb://${HOUSE}"\ntable = "predictions_{task}"\n'
    owls.set_policy(behind + POLICY + CLASSES_RULE)
    report = check(owls.connect(HOUSE=str(tmp_path / "house.duckdb")), Question(pull=pull.number))
    found = report.evidence.counts
    assert found is not None, report.evidence.counts_missing
    assert list(differences(found, from_files(tmp_path))) == []


@needs_spark
@pytest.mark.usefixtures("spark")
def test_counts_of_spark_tables_are_kept_until_a_table_changes(tmp_path: Path) -> None:
    connection = connect("pyspark://")
    for name, predicted in MODELS.items():
        (tmp_path / name).mkdir()
        pq.write_table(columns(predicted), tmp_path / name / "part.parquet")
        connection.raw_sql(f"CREATE TABLE predictions_{name} USING parquet LOCATION '{tmp_path / name}'")
    heard: list[str] = []
    found = [counts(counts_of_tables(tmp_path, {}, settings("pyspark://"), RUNS, heard.append)) for _ in range(2)]
    assert [list(differences(each, from_files(tmp_path))) for each in found] == [[], []]
    assert heard.count("counting classes") == 1
    pq.write_table(columns(["owl"] * 4), tmp_path / "b2" / "part.parquet")
    changed = counts(counts_of_tables(tmp_path, {}, settings("pyspark://"), RUNS, heard.append))
    assert changed.per_class.candidate.hits.sum() == 2
    assert heard.count("counting classes") == 2


@needs_spark
@pytest.mark.usefixtures("spark")
def test_spark_keeps_nothing_of_a_count_and_a_view_is_counted_anew(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    connection = connect("pyspark://")
    for name, predicted in MODELS.items():
        pq.write_table(columns(predicted), tmp_path / f"{name}.parquet")
        connection.read_parquet(str(tmp_path / f"{name}.parquet"), table_name=f"seen_{name}")
    before = sorted(connection.list_tables())
    heard: list[str] = []
    wanted = settings("pyspark://", "seen_{task}")
    for _ in range(2):
        assert counts(counts_of_tables(tmp_path, {}, wanted, RUNS, heard.append)).rows == 4
    with warehouse("pyspark://", best="seen_a1", candidate="seen_b2") as engine:
        counted(engine, wanted)
        assert sorted(connection.list_tables()) != before
    assert sorted(connection.list_tables()) == before
    assert heard.count("counting classes") == 2
    assert "predictions cannot be read" in reason(counts_of_tables(tmp_path, {}, wanted, (RUNS[0], run("c3"))))
    assert "TABLE_OR_VIEW_NOT_FOUND" not in capfd.readouterr().err
