"""The world that all pages are measured in: thousands of classes and runs, hundreds of open pull requests."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import typer

from benchmarks.history import BEST_TAGS, PROJECT, Candidate, Founded, commit, fill, opened, scattered
from benchmarks.history import POLICY as COMPARED
from benchmarks.pages.tables import later_rows, test_rows
from benchmarks.runs import Trainer
from gate.sandbox.clearml import ClearmlSandbox
from gate.sandbox.flights.hosting import make_repository
from gate.sandbox.flights.seed import after_seeding
from gate.sandbox.flights.wire import clearml, of_repository
from gate.sandbox.home import Home
from gate.sandbox.launch import servers

AUTHOR = "tomas"
DATASET, QUARTERS = "owl pictures", 8
SENSORS = 2  # curves beside the one that is compared
WORSE, WITHOUT = 10, 15  # every tenth candidate fails, every fifteenth has no run
POLICY = f"""
[drift]
chunk = "1d"
[retrain]
dataset = "{DATASET}"
{COMPARED}
[[scope.rule]]
kind = "data"
project = "{PROJECT}"
dataset = "{DATASET}"
alias = "train"
[[scope.rule]]
kind = "testset"
"""


@dataclass(frozen=True)
class Sizes:
    """``rows`` of each table; ``later`` are those of production."""

    classes: int = 5_000
    runs: int = 10_000
    candidates: int = 200
    rows: int = 100_000
    later: int = 200_000


def found(home: Home, sizes: Sizes) -> Founded:
    """Make everything. The servers must not run yet."""
    with servers(home):
        make_repository(home)
        main = commit(home, "Begin", {"gate.toml": POLICY})
        of_repository(home, AUTHOR, "POST", "/git/refs", ref="refs/heads/main", sha=main)
        project = clearml(home, "projects.create", name=PROJECT, description="")["id"]
        dataset = clearml(home, "projects.create", name=f"{PROJECT}/.datasets/{DATASET}", description="")["id"]
        trainer = Trainer(home, project, partial(test_rows, sizes.rows, sizes.classes), SENSORS)
        later = partial(later_rows, sizes.later, sizes.classes)
        best = trainer.run(main, 0.9, 5, {"predictions_later": later(5)}, hyperparams=_trained(QUARTERS - 1))
        clearml(home, "tasks.update_tags", ids=[best], add_tags=BEST_TAGS)
        after_seeding(home)
        document = clearml(home, "tasks.get_by_id", task=best)["task"]
        with typer.progressbar(range(sizes.candidates), label="candidates", file=sys.stderr) as numbers:
            made = tuple(_candidate(home, trainer, main, number, later) for number in numbers)
    founded = Founded(best, document, made)
    with typer.progressbar(length=sizes.runs, label="runs", file=sys.stderr) as bar:
        fill(home, founded, sizes.runs, bar.update, scattered(founded, sizes.runs, datetime.now(UTC)))
    _versions(home, dataset)
    return founded


def _candidate(home: Home, trainer: Trainer, main: str, number: int, later: Any) -> Candidate:
    pull, head = opened(home, main, number)
    if number % WITHOUT == WITHOUT - 1:
        return Candidate(pull, head, "")
    more = {"predictions_later": later(6)} if number == 0 else {}
    accuracy = 0.7 if number % WORSE == WORSE - 1 else 0.9
    facts = _trained(number % QUARTERS)
    return Candidate(pull, head, trainer.run(head, accuracy, 6 + number % 5, more, hyperparams=facts))


def version(quarter: int) -> str:
    """The id of a dataset version, as `benchmarks.history.scattered` names it."""
    return hashlib.md5(f"quarter {quarter}".encode()).hexdigest()


def _trained(quarter: int) -> Mapping[str, Any]:
    used = {"train": {"section": "Datasets", "name": "train", "value": version(quarter)}}
    depth = {"depth": {"section": "General", "name": "depth", "value": str(quarter)}}
    return {"Datasets": used, "General": depth}


def _versions(home: Home, project: str) -> None:
    """One of each quarter, as the SDK leaves it: a task of a hidden project."""
    with closing(ClearmlSandbox(home.world / "clearml", home.access_key, home.secret_key)) as sandbox:
        sandbox.add_tasks({**_version(quarter), "project": project} for quarter in range(QUARTERS))


def _version(quarter: int) -> dict[str, Any]:
    moment = f"2025-{1 + quarter:02}-01T00:00:00+00:00"
    return {
        "id": version(quarter),
        "name": DATASET,
        "type": "data_processing",
        "status": "completed",
        "system_tags": ["dataset"],
        "created": moment,
        "completed": moment,
        "runtime": {"version": f"{1 + quarter}.0.0", "ds_total_size": "1000"},
    }
