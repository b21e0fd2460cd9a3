"""How often each test set was used: one line for every candidate judged on it, on the branch of the ledger.

It is a tally, not a decision: it is not part of the chain of records, and nothing is promoted by it.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from functools import cache
from typing import Any

from gate.evidence import Reuse
from gate.history import Use
from gate.ledger import Ledger, Scope
from gate.ports import Absent, Forge, Moved, ServiceError
from gate.review import Review
from gate.rules.testset import paired_error
from gate.workflow.book import AT_ONCE, BRANCH, README
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
    error = paired_error(counts)
    known = {} if error is None else {"error": float(f"{error:.4g}")}
    line = json.dumps({"candidate": candidate.id, "commit": review.commit, "at": at, **known}) + "\n"
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


def every(forge: Forge, scope: Scope, most: int) -> tuple[dict[str, list[Use]], list[str]]:
    """The uses of each test set by the first 32 digits of its fingerprint, of at most so many; and what is wrong."""
    found: dict[str, list[Use]] = {}
    names = [name for name in forge.names(f"evaluations/{scope.key}", BRANCH) if name.endswith(".jsonl")]
    wrong = [f"{len(names):,} test sets were used; {most:,} of them are shown"] if len(names) > most else []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        texts = pool.map(lambda name: forge.read(f"evaluations/{scope.key}/{name}", BRANCH), names[:most])
    for name, text in zip(names, texts, strict=False):
        try:
            lines = text.content.splitlines() if text else []
            found[name.removesuffix(".jsonl")] = [_use(json.loads(line)) for line in lines]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            wrong.append(f"the tally {name} of a test set on {BRANCH} is damaged: {error}")
    return found, wrong


def _use(line: dict[str, Any]) -> Use:
    error = line.get("error")
    return Use(str(line["candidate"]), str(line.get("at", "")), None if error is None else float(error))


def _read(forge: Forge, scope: Scope, fingerprint: str) -> tuple[list[str], str, str | None]:
    """The candidates judged so far, the file, and what its next version replaces."""
    found = forge.read(path_of(scope, fingerprint), BRANCH)
    if found is None:
        return [], "", None
    try:
        return [str(json.loads(line)["candidate"]) for line in found.content.splitlines()], found.content, found.sha
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"the tally {path_of(scope, fingerprint)} on {BRANCH} is damaged: {error}") from error
