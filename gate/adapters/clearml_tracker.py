"""ClearML as a tracker: the calls the gate makes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gate.adapters.clearml_briefs import briefs_of, ids_of
from gate.adapters.clearml_datasets import HIDDEN, VERSION_FIELDS, datasets_of, version_of
from gate.adapters.clearml_files import ClearmlFiles
from gate.adapters.clearml_origins import curves_of, origins_of, versions_of
from gate.adapters.clearml_plots import matrix_of
from gate.adapters.clearml_retraining import clone, enqueue, set_up
from gate.adapters.clearml_runs import FIELDS, run_of
from gate.adapters.clearml_scratch import ClearmlScratch
from gate.adapters.clearml_session import ClearmlSession
from gate.adapters.clearml_vitals import vitals_of
from gate.brief import Brief
from gate.evidence import FINISHED, Artifact, Curve, Dataset, Matrix, Run
from gate.origin import Origin, Version
from gate.ports import Setup
from gate.vitals import TrackerVitals

PAGE = 500  # the server cuts larger pages silently
NEWEST = 25  # runs of one commit that are looked at, finished ones first


class ClearmlTracker:
    """Reads runs and moves tags on the ClearML server that clearml.conf or the environment names.

    ``cache`` keeps artifacts by their sha256; ``timeout`` answers how many seconds the caller has left.
    """

    def __init__(self, cache: Path, timeout: Callable[[], float], journal: Callable[[str], None]) -> None:
        self._session = ClearmlSession(timeout, journal)
        self._files = ClearmlFiles(self._session, cache, timeout)
        self._projects: dict[str, str] = {}

    def scratch(self, project: str) -> ClearmlScratch:
        """Hands to make a project of this name with runs in it, and to remove both."""
        return ClearmlScratch(self._session, project)

    @property
    def server(self) -> str:
        return urlsplit(self._session.host).netloc.lower()

    def runs_of(self, commits: Sequence[str], project: str) -> list[Run]:
        pattern = f"^({'|'.join(re.escape(commit) for commit in commits)})$"
        query = {
            # A plain script.version_num filter is ignored by the server, which then answers every task.
            "_any_": {"fields": ["script.version_num"], "pattern": pattern},
            "order_by": ["-completed", "-last_update"],
        }
        size = NEWEST if len(commits) == 1 else PAGE
        return [run for run in self._find(project, query, size) if run.commit in commits]

    def holders(self, tag: str, project: str, task: str) -> list[Run]:
        found = self._find(project, {"tags": ["__$all", tag], "order_by": ["id"]}, PAGE)
        return [run for run in found if tag in run.tags and run.name == task]

    def recent(self, project: str, task: str, most: int) -> list[Run]:
        query = {"name": f"^{re.escape(task)}$", "status": list(FINISHED), "order_by": ["-completed"]}
        found = self._find(project, {**query, "system_tags": ["-archived"]}, most)
        return [run for run in found if run.name == task and run.finished and not run.archived]

    def runs(self, ids: Sequence[str]) -> list[Run]:
        found: list[Run] = []
        for start in range(0, len(ids), PAGE):
            query = {"id": list(ids[start : start + PAGE]), "only_fields": FIELDS, "page_size": PAGE, "page": 0}
            found += map(run_of, self._session.call("tasks.get_all_ex", {**query, "search_hidden": True})["tasks"])
        return found

    def place(self, project: str) -> str | None:
        return self._project(project)

    def briefs(
        self, place: str, task: str, metrics: Sequence[str], changed: str = "", updated: str = ""
    ) -> Iterator[list[Brief]]:
        since = {"last_change": changed, "last_update": updated}
        known = {name: moment for name, moment in since.items() if moment}
        return briefs_of(self._session, place, task, metrics, known)

    def ids(self, place: str, task: str, page: int, size: int) -> list[str]:
        return ids_of(self._session, place, task, page, size)

    def origins(self, ids: Sequence[str]) -> list[Origin]:
        return origins_of(self._session, ids) if ids else []

    def versions(self, ids: Sequence[str]) -> list[Version]:
        return versions_of(self._session, ids)

    def curves(self, run: str, points: int) -> Mapping[str, Curve]:
        return curves_of(self._session, run, points)

    def datasets(self, ids: Sequence[str]) -> list[Dataset]:
        return datasets_of(self._session, ids) if ids else []

    def curve(self, run: Run, metric: str) -> Curve:
        scalar = run.scalars[metric]
        wanted = {"metric": scalar.title, "variants": [scalar.series]}
        iterations: list[int] = []
        values: list[float] = []
        body: dict[str, Any] = {"task": run.id, "metric": wanted, "batch_size": 10_000}
        while True:
            data = self._session.call("events.scalar_metrics_iter_raw", body)
            found = data.get("variants", {}).get(scalar.series, {})
            iterations += map(int, found.get("iter", ()))
            values += map(float, found.get("y", ()))
            if not data.get("returned") or len(values) >= scalar.points:
                break
            body["scroll_id"] = data["scroll_id"]
        return Curve(tuple(values), tuple(iterations))

    def matrices(self, run: Run, name: str = "") -> list[Matrix]:
        slashes = [place for place, character in enumerate(name) if character == "/"]
        wanted = [{"metric": name[:place], "variants": [name[place + 1 :]]} for place in slashes]
        body = {"task": run.id, "iters": 1, "no_scroll": True, **({"metrics": wanted} if wanted else {})}
        plots = self._session.call("events.get_task_plots", body)["plots"]
        return [matrix for matrix in map(matrix_of, plots) if matrix is not None]

    def add_tag(self, run: str, tag: str) -> None:
        self._update_tags(run, {"add_tags": [tag]})

    def remove_tag(self, run: str, tag: str) -> None:
        self._update_tags(run, {"remove_tags": [tag]})

    def _update_tags(self, run: str, change: dict[str, list[str]]) -> None:
        self._session.call("tasks.update_tags", {"ids": [run], **change}, version="2.27", attempts=1)

    def link(self, run: Run) -> str:
        try:
            web = str(self._session.sdk.get_app_server_host(config=self._session.sdk.config)).rstrip("/")
        except ValueError:  # it is not configured, and the API's address does not tell it
            return ""
        project = self._projects.get(run.project, "*")
        return f"{web}/projects/{project}/experiments/{run.id}/output/execution"

    def versions_of(self, project: str, dataset: str) -> list[Version]:
        ident = self._project(f"{project}{HIDDEN}{dataset}")
        if ident is None:
            return []
        query = {"project": [ident], "system_tags": ["__$all", "dataset", "__$not", "archived"], "search_hidden": True}
        page = {"only_fields": VERSION_FIELDS, "order_by": ["created", "id"], "page_size": PAGE}
        return [version_of(task) for task in self._pages({**query, **page}, PAGE)]

    def marked(self, mark: str, project: str) -> list[Run]:
        found = self._find(project, {"tags": ["__$all", mark], "order_by": ["created", "id"]}, PAGE)
        return [run for run in found if mark in run.tags]

    def clone(self, run: str, name: str, mark: str) -> None:
        clone(self._session, run, name, mark)

    def set_up(self, draft: str, setup: Setup) -> None:
        set_up(self._session, draft, setup)

    def enqueue(self, draft: str, queue: str) -> None:
        enqueue(self._session, draft, queue)

    def _find(self, project: str, query: Mapping[str, Any], size: int) -> list[Run]:
        ident = self._project(project)
        if ident is None:
            return []
        body = {"project": [ident], "only_fields": FIELDS, "page_size": size, **query}
        return [run for task in self._pages(body, size) if (run := run_of(task)).project == project]

    def _pages(self, body: dict[str, Any], size: int) -> Iterator[dict[str, Any]]:
        page = 0
        while True:
            tasks = self._session.call("tasks.get_all_ex", {**body, "page": page})["tasks"]
            yield from tasks
            if len(tasks) < size or size < PAGE:
                return
            page += 1

    def _project(self, name: str) -> str | None:
        if name not in self._projects:
            query = {"name": f"^{re.escape(name)}$", "only_fields": ["name"], "search_hidden": True}
            found = self._session.call("projects.get_all_ex", query)["projects"]
            self._projects |= {project["name"]: project["id"] for project in found}
        return self._projects.get(name)

    def vitals(self) -> TrackerVitals:
        return vitals_of(self._session)

    def knows(self, project: str) -> bool:
        return self._project(project) is not None

    def reach_files(self) -> int:
        with self._session.open(self.vitals().files.rstrip("/") + "/") as answer:
            return answer.status_code

    def fetch(self, artifact: Artifact, limit: int, told: Callable[[str], None] = lambda _: None) -> Path:
        return self._files.fetch(artifact, limit, told)
