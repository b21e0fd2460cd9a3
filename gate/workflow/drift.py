"""Watch one model: find its run, read what it said on its test rows and later, and what another model repairs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gate.config import ConfigError, ScopePolicy, choose_scope, parse
from gate.drift import Drift, Watch
from gate.drift.repair import Repair
from gate.evidence import Run
from gate.predictions.reading import Reading
from gate.selection import Wanted, choose_candidate
from gate.window import Window, training_window
from gate.workflow.check import Question, Subject, find_subject, scope_policy
from gate.workflow.histories import Note, Source, cut, of_paths
from gate.workflow.predictions import counts_of
from gate.workflow.scopes import scopes_of_default_branch
from gate.workflow.world import World

AT_TEST = 100  # stretches of the test rows that a timeline has


class Unwatched(Exception):
    """There is no model to watch, or its run is not known: an answer in a sentence."""


@dataclass(frozen=True)
class Watched:
    """What to look at: the best of a scope, or one ``run``; and a ``candidate`` that may repair it, a run or that of a
    ``pull`` request.
    """

    scope: str | None = None
    run: str | None = None
    candidate: str | None = None
    pull: int | None = None


def drift(world: World, watched: Watched, note: Note = lambda _: None) -> Drift:
    """Raises `Unwatched` where no run can be watched, `ConfigError` for a policy that cannot be read."""
    note("reading the policy")
    subject, scope = _scope(world, watched)
    note("finding the runs")
    run = _run(world, watched.run) if watched.run else _best(world, scope)
    candidate = _candidate(world, watched, subject, scope)
    found = _read(world, scope, run, note)
    if candidate is not None and candidate.id != run.id:
        found = _repaired(world, scope, found, candidate, note)
    return found


def of_files(
    reference: Path, current: Path, watch: Watch, reading: Reading, note: Callable[[str], None] = lambda _: None
) -> Drift:
    """Files or folders beside each other, without any service."""
    before, after = of_paths([reference, current], reading, note)
    later, every = cut(after, watch.every)
    return Drift("files", watch, None, cut(before, every, AT_TEST)[0], later, every.said)


def scope_of_file(path: Path, name: str | None, environment: Mapping[str, str]) -> ScopePolicy:
    """A policy on disk, for files on disk. Raises `ConfigError`."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    return choose_scope(parse(text, str(path)), name, environment)


def _scope(world: World, watched: Watched) -> tuple[Subject | None, ScopePolicy]:
    if watched.pull is not None:
        subject = find_subject(world, Question(pull=watched.pull))
        return subject, scope_policy(world, subject, watched.scope)
    return None, choose_scope(scopes_of_default_branch(world), watched.scope, world.environment)


def _run(world: World, ident: str) -> Run:
    found = world.tracker.runs([ident])
    if not found:
        raise Unwatched(f"there is no run {ident}")
    return found[0]


def _best(world: World, scope: ScopePolicy) -> Run:
    holders = world.tracker.holders(scope.tag, scope.project, scope.task)
    if len(holders) != 1:
        listed = ", ".join(run.id for run in holders) or "none"
        raise Unwatched(f"exactly one run must hold the tag '{scope.tag}' to be watched; found: {listed}")
    return holders[0]


def _candidate(world: World, watched: Watched, subject: Subject | None, scope: ScopePolicy) -> Run | None:
    if watched.candidate:
        return _run(world, watched.candidate)
    if subject is None:
        return None
    wanted = Wanted(subject.commit, scope.project, scope.task, subject.repositories)
    return choose_candidate(world.tracker.runs_of([subject.commit], scope.project), wanted).run


def _read(world: World, scope: ScopePolicy, run: Run, note: Note) -> Drift:
    source = Source(world, scope.predictions, scope.watch, run, note)
    later, every = cut(source.later(), scope.watch.every)
    window, why = training_window(run)
    trained = {} if window is None else {run.id: window}
    reference = cut(source.reference(), every, AT_TEST)[0]
    return Drift(scope.name, scope.watch, run, reference, later, every.said, trained=trained, untrained=why)


def _repaired(world: World, scope: ScopePolicy, found: Drift, candidate: Run, note: Note) -> Drift:
    """What the candidate gets right of the same later rows."""
    window, _ = training_window(candidate)
    trained: dict[str, Window] = {**found.trained, **({} if window is None else {candidate.id: window})}
    made = replace(found, candidate=candidate, trained=trained)
    name = next((name for name in scope.watch.current if name in candidate.artifacts), "")
    if not name:
        return replace(made, repair_missing=f"the run {candidate.id} has no predictions on later rows")
    note("comparing both models on the later rows")
    counts, why = counts_of(world, replace(scope.predictions, artifact=name), found.run, candidate, note)
    if counts is None:
        return replace(made, repair_missing=why)
    if not (counts.per_class.overlap and counts.rows and found.before.labelled):
        return replace(made, repair_missing=f"both models must have answered for the same rows: {counts.pairing.said}")
    before = found.before.right / found.before.labelled
    old, new = (float(m.hits.sum()) / counts.rows for m in (counts.per_class.best, counts.per_class.candidate))
    return replace(made, repair=Repair(counts, before, old, new), repair_missing="")
