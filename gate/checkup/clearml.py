"""What the ClearML server has of the runs that the policy names."""

from __future__ import annotations

from collections.abc import Iterator

from gate.checkup.clocks import judged
from gate.checkup.line import State
from gate.checkup.patient import Patient
from gate.config import ScopePolicy
from gate.evidence import Artifact, Run
from gate.workflow.book import open_book

Found = Iterator[tuple[State, str, str]]
UPDATE_TAGS = (2, 27)  # the API version that has tasks.update_tags, the only atomic change of a tag
MOST = 5_000_000  # bytes of an artifact that is read for a test


def reached(patient: Patient) -> Found:
    yield State.OK, f"logged in at {patient.clearml.host}", ""


def version(patient: Patient) -> Found:
    found = patient.clearml
    said = f"server {found.server_version or '?'}, API {found.api_version or '?'}"
    if _numbers(found.api_version) < UPDATE_TAGS:
        remedy = "update the server to 1.13 or later: older ones lose tags that are changed at the same time"
        yield State.WRONG, f"{said}, which has no tasks.update_tags", remedy
    else:
        yield State.OK, f"{said}, with tasks.update_tags", ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def project(patient: Patient) -> Found:
    for scope in patient.scopes:
        if patient.tracker.knows(scope.project):
            yield State.OK, f"{scope.name}: {scope.project}", ""
        else:
            remedy = "project in gate.toml is its whole name, with its parents and in the same case"
            yield State.WRONG, f"{scope.name}: there is no project {scope.project!r} that these keys may see", remedy


def runs(patient: Patient) -> Found:
    for scope in patient.scopes:
        found = patient.tracker.recent(scope.project, scope.task, 1)
        if found:
            yield State.OK, f"{scope.name}: the newest finished run called {scope.task!r} is {found[0].id}", ""
        else:
            remedy = "train once, or write the name that Task.init gets into gate.toml"
            yield State.WRONG, f"{scope.name}: no finished run of {scope.project!r} is called {scope.task!r}", remedy


def tag(patient: Patient) -> Found:
    for scope in patient.scopes:
        yield _held(scope, patient.holders[scope.name])


def _held(scope: ScopePolicy, holders: list[Run]) -> tuple[State, str, str]:
    if len(holders) == 1:
        return State.OK, f"{scope.name}: {scope.tag!r} is held by {holders[0].id}", ""
    if holders:
        ids = ", ".join(run.id for run in holders)
        remedy = "take it from all but one; if a ledger was begun, `gate adopt` or `gate restore` does"
        return State.WRONG, f"{scope.name}: {scope.tag!r} is held by {len(holders)} runs: {ids}", remedy
    remedy = f"give the tag to the run that is best now, then `gate ledger start --scope {scope.name}`"
    return State.UNSURE, f"{scope.name}: nobody holds {scope.tag!r}, so there is nothing to compare with", remedy


def file_server(patient: Patient) -> Found:
    """The smallest artifact of a best run, checked by its sha256; without one only whether the server answers."""
    files = patient.clearml.files
    found = _smallest(patient)
    if found is None:
        status = patient.tracker.reach_files()
        said = f"{files} answers ({status}); no best run has an artifact of at most {MOST:,} bytes to read"
        yield State.UNSURE, said, "run `gate doctor` again when a run has one"
        return
    patient.tracker.fetch(found, MOST)
    yield State.OK, f"{files}: read the artifact '{found.name}', {found.size:,} bytes, sha256 as recorded", ""


def _smallest(patient: Patient) -> Artifact | None:
    if "scopes" not in vars(patient):  # the policy could not be read, which has its own line
        return None
    runs = [run for scope in patient.scopes for run in patient.holders[scope.name]]
    small = [each for run in runs for each in run.artifacts.values() if each.size <= MOST]
    return min(small, key=lambda artifact: artifact.size, default=None)


def ledger(patient: Patient) -> Found:
    for scope in patient.scopes:
        book = open_book(patient.forge, patient.place(scope))
        tail = book.ledger.tail
        if tail is None:
            remedy = f"`gate ledger start --scope {scope.name}` records the run that holds the tag now"
            yield State.UNSURE, f"{scope.name}: it was not begun", remedy
        else:
            yield State.OK, f"{scope.name}: {tail.seq} records, the last is {tail.kind}", ""


def clock(patient: Patient) -> Found:
    yield judged("ClearML", patient.clearml.skew)
