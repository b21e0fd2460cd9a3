"""What one model said over time: read from its run's artifacts, from a folder of logs, or from a table of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gate.cache import evict, in_use
from gate.drift import Watch
from gate.evidence import Artifact, Run
from gate.observed import History, joined
from gate.ports import Untrusted
from gate.predictions.backends import RUN, backend_of
from gate.predictions.compare import Settings
from gate.predictions.history import history
from gate.predictions.logs import of_folder
from gate.predictions.reading import Reading, of_each, of_files
from gate.predictions.store import keep, key_of, recall_as
from gate.predictions.table import UnusablePredictions
from gate.predictions.warehouse import warehouse
from gate.stretches import MOST, Every, rechunked
from gate.workflow.tables import filled
from gate.workflow.world import World

Note = Callable[[str], None]


@dataclass(frozen=True)
class Source:
    """Reads one run's histories; what cannot be read is told in them, never raised."""

    world: World
    settings: Settings
    watch: Watch
    run: Run
    note: Note

    @property
    def reading(self) -> Reading:
        until = self.world.now().timestamp()
        memory, slices = self.settings.memory, self.settings.slices
        return Reading(self.watch.every, slices, until, memory, self.world.cache)

    def reference(self) -> History:
        return self._artifact(self.watch.reference)

    def later(self) -> History:
        """Everything that followed the test rows."""
        found = list(self._later())
        evict(self.world.cache, self.world.cache_bytes)
        if found:
            return joined(found)
        listed = " or ".join(f"'{name}'" for name in self.watch.current)
        return History(
            unread=(f"there are no later rows: the run {self.run.id} has no artifact {listed}, and no logs are named",)
        )

    def _later(self) -> Iterator[History]:
        for name in self.watch.current:
            if name in self.run.artifacts:
                yield self._artifact(name)
        if self.watch.logs:
            folder = self.watch.logs.replace(RUN, self.run.id)
            self.note(f"reading the logs in {folder}")
            yield of_folder(Path(folder), self.reading, self.note)
        if self.watch.connection:
            yield self._table(self.watch.table.replace(RUN, self.run.id))

    def _artifact(self, name: str) -> History:
        artifact = self.run.artifacts.get(name)
        if artifact is None:
            return History(unread=(f"the run {self.run.id} has no artifact '{name}'",))
        self.note(f"reading the artifact {name}")
        try:
            return _told(self._kept(artifact), name)
        except (Untrusted, UnusablePredictions) as error:
            return History(unread=(f"{name}: {error}",))

    def _kept(self, artifact: Artifact) -> History:
        """Counted once for each content."""
        folder = self.world.cache / "counts"
        key = key_of("artifact", artifact.sha256, repr(self.watch.every), self.settings.key)
        if (kept := recall_as(History, folder, key)) is not None:
            return kept
        with in_use(self.world.tracker.fetch(artifact, self.settings.max_bytes, self.note)) as path:
            found = of_files([path], self.reading)
        if not found.late:
            keep(folder, key, found)
        return found

    def _table(self, table: str) -> History:
        try:
            url = filled(self.watch.connection, self.world.environment)
            self.note(f"connecting to {backend_of(url)}")
            with warehouse(url, log=table) as engine:
                return _told(history(engine, "log", self.watch.every, self.settings.slices, self.reading.until), table)
        except UnusablePredictions as error:
            return History(unread=(f"{table}: {error}",))


def cut(found: History, every: Every, most: int = MOST) -> tuple[History, Every]:
    """In stretches as asked, slices too; and how long they came to be."""
    made, wide = rechunked(found, every, most)
    return replace(made, slices={name: rechunked(each, wide)[0] for name, each in made.slices.items()}), wide


def _told(found: History, name: str) -> History:
    """What a table lacks, with the name of the table."""
    return replace(found, lacks=tuple(f"{name}: {said}" for said in found.lacks))


def of_paths(paths: Sequence[Path], reading: Reading, note: Note = lambda _: None) -> list[History]:
    """Each file or folder by itself, without any service."""
    files = [path for path in paths if not path.is_dir()]
    counted = dict(zip(files, of_each(files, reading), strict=True))
    return [_told(counted[path] if path in counted else of_folder(path, reading, note), path.name) for path in paths]
