"""Runs of the benchmark's project, made over the wire: curves, predictions, and how they ended."""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import requests

from gate.sandbox.flights.wire import clearml
from gate.sandbox.home import REPOSITORY, Home

TASK = "train owls"
TITLE, SERIES = "test", "accuracy"
ITERATIONS, OTHER_SERIES = 200, 20  # curves that nobody asks for are the usual case
ROWS, CLASSES = 20_000, 100
SECONDS = 60
NOTHING: Mapping[str, bytes] = {}


@dataclass(frozen=True)
class Trainer:
    """Makes finished runs in one project, each with curves and a table of predictions."""

    home: Home
    project: str
    table: Callable[[int], bytes] = lambda wrong_every: predictions(wrong_every)
    sensors: int = OTHER_SERIES

    def run(
        self, commit: str, accuracy: float, wrong_every: int, more: Mapping[str, bytes] = NOTHING, **facts: object
    ) -> str:
        """A run whose last accuracy is ``accuracy``, and that errs in every ``wrong_every``-th prediction.

        ``more`` are other artifacts by name; ``facts`` are further fields of the task.
        """
        repository = f"{self.home.url('github')}/{REPOSITORY}.git"
        script = {"version_num": commit, "diff": "", "repository": repository, "branch": "main"}
        made = {"name": TASK, "type": "training", "project": self.project, "script": script, **facts}
        task = str(self._call("create", **made)["id"])
        self._call("started", task=task)
        self._report(task, accuracy)
        tables = {"predictions": self.table(wrong_every), **more}
        artifacts = [self._upload(task, name, content) for name, content in tables.items()]
        self._call("add_or_update_artifacts", task=task, artifacts=artifacts)
        self._call("completed", task=task)
        return task

    def _call(self, action: str, **body: object) -> Any:
        return clearml(self.home, f"tasks.{action}", **body)

    def _report(self, task: str, accuracy: float) -> None:
        lines = "\n".join(json.dumps(event | {"task": task}) for event in curves(accuracy, self.sensors))
        url, keys = f"{self.home.url('api')}/events.add_batch", (self.home.access_key, self.home.secret_key)
        kind = {"Content-Type": "application/json-lines"}
        requests.post(url, data=lines, headers=kind, auth=keys, timeout=SECONDS).raise_for_status()

    def _upload(self, task: str, name: str, content: bytes) -> dict[str, object]:
        files, path = self.home.url("files"), f"owls/{task}/{name}.parquet"
        head = {"Authorization": f"Bearer {clearml(self.home, 'auth.login')['token']}"}
        sent = {path: (f"{name}.parquet", content)}
        requests.post(f"{files}/", files=sent, headers=head, timeout=SECONDS).raise_for_status()
        return {
            "key": name,
            "type": "custom",
            "mode": "output",
            "uri": f"{files}/{path}",
            "content_size": len(content),
            "hash": hashlib.sha256(content).hexdigest(),
        }


def curves(accuracy: float, sensors: int = OTHER_SERIES) -> Iterator[dict[str, object]]:
    """The accuracy rising to its last value, and the other curves that training scripts and the SDK report."""
    stamp = int(time.time() * 1000)
    for iteration in range(ITERATIONS):
        share = (iteration + 1) / ITERATIONS
        point = {"type": "training_stats_scalar", "iter": iteration, "timestamp": stamp + iteration}
        yield point | {"metric": TITLE, "variant": SERIES, "value": accuracy * share}
        for number in range(sensors):
            yield point | {"metric": "monitor", "variant": f"sensor {number}", "value": number + share}


def predictions(wrong_every: int) -> bytes:
    """A Parquet table in which every ``wrong_every``-th prediction is the next class."""
    truth = [row * 7919 % CLASSES for row in range(ROWS)]
    found = [(code + (row % wrong_every == 0)) % CLASSES for row, code in enumerate(truth)]
    columns = {"id": [f"owl-{row:06}" for row in range(ROWS)], "y_true": names(truth), "y_pred": names(found)}
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def names(codes: list[int]) -> list[str]:
    return [f"owl {code:03}" for code in codes]
