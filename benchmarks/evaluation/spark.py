"""The same queries on Spark, through Ibis: the files are tables of a session on this machine."""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.evaluation.ours import Scores, scored
from gate.predictions.compare import Settings, counted
from gate.predictions.connection import connect
from gate.predictions.warehouse import Warehouse

SUBMIT = (
    "--driver-memory 4g --conf spark.ui.enabled=false --conf spark.ui.showConsoleProgress=false "
    "--conf spark.driver.host=127.0.0.1 --conf spark.driver.bindAddress=127.0.0.1 "
    "--conf spark.sql.warehouse.dir={folder} pyspark-shell"
)
MODELS = ("best", "candidate")


def everything_joined(folder: Path) -> Scores:
    os.environ["PYSPARK_SUBMIT_ARGS"] = SUBMIT.format(folder=folder / "spark")
    connection = connect("pyspark://")
    for model in MODELS:
        connection.read_parquet(str(folder / f"{model}-*.parquet"), table_name=model)
    engine = Warehouse(connection, {model: model for model in MODELS})
    try:
        engine.open()
        return scored(counted(engine, Settings()))
    finally:
        engine.close()
        connection.disconnect()
