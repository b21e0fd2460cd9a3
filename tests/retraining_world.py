"""A small world with a dataset, a best run that was trained on it, a queue, and an agent that is a few requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gate.config import ScopePolicy
from gate.workflow import World
from gate.workflow.retrain import DUE, Demand, Turn, retrain
from gate.workflow.scopes import scopes_of_default_branch
from tests.small_world import POLICY, SmallWorld

DATASET = "owl pictures"
LOOP = f'[retrain]\ndataset = "{DATASET}"\nqueue = "training"\n'


@dataclass
class Loop:
    """Hands to upload versions, to run what is queued, and to turn the loop."""

    owls: SmallWorld
    best: str = ""
    queue: str = ""
    project: str = ""
    told: list[str] = field(default_factory=list)

    def version(self, number: str, rows: int | None = None, status: str = "completed") -> str:
        """A dataset version as the SDK leaves it: a task of a hidden project."""
        call = self.owls.call
        body = {"name": DATASET, "type": "data_processing", "project": self.project, "system_tags": ["dataset"]}
        task = str(call("tasks.create", {**body, "runtime": {"version": number, "ds_total_size": "1000"}})["id"])
        call("tasks.started", {"task": task})
        if rows is not None:
            event = {"type": "training_stats_scalar", "task": task, "metric": "Summary", "variant": "rows"}
            call("events.add", {**event, "iter": -(2**31), "value": rows, "timestamp": 1_700_000_000_000})
        if status == "completed":
            call("tasks.completed", {"task": task})
        return task

    @property
    def policy(self) -> ScopePolicy:
        (found,) = scopes_of_default_branch(self.owls.connect())
        return found

    def turn(self, demand: Demand = DUE, world: World | None = None) -> Turn:
        """Look once, as an instance of its own."""
        return retrain(world or self.owls.connect(), self.policy, demand, self.told.append)

    def queued(self) -> list[str]:
        found = self.owls.call("queues.get_by_id", {"queue": self.queue})["queue"]
        return [entry["task"] for entry in found["entries"]]

    def work(self, accuracy: float = 0.85, ends: str = "completed") -> str:
        """Run the next task of the queue, as an agent would."""
        task = str(self.owls.call("queues.get_next_task", {"queue": self.queue})["entry"]["task"])
        self.owls.call("tasks.started", {"task": task})
        self.owls.report(task, "test/accuracy", [accuracy])
        self.owls.call(f"tasks.{ends}", {"task": task})
        return task

    def clones(self) -> list[dict[str, Any]]:
        """Everything that was cloned, oldest first."""
        fields = ["name", "tags", "status", "parent", "script", "hyperparams", "created"]
        found = self.owls.call("tasks.get_all_ex", {"only_fields": fields, "order_by": ["created", "id"]})["tasks"]
        return [task for task in found if task.get("parent")]

    def trained_on(self) -> list[str]:
        """The dataset of every clone."""
        return [task["hyperparams"]["General"]["dataset_id"]["value"] for task in self.clones()]


def loop_in(owls: SmallWorld, loop: str = LOOP, versions: tuple[str, ...] = ("1.0.0",)) -> Loop:
    """A best run that was trained on the last of these versions, and says so."""
    owls.set_policy(loop + POLICY)
    best = owls.run(owls.main(), {"test/accuracy": [0.8]}, tags=["best", "keep"], status="in_progress")
    found = with_data(owls, best)
    made = [found.version(number, rows=1_000 * (place + 1)) for place, number in enumerate(versions)]
    said = {"Datasets/train": made[-1], "Data/train_end": "2013-04-01T00:00:00+00:00", "General/depth": "4"}
    sections: dict[str, dict[str, dict[str, str]]] = {}
    for parameter, value in said.items():
        section, name = parameter.split("/")
        sections[section] = {name: {"section": section, "name": name, "value": value}}
    owls.call("tasks.edit", {"task": best, "hyperparams": sections, "force": True})
    owls.call("tasks.completed", {"task": best})
    return found


def with_data(owls: SmallWorld, best: str) -> Loop:
    """A dataset without a version, and a queue."""
    project = owls.call("projects.create", {"name": f"Owls/.datasets/{DATASET}", "description": ""})["id"]
    return Loop(owls, best, owls.call("queues.create", {"name": "training"})["id"], project)
