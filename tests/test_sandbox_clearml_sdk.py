"""The real ClearML SDK, in unmodified scripts, works against the sandbox, and all traffic holds to its schemas."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gate.sandbox.serve import serve
from tests.clearml_schemas import checked
from tests.clearml_wire import KEY, SECRET, Wire, running

# A script that reports at once can wait a minute in close() while the reporting subprocess races git detection.
CONFIGURATION = "sdk.development.report_use_subprocess: false\n"

TRAIN = """
import sys

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from clearml import OutputModel, Task

task = Task.init("sdk", "train " + sys.argv[1], auto_resource_monitoring=False, output_uri=True)
print("on the console")
task.connect({"depth": 3, "rate": 0.5})
logger = task.get_logger()
for i in range(5):
    logger.report_scalar("loss", "train", value=1 / (i + 1), iteration=i)
logger.report_single_value("auc", 0.875)
logger.report_confusion_matrix("confusion", "val", matrix=np.array([[1, 2], [3, 4]]), xlabels=["a", "b"])
logger.report_plotly("figure", "bars", figure=go.Figure(go.Bar(y=[1, 2])))
logger.report_text("a reported text")
with open(sys.argv[2] + "/out.txt", "w") as out:
    out.write("a file")
task.upload_artifact("file", sys.argv[2] + "/out.txt", wait_on_upload=True)
task.upload_artifact("table", pd.DataFrame({"a": [1, 2]}), wait_on_upload=True)
task.upload_artifact("dict", {"k": 1}, wait_on_upload=True)
OutputModel(task, name="weights").update_weights(sys.argv[2] + "/out.txt", auto_delete_file=False, async_enable=False)
task.set_user_properties(owner="me")
task.add_tags(["candidate"])
if sys.argv[1] == "badly":
    raise RuntimeError("it broke")
task.close()
"""

READ = """
import json

from clearml import Task

task = Task.get_task(project_name="sdk", task_name="train well")
clone = Task.clone(task, name="copy")
Task.enqueue(clone, queue_name="default")
clone.reload()
print(json.dumps({
    "by tag": [found.name for found in Task.get_tasks(project_name="sdk", tags=["candidate"])],  # the clone is one too
    "queried": Task.query_tasks(project_name="sdk", task_name="^train well$"),
    "id": task.id,
    "single": task.get_reported_single_values(),
    "loss": task.get_reported_scalars()["loss"]["train"],
    "last": task.get_last_scalar_metrics()["loss"]["train"],
    "plots": {p["metric"]: json.loads(p["plot_str"])["data"][0].get("z") for p in task.get_reported_plots()},
    "console": "".join(task.get_reported_console_output(10)),
    "parameters": task.get_parameters(),
    "artifacts": {name: artifact.hash for name, artifact in task.artifacts.items()},
    "file": open(task.artifacts["file"].get_local_copy()).read(),
    "model": open(task.models["output"][0].get_local_copy()).read(),
    "clone": [clone.name, clone.status, clone.parent, clone.get_tags()],
}))
"""

DATASETS = """
import json
import sys

from clearml import Dataset, Task


def version(text, **more):
    with open(f"{sys.argv[1]}/{text}.txt", "w") as out:
        out.write(text)
    dataset = Dataset.create(dataset_name="months", dataset_project="sdk", **more)
    dataset.add_files(f"{sys.argv[1]}/{text}.txt")
    dataset.upload(show_progress=False)
    dataset.finalize()
    return dataset


first = version("january")
second = version("february", parent_datasets=[first.id])
task = Task.init("sdk", "uses", auto_resource_monitoring=False)
used = Dataset.get(dataset_name="months", dataset_project="sdk", alias="train")
folder = used.get_local_copy()
task.close()
print(json.dumps({
    "listed": [(found["id"], found["version"]) for found in Dataset.list_datasets(dataset_project="sdk")],
    "ids": [first.id, second.id],
    "used": used.id,
    "files": {name: open(f"{folder}/{name}").read() for name in used.list_files()},
    "parameter": task.get_parameter("Datasets/train"),
}))
"""

STRICT = """
import sys

from clearml.backend_api.session.client.client import StrictSession

