"""Predictions of April and of later months, right and sure as often as said; and a world whose best run has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from tests.small_world import CLASSES_RULE, POLICY, SmallWorld
from tests.tables import written

APRIL, MAY = datetime(2013, 4, 1, tzinfo=UTC), datetime(2013, 5, 1, tzinfo=UTC)
LONG = "owl" * 3_334


def made(
    path: Path,
    begin: datetime,
    rows: int = 2_000,
    *,
    seed: int = 0,
    right: float = 0.8,
    sure: float = 0.8,
    new: str = "",
    truths: bool = True,
    **columns: list[Any],
) -> Path:
    """Predictions over thirty days, right and sure as often as said; every twentieth row of a ``new`` class."""
    random = np.random.default_rng(seed)
    names = np.array(["owl", "cat", "dog", "ape"])
    truth = names[random.integers(0, 4, rows)]
    hit = random.random(rows) < right
    said = np.where(hit, truth, names[random.integers(0, 4, rows)])
    if new:
        truth = np.where(np.arange(rows) % 20 == 0, new, truth)
    table: dict[str, list[Any]] = {
        "id": [f"{begin:%m}-{number}" for number in range(rows)],
        "y_true": truth.tolist(),
        "y_pred": said.tolist(),
        "confidence": np.clip(random.normal(sure, 0.1, rows), 0, 1).tolist(),
        "timestamp": [begin + timedelta(days=float(day)) for day in np.sort(random.uniform(0, 30, rows))],
        "site": np.where(random.random(rows) < 0.3, "north", "south").tolist(),
    }
    if not truths:
        del table["y_true"]
    return written(path, **(table | columns))


def watched(owls: SmallWorld, tmp_path: Path, policy: str = "", logs: Path | None = None) -> dict[str, str]:
    """A world whose best run has test predictions and later ones; the runs' ids by role."""
    folder = f'logs = "{logs}"\n' if logs else ""
    owls.set_policy(f"[drift]\n{folder}{policy}\n" + POLICY + CLASSES_RULE)
    test, later = made(tmp_path / "test.parquet", APRIL), made(tmp_path / "later.parquet", MAY, seed=1, right=0.4)
    best = owls.run(owls.main(), tags=["best"], status="in_progress")
    owls.upload(best, "predictions", test.read_bytes())
    owls.upload(best, "predictions_later", later.read_bytes())
    owls.call("tasks.completed", {"task": best})
    pull = owls.pull("Learn again")
    new = owls.run(pull.head.sha, status="in_progress")
    owls.upload(new, "predictions", test.read_bytes())
    mended = made(tmp_path / "mended.parquet", MAY, seed=1, right=0.6)
    owls.upload(new, "predictions_later", mended.read_bytes())
    owls.call("tasks.completed", {"task": new})
    return {"best": best, "candidate": new, "pull": str(pull.number)}
