"""Look at a run of ClearML, for a first policy: what it reported, and what its predictions are good for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from gate.config import ConfigError
from gate.config.starter import Seen
from gate.evidence import Run
from gate.ports import Tracker, Untrusted
from gate.predictions.compare import Settings
from gate.predictions.embedded import embedded
from gate.predictions.examine import examine
from gate.predictions.table import UnusablePredictions, quoted

FEWEST, MOST = 2, 50  # values of a column that is worth slicing by; more are not counted


def run_called(tracker: Tracker, ident: str) -> Run:
    """Raises `ConfigError` where there is no such run."""
    found = tracker.runs([ident])
    if not found:
        raise ConfigError(f"ClearML knows no run {ident!r}; --run takes the id of a task, 32 hexadecimal digits")
    return found[0]


def run_about(tracker: Tracker, project: str, task: str, tag: str) -> Run:
    """The one that holds the tag, else the newest that finished.

    Raises:
        ConfigError: there is none.
    """
    holders = tracker.holders(tag, project, task)
    found = holders if len(holders) == 1 else tracker.recent(project, task, 1)
    if not found:
        raise ConfigError(
            f"ClearML has no finished run called {task!r} in exactly the project {project!r}; "
            "without --project and --task a template is written"
        )
    return found[0]


def look(tracker: Tracker, run: Run, said: Callable[[str], None]) -> Seen:
    """The run, and its predictions where they can be read."""
    name = Settings.artifact
    if name not in run.artifacts:
        return Seen(run, trouble=f"The run has no artifact '{name}', which gate.log_predictions keeps")
    try:
        return _with_predictions(run, tracker.fetch(run.artifacts[name], Settings.max_bytes, said))
    except (Untrusted, UnusablePredictions) as error:
        return Seen(run, trouble=f"The predictions cannot be used, because {error}")


def _with_predictions(run: Run, path: Path) -> Seen:
    found = examine([path])
    if not found.usable:
        raise UnusablePredictions(*found.problems)
    columns = [column for each in found.supports if each.what == "slices" for column in each.columns]
    return Seen(run, found, _worth_slicing(path, columns))


def _worth_slicing(path: Path, columns: Sequence[str]) -> list[str]:
    with embedded(("predictions", [path])) as engine:
        counts = {
            column: int(engine.rows(f"SELECT count(DISTINCT {quoted(column)}) AS n FROM predictions")["n"][0])
            for column in columns
        }
    return [column for column, count in counts.items() if FEWEST <= count <= MOST]
