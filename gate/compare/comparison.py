"""What two runs have in common and what not, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gate.compare.differences import Difference, differences
from gate.compare.packages import packages, python
from gate.lineage import size_text
from gate.origin import Origin, Version
from gate.patch import touched
from gate.ports import Relation
from gate.secrecy import masked, redacted

SHORT = 12  # digits of a hash


@dataclass(frozen=True)
class Section:
    """One part; ``note`` says what is not known about it."""

    name: str
    lines: tuple[Difference, ...]
    note: str = ""

    @property
    def differing(self) -> tuple[Difference, ...]:
        return tuple(line for line in self.lines if line.kind != "same")


@dataclass(frozen=True)
class Files:
    """The files of both commits, each with what tells its content; None with ``note``, where they are not known."""

    a: Mapping[str, str] | None = None
    b: Mapping[str, str] | None = None
    relation: Relation | None = None
    note: str = ""


@dataclass(frozen=True)
class Comparison:
    """Run ``a`` against run ``b``: in every difference the first value is A's. ``relation`` is that of the commits."""

    a: Origin
    b: Origin
    sections: tuple[Section, ...]
    relation: Relation | None = None

    def section(self, name: str) -> Section:
        return next(section for section in self.sections if section.name == name)

    @property
    def same(self) -> bool:
        """Whether nothing that was looked at differs, results included."""
        return not any(section.differing for section in self.sections)


def compared(a: Origin, b: Origin, versions: Mapping[str, Version], files: Files) -> Comparison:
    """``versions`` are the dataset versions that both used, as far as they are known, by id."""
    sections = (
        Section("parameters", differences(a.run.parameters, b.run.parameters, masked)),
        Section("datasets", differences(_datasets(a, versions), _datasets(b, versions))),
        Section("code", differences(_code(a), _code(b))),
        Section("files", _files(files), files.note),
        Section("uncommitted files", differences(_patched(a), _patched(b))),
        _packages(a, b),
        Section("machine", differences(_machine(a), _machine(b))),
        Section("results", differences(_results(a), _results(b))),
    )
    return Comparison(a, b, sections, files.relation)


def _datasets(origin: Origin, versions: Mapping[str, Version]) -> dict[str, str]:
    return {alias: _named(ident, versions.get(ident)) for alias, ident in origin.run.datasets.items()}


def _named(ident: str, version: Version | None) -> str:
    if version is None:
        return ident
    return " · ".join(filter(None, (f"{version.name} {version.version}".strip(), size_text(version.size), ident)))


def _code(origin: Origin) -> dict[str, str]:
    run = origin.run
    facts = {"commit": run.commit, "repository": redacted(run.repository), "branch": run.branch}
    facts |= {"script": origin.entry_point, "folder": origin.working_dir}
    facts |= {"uncommitted changes": f"sha256 {run.diff[:SHORT]}" if run.diff else "none"}
    return _known(facts)


def _machine(origin: Origin) -> dict[str, str]:
    facts = {"executor": origin.run.owner, "machine": origin.worker, "queue": origin.queue}
    return _known(facts | {"container": redacted(origin.container)})


def _known(facts: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in facts.items() if text}


def _files(files: Files) -> tuple[Difference, ...]:
    """Of equal files there may be thousands, and nobody asks for them."""
    if files.a is None or files.b is None:
        return ()
    return tuple(line for line in differences(files.a, files.b) if line.kind != "same")


def _patched(origin: Origin) -> dict[str, str]:
    """What each run changed besides its commit; the same patch is the same in every file."""
    return dict.fromkeys(touched(origin.diff), f"patch {origin.run.diff[:SHORT]}")


def _packages(a: Origin, b: Origin) -> Section:
    without = [name for name, origin in (("A", a), ("B", b)) if not origin.packages.strip()]
    note = f"no requirements were recorded with {' and '.join(without)}" if without else ""
    return Section("packages", differences(_installed(a), _installed(b), lambda _, value: redacted(value)), note)


def _installed(origin: Origin) -> dict[str, str]:
    version = python(origin.packages) or origin.python
    return packages(origin.packages) | ({"(Python)": version} if version else {})


def _results(origin: Origin) -> dict[str, str]:
    """The last value of each curve, as the tracker summarises it."""
    return {name: f"{scalar.last:.6g}" for name, scalar in origin.run.scalars.items()}
