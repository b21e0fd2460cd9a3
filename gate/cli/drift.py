"""The work of `gate drift`: watch a run of ClearML, or compare files, and say how far the world has moved."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gate.cli.bounded import note
from gate.cli.judge import Format
from gate.cli.notices import tell_of_drift
from gate.cli.output import write

if TYPE_CHECKING:
    from gate.drift import Drift
    from gate.workflow import World

UNKNOWN = 3


@dataclass(frozen=True)
class Window:
    """Which days are current, and which rows: "column=value"."""

    begin: str | None = None
    end: str | None = None
    slice: str | None = None


@dataclass(frozen=True)
class Wish:
    """What to watch and how to tell it; with files for both windows no service is asked."""

    scope: str | None
    run: str | None
    candidate: str | None
    pr: int | None
    window: Window
    reference: Path | None
    current: Path | None
    policy: Path | None
    form: Format
    output: Path | None


def drift(wish: Wish, timeout: float) -> int:
    """Watch and report. Answers the exit code of the state; raises `ConfigError` for a wish that is none."""
    from gate.workflow.drift import Unwatched

    begin, end = (None if text is None else moment(text) for text in (wish.window.begin, wish.window.end))
    try:
        whole, world = _found(wish, timeout)
    except Unwatched as why:
        note(f"not watched: {why}")
        return UNKNOWN
    found = _sliced(whole.within(begin, end), wish.window.slice)
    write(_rendered(found, wish.form), wish.output)
    _summarise(found)
    if world is not None and wish.run is None and wish.window == Window():
        tell_of_drift(world, whole)
    return found.state.exit_code


def moment(text: str) -> float:
    """Seconds since 1970 of a day or a time with a zone. Raises `ConfigError`."""
    from gate.config import ConfigError

    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"{text!r} is no day or time; write 2013-07-01 or 2013-07-01T12:00:00+00:00") from error
    if found.tzinfo is None and len(text) > len("2013-07-01"):
        raise ConfigError(f"the time {text!r} has no zone; a day by itself is in UTC")
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _found(wish: Wish, timeout: float) -> tuple[Drift, World | None]:
    """And the services, if they were asked."""
    from gate.config import ConfigError

    if wish.reference is None and wish.current is None:
        return _of_run(wish, timeout)
    if wish.reference is None or wish.current is None:
        raise ConfigError("--reference and --current go together: test predictions, and later ones")
    return _of_files(wish, wish.reference, wish.current), None


def _of_run(wish: Wish, timeout: float) -> tuple[Drift, World]:
    from gate.connect import Budget, connect
    from gate.workflow.drift import Watched, drift

    world = connect(timeout=Budget(timeout))
    return drift(world, Watched(wish.scope, wish.run, wish.candidate, wish.pr), note), world


def _of_files(wish: Wish, reference: Path, current: Path) -> Drift:
    from gate.connect import cache_folder
    from gate.drift import Watch
    from gate.predictions.compare import Settings
    from gate.predictions.reading import Reading
    from gate.workflow.drift import of_files, scope_of_file

    scope = None if wish.policy is None else scope_of_file(wish.policy, wish.scope, os.environ)
    watch, settings = (Watch(), Settings()) if scope is None else (scope.watch, scope.predictions)
    now = datetime.now(UTC).timestamp()
    reading = Reading(watch.every, settings.slices, now, settings.memory, cache_folder())
    return of_files(reference, current, watch, reading, note)


def _sliced(found: Drift, name: str | None) -> Drift:
    from gate.config import ConfigError

    if name is None:
        return found
    wanted = " = ".join(part.strip() for part in name.split("=", 1))
    if wanted not in found.slices:
        known = ", ".join(found.slices) or "none; name columns in [predictions] slices"
        raise ConfigError(f"there is no slice {name!r}; there are: {known}")
    return found.sliced(wanted)


def _rendered(found: Drift, form: Format) -> str:
    from gate import drift_report as report

    url = _url(found)
    known: dict[Format, Callable[[], str]] = {
        Format.text: lambda: report.text(found),
        Format.json: lambda: json.dumps(report.as_json(found), indent=2, ensure_ascii=False, allow_nan=False) + "\n",
        Format.markdown: lambda: report.markdown(found, url),
    }
    return known[form]()


def _url(found: Drift) -> str:
    dashboard = os.environ.get("GATE_DASHBOARD_URL", "").rstrip("/")
    if not (dashboard and found.run):
        return ""
    return f"{dashboard}/drift?scope={found.scope}&run={found.run.id}"


def _summarise(found: Drift) -> None:
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with open(summary, "a", encoding="utf-8") as file:
            file.write(_rendered(found, Format.markdown))
