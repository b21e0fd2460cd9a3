"""What somebody who knows them well writes with pandas and with Polars."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.evaluation.folder import JOINED, WIDE, files

Scores = tuple[Any, Any, Any]
MODELS = ("best", "candidate")


def pandas_wide(folder: Path) -> Scores:
    return _of_pandas(_read(folder, "wide", WIDE))


def pandas_joined(folder: Path) -> Scores:
    best, candidate = (_read(folder, model, JOINED).rename(columns={"y_pred": model}) for model in MODELS)
    return _of_pandas(best.merge(candidate.drop(columns="y_true"), on="id"))


def polars_wide(folder: Path) -> Scores:
    import polars as pl

    return _of_polars(pl.scan_parquet(files(folder, "wide")))


def polars_joined(folder: Path) -> Scores:
    import polars as pl

    best, candidate = (
        pl.scan_parquet(files(folder, model)).select(JOINED).rename({"y_pred": model}) for model in MODELS
    )
    return _of_polars(best.join(candidate.drop("y_true"), on="id").collect().lazy())


def _read(folder: Path, shape: str, columns: tuple[str, ...]) -> Any:
    """Texts as categories."""
    import pandas as pd

    texts = [column for column in columns if column != "id"]
    return pd.read_parquet(files(folder, shape), columns=list(columns), read_dictionary=texts)


def _of_pandas(frame: Any) -> Scores:
    from pandas.api.types import union_categoricals

    labels = union_categoricals([frame[column] for column in WIDE], sort_categories=True).categories
    truth, *models = (frame[column].cat.set_categories(labels).cat.codes for column in WIDE)
    support = truth.value_counts().reindex(range(len(labels)), fill_value=0)
    scores = []
    for said in models:
        claims = said.value_counts().reindex(support.index, fill_value=0)
        hits = truth[truth == said].value_counts().reindex(support.index, fill_value=0)
        scores.append(_scores(hits.to_numpy(), claims.to_numpy(), support.to_numpy()))
    return labels, *scores


def _of_polars(rows: Any) -> Scores:
    import polars as pl

    hits = [(pl.col(model) == pl.col("y_true")).sum().alias(f"hits {model}") for model in MODELS]
    truth = rows.group_by(pl.col("y_true").alias("label")).agg(pl.len().alias("support"), *hits)
    claims = [rows.group_by(pl.col(model).alias("label")).agg(pl.len().alias(f"claims {model}")) for model in MODELS]
    found, *others = pl.collect_all([truth, *claims])
    for other in others:
        found = found.join(other, on="label", how="full", coalesce=True)
    found = found.fill_null(0)
    columns = {name: found[name].to_numpy() for name in found.columns}
    of_models = ((columns[f"hits {model}"], columns[f"claims {model}"], columns["support"]) for model in MODELS)
    return columns["label"], *(_scores(*each) for each in of_models)


def _scores(hits: Any, claims: Any, support: Any) -> Any:
    pairs = ((hits, claims), (hits, support), (2 * hits, claims + support))
    return np.stack([np.divide(part, whole, out=np.zeros(len(hits)), where=whole > 0) for part, whole in pairs])
