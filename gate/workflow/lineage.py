"""Trace one run: itself, the run it was cloned from, and its data's ancestors. Three requests at most."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gate.lineage import Lineage
from gate.ports import Absent
from gate.record import Record
from gate.workflow.world import World

IDENT = re.compile(r"[0-9a-f]{32}")


def trace(world: World, run: str, records: Sequence[Record] = ()) -> Lineage:
    """``records`` are the ledger's of its scope. Raises `Absent` where the tracker has no such run."""
    found = world.tracker.origins([run]) if IDENT.fullmatch(run) else []
    if not found:
        raise Absent(f"ClearML has no run {run}: it was deleted, or the address is wrong")
    origin = found[0]
    datasets = [ident for ident in sorted(set(origin.run.datasets.values())) if IDENT.fullmatch(ident)]
    versions = {version.id: version for version in world.tracker.versions(datasets)}
    parents = world.tracker.runs([origin.run.parent]) if IDENT.fullmatch(origin.run.parent) else []
    return Lineage(origin, versions, parents[0] if parents else None, tuple(records))
