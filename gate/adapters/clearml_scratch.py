"""Make and remove what `gate selftest` looks at in ClearML. Nothing else in the gate calls this."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

from gate.adapters.clearml_session import ClearmlSession
from gate.ports import Absent, ServiceError

SCALAR = "training_stats_scalar"


class ClearmlScratch:
    """Runs of one project that is made for them."""

    def __init__(self, session: ClearmlSession, project: str) -> None:
        self._session, self._name, self._project = session, project, ""

    def make_project(self) -> None:
        self._project = str(self._write("projects.create", {"name": self._name, "description": "gate selftest"})["id"])

    def make_run(self, name: str, commit: str, tag: str) -> str:
        script = {"version_num": commit, "diff": "", "repository": "", "branch": "main"}
        body = {"name": name, "type": "testing", "project": self._project, "script": script, "tags": [tag]}
        run = str(self._write("tasks.create", body)["id"])
        self._write("tasks.started", {"task": run})
        return run

    def report(self, run: str, title: str, series: str, values: list[float]) -> None:
        for iteration, value in enumerate(values):
            self._event(run, SCALAR, title, series, iter=iteration, value=value)

    def plot(self, run: str, title: str, series: str, figure: dict[str, Any]) -> None:
        self._event(run, "plot", title, series, iter=0, plot_str=json.dumps(figure))

    def upload(self, run: str, name: str, content: bytes) -> str:
        """Answers the file's address, as it must be for an artifact to be read."""
        sdk = self._session.sdk
        files = str(sdk.get_files_server_host(config=sdk.config)).rstrip("/")
        path = f"{self._name}/{run}/{name}.json"
        answer = self._session.send("post", f"{files}/", files={path: (f"{name}.json", content)})
        if not answer.ok:
            raise ServiceError(f"the ClearML file server answers {answer.status_code} to an upload")
        artifact = {"key": name, "type": "custom", "mode": "output", "uri": f"{files}/{path}"}
        more = {"content_size": len(content), "hash": hashlib.sha256(content).hexdigest()}
        self._write("tasks.add_or_update_artifacts", {"task": run, "artifacts": [artifact | more]})
        return artifact["uri"]

    def complete(self, run: str) -> None:
        self._write("tasks.completed", {"task": run})

    def remove_file(self, uri: str) -> None:
        answer = self._session.send("delete", uri)
        if not answer.ok and answer.status_code != 404:
            raise ServiceError(f"the ClearML file server answers {answer.status_code} to a removal of {uri}")

    def remove_all(self) -> None:
        """The project by its name, and every run in it: what an interrupted request made is found too."""
        query = {"name": f"^{self._name}$", "only_fields": ["name"], "search_hidden": True}
        for project in self._session.call("projects.get_all_ex", query)["projects"]:
            body = {"project": [project["id"]], "only_fields": ["id"], "search_hidden": True}
            for task in self._session.call("tasks.get_all_ex", body)["tasks"]:
                self._remove("tasks.delete", {"task": task["id"], "force": True, "delete_external_artifacts": False})
            self._remove("projects.delete", {"project": project["id"], "force": True})

    def _remove(self, endpoint: str, body: dict[str, Any]) -> None:
        try:
            self._session.call(endpoint, body)
        except Absent:
            return

    def _event(self, run: str, kind: str, title: str, series: str, **more: object) -> None:
        event = {"type": kind, "task": run, "metric": title, "variant": series, "timestamp": int(time.time() * 1000)}
        self._write("events.add", {**event, **more})

    def _write(self, endpoint: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._session.call(endpoint, body, attempts=1)
