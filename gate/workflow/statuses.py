"""The commit status ``model-approval``: what it says, and posting it so that it is there once."""

from __future__ import annotations

from gate.approval import APPROVAL
from gate.ledger import Ledger, Scope
from gate.markdown import visible
from gate.record import Record
from gate.workflow.world import World

LONGEST = 140
WORDS = {
    "pending": "A reviewer's decision is being carried out",
    "success": "Approved: this model is the best now",
    "failure": "Rejected by a reviewer",
    "error": "The promotion met a conflict; a person must settle it",
}
NEGATIVE = {"reject": "Rejected", "changes": "Changes requested"}
ENDED = {"rollback": "Rolled back", "rolled_back": "Rolled back", "adopt": "Replaced", "adopted": "Replaced"}


def post(world: World, scope: Scope, ledger: Ledger, commit: str, state: str) -> None:
    """Post what is not there yet: a status whose answer was lost is not posted again."""
    context = scope.context(APPROVAL)
    if world.forge.status(commit, context) == state:
        return
    tail = ledger.tail
    pull = tail.candidate.pull if tail and tail.candidate and tail.candidate.commit == commit else 0
    world.forge.post_status(commit, context, state, words(tail, commit, state), world.review_url(pull, scope.name))


def words(tail: Record | None, commit: str, state: str) -> str:
    """At most 140 characters. A success ends with its anchor: the record of the ledger it follows from."""
    if tail is None or state in ("pending", "error"):
        return WORDS[state]
    if state == "success":
        return _cut(_granted(tail), anchor(tail))
    kinds = ENDED if commit in tail.revokes else NEGATIVE
    said = kinds.get(tail.stage, "Withdrawn")
    return _cut(f"{said} by {tail.reviewer.login}: {tail.comment}")


def _granted(tail: Record) -> str:
    override = tail.candidate.override if tail.candidate else None
    if override:
        return f"OVERRIDE by {override.by} until {override.expires[:10]}: {override.reason}"
    return WORDS["success"] if tail.stage == "promoted" else "Approved: it becomes the best when this is merged"


def anchor(record: Record) -> str:
    """A ledger that is written anew cannot also change what stands in the commit statuses."""
    return f" [ledger {record.seq} {record.hash[:12]}]"


def _cut(text: str, end: str = "") -> str:
    return visible(text, LONGEST - len(end)) + end
