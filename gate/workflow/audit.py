"""Is the ledger what it was? Its hashes say so of itself; the anchors in the commit statuses say it from outside."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict

from gate.approval import APPROVAL
from gate.ledger import LedgerDamaged, Record, Scope
from gate.ports import Absent
from gate.spreadsheet import as_csv as spreadsheet
from gate.workflow.book import history
from gate.workflow.world import World

ANCHOR = re.compile(r"\[ledger (\d{1,9}) ([0-9a-f]{12})\]$")
NEWEST = 20  # approvals whose statuses are read
COLUMNS = ("seq", "at", "epoch", "kind", "login", "id", "identified", "candidate", "commit", "pull", "comment", "hash")


def audited(world: World, scope: Scope) -> tuple[int, int]:
    """How many records there are, and how many anchors agree with them.

    Raises:
        LedgerDamaged: a record was changed, or is not the one a commit status was posted for.
    """
    records = history(world.forge, scope)
    granted = [record for record in records if record.kind in ("promoted", "grant") and record.candidate]
    commits = dict.fromkeys(record.candidate.commit for record in granted[-NEWEST:] if record.candidate)
    return len(records), sum(_agreeing(world, scope, records, commit) for commit in commits)


def _agreeing(world: World, scope: Scope, records: Sequence[Record], commit: str) -> int:
    try:
        found = world.forge.statuses(commit, scope.context(APPROVAL))
    except Absent:
        return 0  # the commit was deleted with its fork
    anchors = [match for state, said in found if state == "success" and (match := ANCHOR.search(said))]
    for anchor in anchors:
        seq = int(anchor[1])
        if not 0 < seq <= len(records) or not records[seq - 1].hash.startswith(anchor[2]):
            raise LedgerDamaged(
                f"record {seq} is not the one that the status of commit {commit[:12]} was posted for: "
                "the ledger was cut or written anew"
            )
    return len(anchors)


def as_json(records: Sequence[Record]) -> str:
    """One record a line, as the ledger has them."""
    return "".join(json.dumps(asdict(record), ensure_ascii=False) + "\n" for record in records)


def as_csv(records: Sequence[Record]) -> bytes:
    """For a spreadsheet: no cell of it can be a formula."""
    rows = [_row(record) for record in records]
    return spreadsheet({name: [row[place] for row in rows] for place, name in enumerate(COLUMNS)})


def _row(record: Record) -> tuple[str, ...]:
    model, who = record.candidate or record.best, record.reviewer
    about = (model.task, model.commit, str(model.pull)) if model else ("", "", "")
    said = (str(record.seq), record.at, str(record.epoch), record.kind, who.login, str(who.id), who.how)
    return (*said, *about, record.comment, record.hash)
