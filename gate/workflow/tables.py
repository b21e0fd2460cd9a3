"""The counts of two runs whose predictions are tables behind a connection."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from gate.counts import Counts
from gate.evidence import Run
from gate.predictions.backends import backend_of, table_name
from gate.predictions.compare import ROLES, Settings, counted
from gate.predictions.store import keep, key_of, recall
from gate.predictions.table import UnusablePredictions
from gate.predictions.warehouse import Warehouse, warehouse

VARIABLE = re.compile(r"\$\{(\w+)\}")  # of the environment: a password does not belong into a repository


def counts_of_tables(
    cache: Path,
    environment: Mapping[str, str],
    settings: Settings,
    runs: tuple[Run, Run],
    note: Callable[[str], None] = lambda _: None,
) -> tuple[Counts | None, str]:
    """The counts of both runs' tables (the best's first), or None with the reason in a sentence."""
    try:
        url = filled(settings.connection, environment)
        tables = {role: table_name(settings.table, run.id) for role, run in zip(ROLES, runs, strict=True)}
        note(f"connecting to {backend_of(url)}")
        with warehouse(url, **tables) as engine:
            if key := _key(engine, settings, tables):
                return _kept(cache / "counts", key, lambda: counted(engine, settings, note)), ""
            return counted(engine, settings, note), ""
    except UnusablePredictions as error:
        return None, str(error)


def _key(engine: Warehouse, settings: Settings, tables: Mapping[str, str]) -> str:
    """The name under which counts may be kept; empty where nothing tells whether a table has changed since."""
    versions = [engine.version(role) for role in tables]
    return key_of(settings.connection, *tables.values(), *versions, settings.key) if all(versions) else ""


def _kept(folder: Path, key: str, count: Callable[[], Counts]) -> Counts:
    if (found := recall(folder, key)) is None:
        found = count()
        keep(folder, key, found)
    return found


def filled(connection: str, environment: Mapping[str, str]) -> str:
    """The address with its variables. Raises `UnusablePredictions` where the environment lacks one."""
    if missing := [name for name in VARIABLE.findall(connection) if not environment.get(name)]:
        raise UnusablePredictions(f"the connection to predictions needs {', '.join(missing)} in the environment")
    return VARIABLE.sub(lambda name: environment[name[1]], connection)
