"""The whole loop on the flights, as one command: a new quarter, a training by the agent, a review, and less drift."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from gate.sandbox.home import Home
from tests.flights_world import FlightsWorld
from tests.sandbox_process import CHECKOUT, clean_environment, private_world

pytest_plugins = ("tests.sandbox_world",)


@pytest.fixture
def own_home(world: FlightsWorld, private_home: Home) -> Home:
    """A copy whose artifacts and repositories are at its own addresses."""
    with sqlite3.connect(private_home.world / "clearml" / "clearml.sqlite") as database:
        for service in world.home.ports:
            old, new = world.home.url(service), private_home.url(service)
            for table in ("documents", "reports"):
                database.execute(f"UPDATE {table} SET body = replace(body, ?, ?)", (old, new))
    database.close()
    return private_home


def sandbox(home: Home, cache: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gate", "sandbox", *arguments, "--home", str(home.folder)]
    environment = clean_environment() | {"XDG_CACHE_HOME": str(cache)}
    return subprocess.run(
        command, env=environment, cwd=CHECKOUT, capture_output=True, text=True, timeout=300, check=False
    )


def queued_from_elsewhere(flights: FlightsWorld) -> str:
    """A task whose script the agent must not run, and go on."""
    script = {"repository": "http://127.0.0.1:1/evil.git", "version_num": "f" * 40, "entry_point": "train.py"}
    task = str(flights.clearml("tasks.create", name="foreign", type="training", script=script)["id"])
    flights.clearml("tasks.enqueue", task=task, queue_name="default")
    return task


def test_one_command_turns_the_loop_and_the_model_recovers(own_home: Home, tmp_path: Path) -> None:
    with private_world(own_home) as flights:
        before, foreign = flights.best(), queued_from_elsewhere(flights)
        done = sandbox(own_home, tmp_path, "loop", "--approve-as", "noor")
        assert done.returncode == 0, done.stdout + done.stderr
        best = flights.best()
        refused = flights.clearml("tasks.get_by_id", task=foreign)["task"]
        pull = next(pull for ref, pull in flights.pulls().items() if ref.startswith("retrain/"))
        changed = {file["filename"] for file in flights.github(f"/pulls/{pull['number']}/files")}
        state = flights.github(f"/commits/{pull['head']['sha']}/status")["statuses"]
    assert (refused["status"], "of its own repository" in refused["status_message"]) == ("failed", True)
    assert best["id"] != before["id"]
    assert best["script"]["version_num"] == pull["head"]["sha"], "it ran exactly the commit under review"
    assert not best["script"].get("diff")
    assert changed == {"retrain.json"}
    assert best["hyperparams"]["Datasets"]["train"]["value"] == best["hyperparams"]["General"]["dataset_id"]["value"]
    assert best["hyperparams"]["Data"]["train_end"]["value"].startswith("2013-10-01"), "of its own data, not the base's"
    assert any(each["context"].startswith("model-approval") and each["state"] == "success" for each in state)
    repair = re.search(r"the candidate has 0\.(\d\d) right of the rows where the old model has 0\.(\d\d)", done.stdout)
    assert repair is not None
    assert int(repair[1]) > int(repair[2]) + 20
    old, *_, new = re.findall(r"accuracy fell from 0\.(\d\d) to 0\.(\d\d)", done.stdout)
    assert int(old[1]) < 45
    assert int(new[1]) > 60
    assert int(new[0]) - int(new[1]) < 5
