"""How often each test set was used: one line for every candidate judged on it, on the branch of the ledger.

It is a tally, not a decision: it is not part of the chain of records, and nothing is promoted by it.
"""

from __future__ import annotations

import json
from datetime import UTC
from functools import cache

from gate.evidence import Reuse
from gate.ledger import Ledger, Scope
from gate.ports import Absent, Forge, Moved, ServiceError
from gate.review import Review
from gate.workflow.book import BRANCH, README
from gate.workflow.world import World

MOST = 4_000  # lines of a file; more would not be answered by the contents API as text
TRIES = 3


def path_of(scope: Scope, fingerprint: str) -> str:
    return f"evaluations/{scope.key}/{fingerprint[:32]}.jsonl"


class Tallies:
    """The tallies of one scope, each read once for all the candidates that are judged together."""

    def __init__(self, forge: Forge, scope: Scope) -> None:
        self.judged = cache(lambda fingerprint: frozenset(_read(forge, scope, fingerprint)[0]))


def reuse(tallies: Tallies, ledger: Ledger, fingerprint: str, candidate: str) -> Reuse:
    """How many candidates were judged on this test set, the present one among them, and how many of them promoted.

    Raises:
        ValueError: the tally is damaged.
    """
    judged = tallies.judged(fingerprint) | {candidate}
    promoted = {record.best.task for record in ledger.records if record.kind == "promoted" and record.best}
    return Reuse(fingerprint, len(judged), len(judged & promoted))


def remember(world: World, review: Review) -> None:
    """Add the candidate to the tally of its test set, once however often it is judged.

    Raises:
        ServiceError: others wrote the tally at the same moment, each time.
    """
    counts, candidate = review.evidence.counts, review.candidate
    if review.evidence.reuse is None or counts is None or candidate is None:
        return
    at = world.now().astimezone(UTC).isoformat(timespec="seconds")
    line = json.dumps({"candidate": candidate.id, "commit": review.commit, "at": at}) + "\n"
    path, message = path_of(review.scope, counts.fingerprint), f"evaluation {candidate.id}"
    for _ in range(TRIES):
        judged, text, sha = _read(world.forge, review.scope, counts.fingerprint)
        if candidate.id in judged or len(judged) >= MOST:
            return
        try:
            world.forge.write(path, text + line, BRANCH, message, sha)
        except Absent:
            world.forge.start_branch(BRANCH, README)
        except Moved:
            continue
        else:
            return
    raise ServiceError(f"the evaluation of {candidate.id} was not counted: others wrote {path} at the same moment")


def _read(forge: Forge, scope: Scope, fingerprint: str) -> tuple[list[str], str, str | None]:
    """The candidates judged so far, the file, and what its next version replaces."""
    found = forge.read(path_of(scope, fingerprint), BRANCH)
    if found is None:
        return [], "", None
    try:
        return [str(json.loads(line)["candidate"]) for line in found.content.splitlines()], found.content, found.sha
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"the tally {path_of(scope, fingerprint)} on {BRANCH} is damaged: {error}") from error
