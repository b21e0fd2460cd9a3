"""Judge one commit for one scope: find the runs, gather the evidence, apply the policy of the base branch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC

from gate.config import BY_INPUTS, ConfigError, ScopePolicy, choose_scope, from_inputs, named_by_inputs, parse
from gate.policy import judge
from gate.ports import Absent, Pull
from gate.review import Review
from gate.selection import Choice, Wanted, choose_candidate, is_sha
from gate.standing import best_finding, candidate_finding
from gate.telemetry import Stopwatch, tell
from gate.verdict import Finding
from gate.workflow.evidence import gather
from gate.workflow.incumbent import Incumbent, incumbent
from gate.workflow.installed import require
from gate.workflow.world import NO_POLICY, POLICY_FILE, World


@dataclass(frozen=True)
class Question:
    """What to judge: a pull request or a commit (one of them), and the scope if the policy has several."""

    pull: int | None = None
    commit: str | None = None
    scope: str | None = None

    def __post_init__(self) -> None:
        if (self.pull is None) == (self.commit is None):
            raise ConfigError("name either a pull request or a commit")
        if self.commit is not None and not is_sha(self.commit):
            raise ConfigError(
                f"{self.commit!r} is not a commit id: give all 40 lower-case hexadecimal digits (git rev-parse)"
            )


@dataclass(frozen=True)
class Subject:
    """The commit under review, the branch it wants to join, and where its code may have been cloned from."""

    commit: str
    base_ref: str
    base: str
    repositories: tuple[str, ...]
    pull: Pull | None = None


def check(world: World, question: Question, note: Callable[[str], None] = lambda _: None) -> Review:
    """Judge, reading only. ``note`` is told what is being done, for a progress line."""
    note("reading the pull request")
    subject = find_subject(world, question)
    scope = scope_policy(world, subject, question.scope)
    require(scope)
    note("finding the runs")
    wanted = Wanted(subject.commit, scope.project, scope.task, subject.repositories)
    choice = choose_candidate(world.tracker.runs_of([subject.commit], scope.project), wanted)
    return assess(world, subject, scope, choice, incumbent(world, subject.base_ref, scope), note)


def assess(
    world: World,
    subject: Subject,
    scope: ScopePolicy,
    choice: Choice,
    against: Incumbent,
    note: Callable[[str], None] = lambda _: None,
) -> Review:
    """The part that follows once the runs are found: evidence and verdict."""
    at = world.now().astimezone(UTC).isoformat(timespec="microseconds")
    watch = Stopwatch()
    note("reading the evidence")
    evidence = gather(world, scope, choice.run, against, note)
    review = Review(
        name=scope.name,
        scope=against.place,
        repository=world.repository,
        policy=scope.policy,
        base_ref=subject.base_ref,
        base=subject.base,
        commit=subject.commit,
        pull=subject.pull,
        choice=choice,
        evidence=evidence,
        holders=against.holders,
        ledger=against.ledger,
        verdict=judge(evidence, scope.policy, standing(world, subject, scope, choice, against)),
        reading=scope.predictions,
        approval=scope.approval,
        at=at,
    )
    verdict, pull = review.verdict.outcome.value, subject.pull.number if subject.pull else None
    tell("judged", verdict=verdict, scope=scope.name, pull=pull, commit=subject.commit, seconds=watch.seconds)
    return review


def standing(
    world: World, subject: Subject, scope: ScopePolicy, choice: Choice, against: Incumbent
) -> tuple[Finding, Finding]:
    """What is to be said of the two runs, before any rule."""
    return (
        candidate_finding(choice, Wanted(subject.commit, scope.project, scope.task, subject.repositories)),
        best_finding(
            against.holders, against.ledger, scope.tag, against.on_base, subject.base_ref, world.now().isoformat()
        ),
    )


def find_subject(world: World, question: Question) -> Subject:
    if question.pull is not None:
        return subject_of(world.forge.pull(question.pull))
    assert question.commit is not None
    try:
        pulls = world.forge.pulls_of(question.commit)
    except Absent:
        pulls = []
    if pulls:
        return subject_of(pulls[0])
    home = world.forge.repository()
    return Subject(question.commit, home.default_branch, home.default_branch, home.clone_urls)


def subject_of(pull: Pull) -> Subject:
    return Subject(pull.head, pull.base_ref, pull.base, pull.repositories, pull)


def scope_policy(world: World, subject: Subject, name: str | None) -> ScopePolicy:
    """The policy of the base branch, never of the pull request; else that of the CLEARML_* inputs alone."""
    if world.policy == NO_POLICY and name in (None, BY_INPUTS):
        return from_inputs(world.environment, alone=world.forge.read(POLICY_FILE, subject.base) is None)
    scopes = policies(world, subject)
    if scopes:
        return choose_scope(scopes, name, world.environment)
    if world.policy == POLICY_FILE and named_by_inputs(world.environment):
        return from_inputs(world.environment)
    raise ConfigError(
        f"{world.repository} has no {world.policy} on {subject.base_ref}, and the CLEARML_* inputs "
        f"{'are not set' if world.policy == POLICY_FILE else 'count only for the default policy'}: "
        "there is nothing to judge by"
    )


def policies(world: World, subject: Subject) -> list[ScopePolicy]:
    path = POLICY_FILE if world.policy == NO_POLICY else world.policy
    found = world.forge.read(path, subject.base)
    return parse(found.content, f"{path} on {subject.base_ref}") if found else []
