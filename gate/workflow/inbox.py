"""The candidates of all open pull requests: who they are is read in a few requests, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from gate.config import ConfigError, ScopePolicy
from gate.evidence import Run
from gate.ports import Absent, Pull, ServiceError
from gate.review import Review
from gate.selection import Choice, Wanted, choose_candidate
from gate.verdict import Finding, Verdict
from gate.workflow.check import Subject, assess, policies, standing, subject_of
from gate.workflow.incumbent import Incumbent, incumbent
from gate.workflow.world import World

LEFT_OUT = "they are left out of the list of candidates"


@dataclass(frozen=True)
class Waiting:
    """One pull request in one scope: its review, or in ``trouble`` why there is none; or it is ``judging`` still.

    The review is without what takes memory, counts and curves: it tells the verdict, and no packet to decide on.
    """

    pull: Pull
    scope: str
    review: Review | None
    trouble: str = ""
    judging: bool = False


@dataclass(frozen=True)
class Case:
    """A candidate, and all that its verdict rests on, or what that is read by."""

    pull: Pull
    subject: Subject
    scope: ScopePolicy
    choice: Choice
    against: Incumbent

    @property
    def key(self) -> tuple[int, str]:
        return self.pull.number, self.scope.name

    @property
    def grounds(self) -> tuple[object, ...]:
        """What the rules look at. Who else was decided about, and how runs are tagged, changes none of their findings;
        how often the test set was used by now is left to the review.
        """
        runs = (self.choice.run, self.against.best, self.against.anchor)
        made = (replace(run, tags=(), last_change="") if run else None for run in runs)
        return (self.subject.commit, self.scope, self.against.anchor_missing, *made)

    def entry(self, review: Review | None, trouble: str = "", judging: bool = False) -> Waiting:
        return Waiting(self.pull, self.scope.name, review, trouble, judging)


@dataclass(frozen=True)
class Queue:
    """All who wait, newest first: the ``cases`` to be judged, and the pull requests that no policy is read for."""

    cases: tuple[Case, ...] = ()
    without: tuple[Waiting, ...] = ()

    def listed(self, known: Callable[[Case], Waiting]) -> list[Waiting]:
        """Newest first, each case as it is ``known``."""
        entries = [*map(known, self.cases), *self.without]
        return sorted(entries, key=lambda entry: entry.pull.number, reverse=True)


def queue(world: World, note: Callable[[str], None] = lambda _: None) -> Queue:
    """One request for every hundred pull requests, one for their runs in each scope, and those for each best."""
    note("reading the open pull requests")
    by_base: dict[str, list[Pull]] = {}
    for pull in world.forge.pulls():
        by_base.setdefault(pull.base, []).append(pull)
    cases: list[Case] = []
    without: list[Waiting] = []
    for pulls in by_base.values():
        try:
            scopes = policies(world, subject_of(pulls[0]))
        except ConfigError as error:
            without += [Waiting(pull, "", None, str(error)) for pull in pulls]
            continue
        for scope in scopes:
            note(f"finding the runs of {len(pulls):,} pull requests")
            cases += _cases(world, pulls, scope)
    return Queue(tuple(sorted(cases, key=lambda case: case.key, reverse=True)), tuple(without))


def _cases(world: World, pulls: Sequence[Pull], scope: ScopePolicy) -> Iterator[Case]:
    runs: dict[str, list[Run]] = {}
    for run in world.tracker.runs_of(sorted({pull.head for pull in pulls}), scope.project):
        runs.setdefault(run.commit, []).append(run)
    against = incumbent(world, pulls[0].base_ref, scope)
    for pull in pulls:
        subject = subject_of(pull)
        wanted = Wanted(subject.commit, scope.project, scope.task, subject.repositories)
        yield Case(pull, subject, scope, choose_candidate(runs.get(pull.head, []), wanted), against)


def judged(world: World, case: Case) -> Waiting:
    """Its verdict, or why there is none."""
    try:
        review = assess(world, case.subject, case.scope, case.choice, case.against)
    except (ServiceError, Absent) as error:
        return case.entry(None, str(error))
    evidence = replace(review.evidence, counts=None, counts_missing=LEFT_OUT, anchor_counts=None, curves={})
    return case.entry(replace(review, evidence=evidence))


def as_of_now(world: World, known: Waiting, case: Case) -> Waiting:
    """What the rules found, with all that is to be said of both runs, the pull request and the ledger by now."""
    if known.review is None:
        return case.entry(None, known.trouble)
    said = standing(world, case.subject, case.scope, case.choice, case.against)
    found: tuple[Finding, ...] = known.review.verdict.findings[len(said) :]
    review = replace(
        known.review,
        verdict=Verdict((*said, *found)),
        pull=case.pull,
        base=case.subject.base,
        choice=case.choice,
        holders=case.against.holders,
        ledger=case.against.ledger,
    )
    return case.entry(review)


def waiting(world: World) -> list[Waiting]:
    """Open pull requests, newest first, each judged now for every scope of its base branch's policy."""
    return queue(world).listed(lambda case: judged(world, case))
