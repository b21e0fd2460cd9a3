"""Where the counts of two runs come from: kept ones by content, else counted now from the runs' artifacts or tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack

from gate.cache import evict, in_use
from gate.confusion import NoMatrix, counts_of_matrices
from gate.counts import Counts
from gate.evidence import Artifact, Run
from gate.ports import Untrusted
from gate.predictions.compare import Settings, compare
from gate.predictions.store import keep, key_of, recall
from gate.predictions.table import UnusablePredictions
from gate.workflow.tables import counts_of_tables
from gate.workflow.world import World


def counts_of(
    world: World,
    settings: Settings,
    best: Run | None,
    candidate: Run | None,
    note: Callable[[str], None] = lambda _: None,
) -> tuple[Counts | None, str]:
    """The counts of both runs' predictions, or None with the reason in a sentence."""
    if candidate is None or best is None:
        return None, f"there is no {'candidate' if candidate is None else 'best'} to read predictions of"
    if settings.connection:
        try:
            return counts_of_tables(world.cache, world.environment, settings, (best, candidate), note)
        finally:
            evict(world.cache, world.cache_bytes)
    for who, run in (("candidate", candidate), ("best", best)):
        if settings.artifact not in run.artifacts:
            without = f"the {who}'s run {run.id} has no artifact '{settings.artifact}'"
            return _of_matrices(world, settings.confusion, best, candidate, without, note)
    artifacts = [run.artifacts[settings.artifact] for run in (best, candidate)]
    key = key_of(*(artifact.sha256 for artifact in artifacts), settings.key)
    if (kept := recall(world.cache / "counts", key)) is not None:
        return kept, ""
    try:
        counts = _counted(world, settings, artifacts, note)
    except (Untrusted, UnusablePredictions) as error:
        return None, str(error)
    finally:
        evict(world.cache, world.cache_bytes)
    keep(world.cache / "counts", key, counts)
    return counts, ""


def _of_matrices(
    world: World, name: str, best: Run, candidate: Run, without: str, note: Callable[[str], None]
) -> tuple[Counts | None, str]:
    """For want of predictions: what the confusion matrices of both runs say."""
    note("reading confusion matrices")
    of_best, of_candidate = (world.tracker.matrices(run, name) for run in (best, candidate))
    try:
        return counts_of_matrices(of_best, of_candidate, name), ""
    except NoMatrix as error:
        return None, f"{without}, and {error}"


def _counted(world: World, settings: Settings, artifacts: Sequence[Artifact], note: Callable[[str], None]) -> Counts:
    with ExitStack() as held:
        paths = [
            held.enter_context(in_use(world.tracker.fetch(artifact, settings.max_bytes, note)))
            for artifact in artifacts
        ]
        return compare(paths[:1], paths[1:], settings, note)
