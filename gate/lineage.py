"""Where a model comes from, and what became of it: one line for each fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gate.evidence import Run
from gate.figures import short
from gate.origin import Origin, Version
from gate.patch import touched
from gate.record import ENDS, Model, Record

DECIDED = frozenset((*ENDS.values(), "bootstrap", "reject", "changes", "grant"))
SHORT = 12  # digits of a commit or hash
UNITS = ("B", "kB", "MB", "GB", "TB")
FATES = {
    "now": "It is the best model",
    "replaced": "It was the best once, and was replaced",
    "decisions": "Nobody has decided about it",
}
NAMED = 6  # files that are named


@dataclass(frozen=True)
class Line:
    """``run``, ``commit`` or ``pull`` is what the text leads to, if anything; ``indent`` is how far back it lies."""

    name: str
    text: str
    run: str = ""
    commit: str = ""
    pull: int = 0
    indent: int = 0


@dataclass(frozen=True)
class Lineage:
    """``parent`` is the run that this one was cloned from, None where there is none or nobody has it any more."""

    origin: Origin
    versions: Mapping[str, Version] = field(default_factory=dict)
    parent: Run | None = None
    records: tuple[Record, ...] = ()

    @property
    def run(self) -> Run:
        return self.origin.run

    @property
    def sentence(self) -> str:
        """From which code and data it was trained, and what it is now."""
        names = [found.text.split(" · ")[0] for found in self.data() if found.run and not found.indent]
        data = f" on {', '.join(names)}" if names else ", on data that were not recorded"
        changed = " with uncommitted changes" if self.run.diff else ""
        code = f"commit {short(self.run.commit)}{changed}" if self.run.commit else "a commit that was not recorded"
        last = self.fate()[-1]
        return f"Trained from {code}{data}. {FATES.get(last.name, f'The last decision: {last.name}')}"

    def code(self) -> list[Line]:
        run, origin = self.run, self.origin
        return [
            Line("commit", run.commit or "not recorded", commit=run.commit),
            Line("uncommitted changes", _uncommitted(origin)),
            *_said({"repository": run.repository, "branch": run.branch, "script": origin.entry_point}),
        ]

    def machine(self) -> list[Line]:
        run, origin = self.run, self.origin
        times = {
            name: text[:19].replace("T", " ") for name, text in (("started", origin.started), ("ended", run.completed))
        }
        facts = {"executor": run.owner, "machine": origin.worker, "queue": origin.queue, "container": origin.container}
        return _said({"status": run.status, **times, **facts, "Python": origin.python, "tags": ", ".join(run.tags)})

    def data(self) -> list[Line]:
        """Each dataset version, and below it those it was made from."""
        found = [line for alias, ident in self.run.datasets.items() for line in self._ancestry(alias, ident)]
        return found or [Line("datasets", "none was recorded")]

    def kin(self) -> list[Line]:
        if not self.run.parent:
            return [Line("parent run", "none: it was not cloned")]
        name = self.run.parent if self.parent else f"{self.run.parent} (deleted, or not to be seen)"
        return [Line("parent run", name, run=self.run.parent if self.parent else "")]

    def fate(self) -> list[Line]:
        """The decisions on it, what made it the best, and what replaced it."""
        lines = [_decision(record) for record in self.records if _about(record, self.run.id)]
        return [*lines, *_successions(self.records, self.run.id)] or [Line("decisions", "none so far")]

    def _ancestry(self, name: str, ident: str) -> Iterator[Line]:
        """Depth first; each version once, should somebody have drawn a circle."""
        waiting, met = [(ident, 0)], set[str]()
        while waiting:
            each, depth = waiting.pop()
            if each in met:
                continue
            met.add(each)
            version = self.versions.get(each)
            yield Line(
                name if not depth else "made from", _version(each, version), run=each if version else "", indent=depth
            )
            waiting += [(parent, depth + 1) for parent in reversed(version.parents if version else ())]


def _said(facts: Mapping[str, str]) -> list[Line]:
    """Those that are known."""
    return [Line(name, text) for name, text in facts.items() if text]


def _uncommitted(origin: Origin) -> str:
    if not origin.run.diff:
        return "none were recorded"
    files = touched(origin.diff)
    more = f" and {len(files) - NAMED} more" if len(files) > NAMED else ""
    named = ", ".join(files[:NAMED]) + more if files else "no file is named"
    return f"yes: {named} (sha256 {origin.run.diff[:SHORT]})"


def _version(ident: str, version: Version | None) -> str:
    if version is None:
        return f"{ident} (deleted, or no dataset)"
    facts = [f"{version.name} {version.version}".strip(), size_text(version.size)]
    facts += [f"{version.files:,} files"] if version.files is not None else []
    return " · ".join(filter(None, [*facts, ident]))


def size_text(size: int | None) -> str:
    """Three digits and a unit, or nothing where it is not known."""
    if size is None:
        return ""
    power = min((len(str(abs(size))) - 1) // 3, len(UNITS) - 1)
    return f"{size / 1000**power:.3g} {UNITS[power]}"


def _about(record: Record, run: str) -> bool:
    model = record.best if record.kind == "bootstrap" else record.candidate
    return record.kind in DECIDED and model is not None and model.task == run


def _decision(record: Record) -> Line:
    override = record.candidate.override if record.candidate else None
    how = f" {override.said}" if override else ""
    packet = f", on packet {record.packet[:SHORT]}" if record.packet else ""
    text = f"{_when(record)} by {record.reviewer.login}{how}{packet}: {record.comment}"
    return Line(record.kind.replace("_", " "), text, pull=record.candidate.pull if record.candidate else 0)


def _successions(records: Sequence[Record], run: str) -> Iterator[Line]:
    """Each time that it ceased to be the best; and whether it is now."""
    best: Model | None = None
    for record in records:
        if best and best.task == run and record.best and record.best.task != run:
            text = f"by run {record.best.task} on {_when(record)}, {record.kind.replace('_', ' ')}"
            yield Line("replaced", text, run=record.best.task)
        best = record.best or best
    if best and best.task == run:
        yield Line("now", "it is the best model")


def _when(record: Record) -> str:
    return record.at[:16].replace("T", " ") + " UTC"
