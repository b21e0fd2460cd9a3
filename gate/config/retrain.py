"""[retrain]: which data lead to a training, of what, and how often at most."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from gate.config.approval import Duration, spelled
from gate.config.shown import found
from gate.config.values import BASE, PARAMETER, Count, Name, Table
from gate.retraining import Retraining

SHORTEST = timedelta(minutes=1)


def _inside(path: str) -> str:
    """A file of the repository, which a commit can have."""
    parts = path.split("/")
    if path.startswith("/") or path.endswith("/") or {"", ".", "..", ".git"} & set(parts) or "\\" in path:
        raise ValueError(f'found {found(path)}; allowed: the path of a file in the repository, such as "retrain.json"')
    return path


def _some(time: timedelta) -> timedelta:
    if time < SHORTEST:
        raise ValueError('found no time at all; allowed: "1m" or more. Leave the key out for no schedule')
    return time


class RetrainTable(Table):
    """When models are trained again by themselves: by `gate retrain`, as a service, from cron or in CI."""

    dataset: Name = Field(
        description="The ClearML dataset whose new versions are trained on.", examples=["flights 2013"]
    )
    dataset_project: Name | None = Field(
        default=None, description="Its project; without it that of the runs.", examples=["Flights"]
    )
    parameter: Annotated[str, Field(max_length=1_000, pattern=PARAMETER)] = Field(
        default=Retraining.parameter,
        description="The parameter of the training script that becomes the version's id: section/name.",
        examples=["Args/dataset_id"],
    )
    queue: Name = Field(default=Retraining.queue, description="The ClearML queue that clones are put on.")
    base: Annotated[str, Field(pattern=BASE)] = Field(
        default=Retraining.base, description="The run that is cloned: best, or the id of a run of ClearML."
    )
    pin: Annotated[str, Field(max_length=255), AfterValidator(_inside)] = Field(
        default=Retraining.pin,
        description="The file that names the dataset version in the commit that is trained and reviewed.",
        examples=["data/version.json"],
    )
    versions: Literal["each", "newest"] = Field(
        default=Retraining.versions, description="Of several new versions: train on each, or on the newest for all."
    )
    min_new_rows: Count = Field(
        default=Retraining.min_new_rows,
        description="Fewer rows than these are no reason; versions report them as the single value rows.",
        examples=[10_000],
    )
    cool_down: Duration = Field(
        default=timedelta(seconds=Retraining.cool_down),
        description="The least time between the decisions on two trainings.",
        examples=["12h"],
        json_schema_extra={"default": "0m"},
    )
    max_in_flight: Annotated[int, Field(ge=1, le=100)] = Field(
        default=Retraining.max_in_flight, description="So many trainings may be queued or running at once."
    )
    on_drift: bool = Field(
        default=Retraining.on_drift, description="Train also when `gate drift` says that the best has drifted."
    )
    every: Annotated[Duration, AfterValidator(_some)] | None = Field(
        default=None, description="Train also when so much time has passed since the last one.", examples=["30d"]
    )

    def terms(self, project: str) -> Retraining:
        """In seconds; ``project`` is that of the runs."""
        changed: dict[str, Any] = {
            "project": self.dataset_project or project,
            "cool_down": int(self.cool_down.total_seconds()),
            "every": int(self.every.total_seconds()) if self.every else 0,
        }
        kept = {name: getattr(self, name) for name in SAME}
        return Retraining(**kept, **changed)


SAME = ("dataset", "parameter", "queue", "base", "pin", "versions", "min_new_rows", "max_in_flight", "on_drift")


def sentence(terms: Retraining) -> str:
    """What [retrain] says, for people who do not read TOML."""
    base = "the best run" if terms.base == Retraining.base else f"the run {terms.base}"
    which = "each new version" if terms.versions == "each" else "the newest of the new versions"
    rows = f" with at least {terms.min_new_rows:,} new rows" if terms.min_new_rows else ""
    drifted = ", or when the best has drifted" if terms.on_drift else ""
    scheduled = f", or {spelled(timedelta(seconds=terms.every))} after the last training" if terms.every else ""
    cool = f", and none within {spelled(timedelta(seconds=terms.cool_down))} of another" if terms.cool_down else ""
    return (
        f"It is trained again on {which}{rows} of the dataset '{terms.dataset}' of the project '{terms.project}'"
        f"{drifted}{scheduled}: a clone of {base} with {terms.parameter} set, on the queue '{terms.queue}', of a "
        f"commit that names the version in {terms.pin}. At most {terms.max_in_flight} at once{cool}; a person decides "
        "about each."
    )
