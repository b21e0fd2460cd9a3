"""Dataset versions by id: asked for once, and kept on disk, for a version never changes its name."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from gate.cache import whole
from gate.canonical import digest
from gate.origin import Version
from gate.workflow.chronicle import FOLDER
from gate.workflow.lineage import IDENT
from gate.workflow.world import World

MOST = 2_000  # that are kept


class Versions:
    """What is known of one tracker's datasets. Those that do not exist are asked for once in a process."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[str, Version | None] | None = None

    def named(self, ids: Iterable[str]) -> dict[str, Version]:
        """These, as far as they exist; one request for all that are new."""
        if self._known is None:
            self._known = dict(self._recalled())
        wanted = [ident for ident in dict.fromkeys(ids) if IDENT.fullmatch(ident)]
        if missing := [ident for ident in wanted if ident not in self._known]:
            found = {version.id: version for version in self._world.tracker.versions(missing)}
            self._known |= dict.fromkeys(missing) | found
            self._keep()
        return {ident: version for ident in wanted if (version := self._known[ident])}

    @property
    def _path(self) -> Path:
        return self._world.cache / FOLDER / f"{digest(['versions', self._world.tracker.server])}.json"

    def _keep(self) -> None:
        known = [asdict(version) for version in (self._known or {}).values() if version]
        with whole(self._path) as file:
            file.write(json.dumps(known[-MOST:]).encode())

    def _recalled(self) -> dict[str, Version]:
        """A damaged file is as none: everything is asked for again."""
        with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
            kept = json.loads(self._path.read_bytes())
            found = [Version(**fields | {"parents": tuple(fields["parents"])}) for fields in kept]
            return {version.id: version for version in found}
        return {}
