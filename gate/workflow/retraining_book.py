"""Read and append the journal of the retraining loop, which lies on the ledger's branch in a folder of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from gate.ledger import SEGMENT_RECORDS, LedgerDamaged, Scope
from gate.ports import Forge, Moved, Passing
from gate.retraining import Event, Journal
from gate.retraining.journal import folder, read, segment_path
from gate.workflow.book import AT_ONCE, BRANCH, README
from gate.workflow.world import World


@dataclass(frozen=True)
class Pages:
    """A journal as it was read, with what a compare-and-swap of its last segment needs."""

    journal: Journal
    text: str = ""
    sha: str | None = None


def open_journal(forge: Forge, scope: Scope) -> Pages:
    """Every segment, verified; a training takes three events or four, so that a segment lasts for many.

    Raises:
        LedgerDamaged: a segment is missing, or does not verify.
    """
    names = forge.names(folder(scope.key), BRANCH)
    if names != [f"{number:06d}.jsonl" for number in range(1, len(names) + 1)]:
        raise LedgerDamaged(f"the retraining journal lacks a segment; it has {', '.join(names)}")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda name: forge.read(f"{folder(scope.key)}/{name}", BRANCH), names))
    if None in found:
        raise LedgerDamaged("a segment of the retraining journal vanished while it was read")
    texts = tuple(each.content for each in found if each)
    last = found[-1] if found else None
    return Pages(read(scope.key, texts), last.content if last else "", last.sha if last else None)


def append(world: World, scope: Scope, pages: Pages, event: Event) -> Pages:
    """Append by compare-and-swap and read back. Raises `Moved` when somebody else appended first.

    As in the ledger the read-back alone decides: a write may be reported as failed and have been done.
    """
    forge, sealed = world.forge, pages.journal.followed(event)
    if not pages.journal.events:
        forge.start_branch(BRANCH, README)
    begins = sealed.seq % SEGMENT_RECORDS == 1
    text, previous = ("", None) if begins else (pages.text, pages.sha)
    message = f"retraining: {sealed.kind} {sealed.trigger}".strip()
    failed: Exception = Moved("another event was appended at the same moment")
    try:
        forge.write(segment_path(scope.key, sealed.seq), text + sealed.line(), BRANCH, message, previous)
    except Passing as error:
        failed = error
    except Moved as error:
        failed.__cause__ = error
    after = open_journal(forge, scope)
    if after.journal.holds(sealed):
        return after
    raise failed
