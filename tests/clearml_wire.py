"""A running ClearML sandbox and the plainest client of it: one function per call, answers as the server gave them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import md5
from pathlib import Path
from typing import Any

import requests

from gate.sandbox.clearml import ClearmlSandbox
from gate.sandbox.serve import Serving
from tests.clearml_schemas import Checked, checked

KEY, SECRET = "wire-key", "wire-secret"
T0 = 1_700_000_000_000
NO_ID = "0" * 32


@dataclass
class Wire:
    sandbox: ClearmlSandbox
    api: str
    files: str
    web: str
    traffic: Checked
    http: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.http.trust_env = False
        self.http.auth = (KEY, SECRET)

    def ask(self, endpoint: str, **body: Any) -> requests.Response:
        return self.http.post(f"{self.api}/{endpoint}", json=body, timeout=20)

    def call(self, endpoint: str, **body: Any) -> Any:
        answer = self.ask(endpoint, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def refused(self, endpoint: str, **body: Any) -> tuple[int, int]:
        """Status and subcode of a call that must not succeed."""
        answer = self.ask(endpoint, **body)
        meta = answer.json()["meta"]
        assert meta["result_code"] == answer.status_code != 200
        return meta["result_code"], meta["result_subcode"]

    def project(self, name: str) -> str:
        return str(self.call("projects.create", name=name, description="")["id"])

    def task(self, project: str, name: str = "run", **fields: Any) -> str:
        return str(self.call("tasks.create", name=name, type="training", project=project, **fields)["id"])

    def read(self, task: str) -> dict[str, Any]:
        return dict(self.call("tasks.get_by_id", task=task)["task"])

    def found(self, project: str, **query: Any) -> list[str]:
        """The names of the tasks a query finds in a project."""
        body = {"project": [project], "only_fields": ["name"], "order_by": ["name"], **query}
        return [task["name"] for task in self.call("tasks.get_all_ex", **body)["tasks"]]

    def report(self, *events: Mapping[str, Any]) -> requests.Response:
        lines = "\n".join(json.dumps(event) for event in events)
        headers = {"Content-Type": "application/json-lines"}
        return self.http.get(f"{self.api}/v2.23/events.add_batch", data=lines, headers=headers, timeout=20)

    def scalars(self, task: str, metric: str, variant: str, points: Sequence[tuple[int, float]]) -> None:
        answer = self.report(*(scalar(task, metric, variant, iter, value) for iter, value in points))
        assert answer.json()["data"]["added"] == len(points)

    def summary(self, task: str, metric: str, variant: str) -> dict[str, Any]:
        return dict(self.read(task)["last_metrics"][hashed(metric)][hashed(variant)])


def scalar(task: str, metric: str, variant: str, iter: int, value: Any, **more: Any) -> dict[str, Any]:
    event = {"type": "training_stats_scalar", "task": task, "metric": metric, "variant": variant, "iter": iter}
    return {**event, "value": value, "timestamp": T0 + max(iter, 0), **more}


def hashed(name: str) -> str:
    return md5(name.encode()).hexdigest()


@contextmanager
def running(folder: Path) -> Iterator[Wire]:
    """Serve a sandbox over the folder until the block ends. Its API traffic is checked against the SDK's schemas."""
    sandbox = ClearmlSandbox(folder, KEY, SECRET)
    traffic = checked(sandbox.api)
    try:
        with Serving() as serving:
            api, files, web = (serving.add(lambda _, app=app: app) for app in (traffic, sandbox.files, sandbox.web))  # type: ignore[misc]
            yield Wire(sandbox, api, files, web, traffic)
    finally:
        sandbox.close()
