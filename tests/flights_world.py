"""A running sandbox with the flights world in it, as tests look at it."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.request import Request, urlopen

import pandas as pd

from gate.sandbox.flights.wire import clearml, of_repository
from gate.sandbox.home import Home

TASK_FIELDS = (
    *("id", "name", "status", "tags", "created", "script", "last_metrics", "last_iteration"),
    *("hyperparams", "execution.artifacts", "models"),
)


@dataclass(frozen=True)
class FlightsWorld:
    """A sandbox with the flights world in it; its servers are running."""

    home: Home

    @property
    def environment(self) -> dict[str, str]:
        return self.home.environment()

    def clearml(self, action: str, **body: object) -> Any:
        return clearml(self.home, action, **body)

    def github(self, path: str, login: str = "noor", method: str = "GET", **body: object) -> Any:
        """Call the API below ``/repos/skyline/flights``."""
        return of_repository(self.home, login, method, path, **body)

    def tasks(self) -> list[dict[str, Any]]:
        """All tasks, data sets included, oldest first."""
        asked = {"only_fields": TASK_FIELDS, "order_by": ["created", "id"]}
        return list(self.clearml("tasks.get_all_ex", **asked)["tasks"])

    def pulls(self) -> dict[str, dict[str, Any]]:
        """The open pull requests by branch."""
        return {pull["head"]["ref"]: pull for pull in self.github("/pulls?per_page=100")}

    def runs(self, commit: str) -> list[dict[str, Any]]:
        return [task for task in self.tasks() if (task.get("script") or {}).get("version_num") == commit]

    def run(self, branch: str) -> dict[str, Any]:
        """The only run of a pull request's head."""
        (task,) = self.runs(self.pulls()[branch]["head"]["sha"])
        return task

    def best(self) -> dict[str, Any]:
        """The only run that holds the tag ``best``."""
        (task,) = [task for task in self.tasks() if "best" in task["tags"]]
        return task

    def predictions(self, task: dict[str, Any], name: str = "predictions") -> pd.DataFrame:
        """An artifact of a run, downloaded from the file server."""
        (uri,) = [artifact["uri"] for artifact in task["execution"]["artifacts"] if artifact["key"] == name]
        token = self.clearml("auth.login")["token"]
        with urlopen(Request(uri, headers={"Authorization": f"Bearer {token}"}), timeout=20) as answer:
            content = answer.read()
        assert content[:4] == b"PAR1"
        return pd.read_parquet(BytesIO(content))

    def memory(self) -> dict[str, Any]:
        """Everything a second start must find again."""
        numbers = sorted(pull["number"] for pull in self.pulls().values())
        return {
            "tasks": self.tasks(),
            "pulls": {ref: (pull["number"], pull["title"], pull["head"]["sha"]) for ref, pull in self.pulls().items()},
            "comments": [[c["body"] for c in self.github(f"/issues/{number}/comments")] for number in numbers],
            "branches": [(b["name"], b["commit"]["sha"]) for b in self.github("/branches?per_page=100")],
        }


def metrics(task: dict[str, Any]) -> dict[str, float]:
    """``title/series`` -> the last value."""
    series = [one for title in task["last_metrics"].values() for one in title.values()]
    return {f"{one['metric']}/{one['variant']}": one["value"] for one in series}
