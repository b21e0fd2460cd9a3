"""Read and append the ledger through the forge: a branch of the repository under review."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from gate import ledger
from gate.ledger import Kind, Ledger, LedgerDamaged, Model, Record, Reviewer, Scope
from gate.ports import Forge, Moved, Passing, Text
from gate.workflow import notices
from gate.workflow.verified import Verified
from gate.workflow.world import World

BRANCH = "gate-ledger"
AT_ONCE = 4  # segments that are asked for at the same time
README = (
    "# Ledger of promotions\n\nOne line of JSON per decision, each with the hash of the one before it. "
    "Written by Promotion Gate; do not edit by hand.\n"
)


@dataclass(frozen=True)
class Book:
    """A ledger as it was read, with what a compare-and-swap of its last segment needs: its ``text`` and ``sha``."""

    ledger: Ledger
    text: str = ""
    sha: str | None = None
    started: bool = False

    def sequel(self, kind: Kind, epoch: int, best: Model | None, **fields: object) -> Record:
        """The record that would come next, unsealed fields given by the caller."""
        seq, previous = self.ledger.link()
        return replace(_BLANK, kind=kind, epoch=epoch, best=best, seq=seq, previous_hash=previous, **fields)  # type: ignore[arg-type]


_verified = Verified().read
NOBODY = Reviewer("", 0, "")
_BLANK = Record("", 0, 0, "bootstrap", None, None, None, "", NOBODY, "", "", "")


def open_book(forge: Forge, scope: Scope, known: Book | None = None) -> Book:
    """The last two segments, verified. Two requests, and one for a segment before the last that ``known`` lacks.

    Raises:
        LedgerDamaged: a segment does not verify, or belongs to another scope.
    """
    names = forge.names(ledger.folder(scope), BRANCH)
    if not names:
        return Book(Ledger())
    before = _before(forge, scope, names, known)
    found = _segment(forge, scope, names[-1])
    read = _verified(found.content, before[-1] if before else None)
    if read.tail is None or read.tail.scope != scope.key:
        raise LedgerDamaged(f"the ledger's segment {names[-1]} is not of the scope {scope.key}")
    return Book(Ledger((*before, *read.records)), found.content, found.sha, started=True)


def _before(forge: Forge, scope: Scope, names: Sequence[str], known: Book | None) -> tuple[Record, ...]:
    """The segment before the last: full, so it never changes again."""
    if len(names) == 1:
        return ()
    records = known.ledger.records if known else ()
    kept = tuple(record for record in records if ledger.segment_of(record.seq) == len(names) - 1)
    if len(kept) == ledger.SEGMENT_RECORDS:
        return kept
    return _verified(_segment(forge, scope, names[-2]).content).records


def _segment(forge: Forge, scope: Scope, name: str) -> Text:
    found = forge.read(f"{ledger.folder(scope)}/{name}", BRANCH)
    if found is None:
        raise LedgerDamaged(f"the ledger's segment {name} vanished while it was read")
    return found


def bests(forge: Forge, scope: Scope, last: Ledger) -> list[str]:
    """The ids of all runs that ever were best; further requests only where the ledger has more than one segment."""
    records = history(forge, scope) if last.records and last.records[0].seq > 1 else last.records
    return sorted({record.best.task for record in records if record.best})


def append(world: World, scope: Scope, book: Book, record: Record) -> Book:
    """Append by compare-and-swap and read back. Raises `Moved` when somebody else appended first.

    The read-back alone decides: a write may be reported as failed and have been done. After a `Passing` failure the
    same call may be repeated: its compare-and-swap fails if the first was late, and the read-back finds the record.
    """
    forge = world.forge
    sealed = replace(record, scope=scope.key).sealed()
    segment = ledger.segment_of(sealed.seq)
    same = book.started and ledger.segment_of(sealed.seq - 1) == segment if sealed.seq > 1 else False
    text, previous = (book.text, book.sha) if same else ("", None)
    if not book.started:
        forge.start_branch(BRANCH, README)
    message = f"{sealed.kind} {sealed.candidate.task if sealed.candidate else ''}".strip()
    failed: Exception = Moved("another record was appended at the same moment")
    try:
        forge.write(ledger.segment_path(scope, segment), text + sealed.line(), BRANCH, message, previous)
    except Passing as error:
        failed = error
    except Moved as error:
        failed.__cause__ = error
    after = open_book(forge, scope, book)
    if after.ledger.holds(sealed):
        notices.appended(world, scope, sealed)
        return after
    raise failed


def history(forge: Forge, scope: Scope) -> tuple[Record, ...]:
    """All records, oldest first, verified from the first. One request for each segment, and one."""
    records: list[Record] = []
    names = forge.names(ledger.folder(scope), BRANCH)
    for number, name in enumerate(names, 1):
        if name != f"{number:06d}.jsonl":
            raise LedgerDamaged(f"segment {number:06d}.jsonl is missing")
    with ThreadPoolExecutor(AT_ONCE) as pool:  # one is parsed while the next are on their way
        texts = pool.map(lambda name: forge.read(f"{ledger.folder(scope)}/{name}", BRANCH), names)
        for name, found in zip(names, texts, strict=True):
            try:
                read = _verified(found.content if found else "", records[-1] if records else None)
            except LedgerDamaged as error:
                raise LedgerDamaged(f"{name}: {error}") from error
            records += read.records
    return tuple(records)


def verify(forge: Forge, scope: Scope) -> int:
    """Read every segment and verify the chain from the first record; the number of records.

    Raises:
        LedgerDamaged: naming the segment and the first bad line.
    """
    return len(history(forge, scope))