retries = dict.fromkeys(("total", "connect", "read", "redirect", "status"), 0)
session = StrictSession(initialize_logging=False, http_retries_config=retries)
body = {"ids": [sys.argv[1]], "add_tags": ["best"]}
answer = session.send_request("tasks", "update_tags", version="2.27", method="post", json=body)
print(answer.text)
"""


UNDESCRIBED = {"events.add_batch", "tasks.update_tags", "tasks.get_all_ex"}  # the last is asked by these tests only


@dataclass
class Lab:
    """A sandbox, a clone of a git repository with the training script, and a way to run scripts there."""

    wire: Wire
    clone: Path
    scratch: Path
    environment: dict[str, str]

    def run(self, script: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(script), *arguments],
            cwd=self.clone,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=90,
        )

    def answer(self, source: str, *arguments: str) -> Any:
        """What a script prints on its last line, as JSON."""
        script = self.scratch / "script.py"
        script.write_text(source)
        done = self.run(script, *arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def task(self, name: str) -> dict[str, Any]:
        (found,) = self.wire.call("tasks.get_all_ex", name=f"^{name}$")["tasks"]
        return dict(found)


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=ann", "-c", "user.email=ann@example.org"]
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def cloned(folder: Path) -> Path:
    origin, clone = folder / "origin", folder / "clone"
    origin.mkdir()
    git(origin, "init", "-q", "-b", "main")
    (origin / "train.py").write_text(TRAIN)
    git(origin, "add", ".")
    git(origin, "commit", "-qm", "Train")
    git(folder, "clone", "-q", str(origin), str(clone))
    return clone


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    scratch = folder / "scratch"
    scratch.mkdir()
    (folder / "clearml.conf").write_text(CONFIGURATION)
    with running(folder / "sandbox") as wire:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CLEARML")}
        environment = kept | {
            "CLEARML_API_HOST": wire.api,
            "CLEARML_WEB_HOST": wire.web,
            "CLEARML_FILES_HOST": wire.files,
            "CLEARML_API_ACCESS_KEY": KEY,
            "CLEARML_API_SECRET_KEY": SECRET,
            "CLEARML_CONFIG_FILE": str(folder / "clearml.conf"),
            "CLEARML_CACHE_DIR": str(folder / "cache"),
        }
        yield Lab(wire, cloned(folder), scratch, environment)


@pytest.fixture(scope="module")
def trained(lab: Lab) -> Lab:
    done = lab.run(lab.clone / "train.py", "well", str(lab.scratch))
    assert done.returncode == 0, done.stderr
    return lab


def test_a_run_records_its_commit_status_tags_and_artifacts(trained: Lab) -> None:
    task = trained.task("train well")
    assert task["script"]["version_num"] == git(trained.clone, "rev-parse", "HEAD").strip()
    assert task["script"]["repository"] == str(trained.clone.parent / "origin")
    assert (task["script"]["diff"], task["script"]["entry_point"]) == ("", "train.py")
    assert (task["status"], task["tags"]) == ("completed", ["candidate"])
    assert [artifact["key"] for artifact in task["execution"]["artifacts"]] == ["dict", "file", "table"]
    assert task["execution"]["artifacts"][1]["uri"].startswith(trained.wire.files)
    page = requests.get(f"{trained.wire.web}/projects/{task['project']['id']}/tasks/{task['id']}", timeout=20)
    assert "train well" in page.text


def test_what_a_run_reported_reads_back(trained: Lab) -> None:
    read = trained.answer(READ)
    assert {"train well", "copy"} <= {*read["by tag"]}
    assert read["queried"] == [read["id"]]
    assert read["single"] == {"auc": 0.875}
    assert read["loss"]["x"] == [0, 1, 2, 3, 4]
    assert read["loss"]["y"] == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4, 1 / 5])
    assert read["last"] == {"last": 0.2, "min": 0.2, "max": 1.0}
    assert read["plots"] == {"confusion": [[1, 2], [3, 4]], "figure": None}
    assert "on the console" in read["console"]
    assert "a reported text" in read["console"]
    assert read["parameters"] == {"General/depth": "3", "General/rate": "0.5", "properties/owner": "me"}
    assert len(read["artifacts"]["table"]) == 64
    assert (read["file"], read["model"]) == ("a file", "a file")
    assert read["clone"] == ["copy", "queued", read["id"], ["candidate"]]


def test_a_run_that_raises_is_a_failed_task(lab: Lab) -> None:
    done = lab.run(lab.clone / "train.py", "badly", str(lab.scratch))
    assert "it broke" in done.stderr
    task = lab.task("train badly")
    assert task["status"] == "failed"
    assert "it broke" in task["status_reason"] + task["status_message"]


def test_a_dataset_has_versions_and_a_run_names_the_one_it_used(lab: Lab) -> None:
    read = lab.answer(DATASETS, str(lab.scratch))
    first, second = read["ids"]
    assert {tuple(found) for found in read["listed"]} == {(first, "1.0.0"), (second, "1.0.1")}
    assert read["used"] == read["parameter"] == second
    assert read["files"] == {"january.txt": "january", "february.txt": "february"}


def test_the_strict_session_reaches_endpoints_newer_than_the_sdk(trained: Lab) -> None:
    task = trained.task("train well")["id"]
    answer = trained.answer(STRICT, task)
    assert answer["data"] == {"updated": 1}
    assert trained.wire.read(task)["tags"] == ["best", "candidate"]


def test_all_traffic_holds_to_the_schemas_of_the_sdk(trained: Lab) -> None:
    assert {"tasks.create", "tasks.edit", "tasks.get_all", "models.create"} <= trained.wire.traffic.seen
    assert trained.wire.traffic.violations == []
    assert {line.split()[0] for line in trained.wire.traffic.unchecked} <= UNDESCRIBED


def test_the_schemas_catch_values_of_the_wrong_type() -> None:
    async def wrong(request: Request) -> Response:
        await request.body()
        return JSONResponse({"data": {"task": {"id": 7}}})

    traffic = checked(Starlette(routes=[Route("/v2.23/tasks.get_by_id", wrong, methods=["POST"])]))
    with serve(lambda url: traffic) as api:
        requests.post(f"{api}/v2.23/tasks.get_by_id", json={"task": ["not a text"]}, timeout=20)
    assert [violation.split(":")[0] for violation in sorted(traffic.violations)] == [
        "tasks.get_by_id Request task",
        "tasks.get_by_id Response task",
    ]
