"""What `check` reads, and from where: policy, runs, curves, predictions, and the packet that freezes it all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from gate.config import ConfigError
from gate.evidence import Artifact
from gate.policy import Policy
from gate.review import Review
from gate.verdict import Finding, Outcome, Verdict
from gate.workflow import Question, check
from tests.records import ledger
from tests.reviewer import a_better_candidate
from tests.small_world import CLASSES_RULE, POLICY, SmallWorld, parquet

NOWHERE = "f" * 40
LATER_FIRST = ((9, 0.2), (2, 0.95))  # iteration and value, as they were sent: the last one sent is not the last one


def report(owls: SmallWorld, task: str, points: tuple[tuple[int, float], ...]) -> None:
    for iteration, value in points:
        event = {"type": "training_stats_scalar", "task": task, "metric": "test", "variant": "accuracy"}
        owls.call("events.add", {**event, "iter": iteration, "value": value, "timestamp": 1_700_000_000_000})


def test_the_policy_is_that_of_the_base_and_never_that_of_the_pull_request(owls: SmallWorld) -> None:
    owls.run(owls.main(), {"test/accuracy": [0.9]}, tags=["best"])
    pull = owls.pull("Try")
    lax = owls.commit("Relax", {"gate.toml": POLICY.replace('"1pp"', '"90pp"')}, pull.head.sha)
    owls.as_user("mira").get_git_ref(f"heads/{pull.head.ref}").edit(lax)
    owls.run(lax, {"test/accuracy": [0.5]})
    review = check(owls.connect(), Question(pull=pull.number))
    assert review.verdict.outcome is Outcome.FAILED
    assert review.policy.source == "gate.toml on main"


@pytest.mark.parametrize("question", [{}, {"pull": 1, "commit": "a" * 40}, {"commit": "main"}, {"commit": ""}])
def test_a_question_names_one_pull_request_or_one_whole_commit(question: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        Question(**question)  # type: ignore[arg-type]


def test_a_commit_is_judged_by_its_open_pull_request_and_not_by_a_closed_one(owls: SmallWorld) -> None:
    first = owls.pull("Try")
    first.edit(state="closed")
    owls.as_user("mira").create_git_ref("refs/heads/again", first.head.sha)
    second = owls.as_user("mira").create_pull(base="main", head="again", title="Try again", body="")
    review = check(owls.connect(), Question(commit=first.head.sha))
    assert (review.pull.number if review.pull else 0, review.candidate) == (second.number, None)


def test_a_commit_that_a_pull_request_only_contains_is_not_judged_as_that(owls: SmallWorld) -> None:
    pull = owls.pull("Try")
    more = owls.commit("more", {"train.py": "print(2)\n"}, pull.head.sha)
    owls.as_user("mira").get_git_ref(f"heads/{pull.head.ref}").edit(more)
    run = owls.run(pull.head.sha)
    review = check(owls.connect(), Question(commit=pull.head.sha))
    assert (review.pull, review.candidate.id if review.candidate else "") == (None, run)


def test_a_commit_that_the_repository_does_not_have_is_judged_by_the_default_branch(owls: SmallWorld) -> None:
    review = check(owls.connect(), Question(commit=NOWHERE))
    assert (review.base_ref, review.pull, review.candidate) == ("main", None, None)
    assert review.verdict.exit_code == 3


def test_a_best_of_a_commit_that_the_repository_does_not_have_is_said(owls: SmallWorld) -> None:
    owls.run(NOWHERE, tags=["best"])
    pull = owls.pull("Try")
    owls.run(pull.head.sha)
    message = check(owls.connect(), Question(pull=pull.number)).verdict.findings[1].message
    assert message.endswith("commit ffffffffffff, which the repository does not know")


def test_of_several_holders_none_is_compared_with(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    owls.run(owls.main(), tags=["best"])
    review = check(owls.connect(), Question(pull=number))
    assert (review.best, review.verdict.exit_code) == (None, 5)


@pytest.mark.parametrize("who", ["best", "candidate"])
def test_the_last_value_is_that_of_the_highest_iteration_whoever_sent_it_late(owls: SmallWorld, who: str) -> None:
    pull = owls.pull("Try")
    tasks = {"best": owls.run(owls.main(), tags=["best"]), "candidate": owls.run(pull.head.sha)}
    report(owls, tasks[who], LATER_FIRST)
    evidence = check(owls.connect(), Question(pull=pull.number)).evidence
    run = evidence.best if who == "best" else evidence.candidate
    assert run is not None
    assert (run.scalars["test/accuracy"].last, run.scalars["test/accuracy"].high) == (0.2, 0.95)


def classes(owls: SmallWorld, content: bytes | None = None, **told: str) -> tuple[str, Finding]:
    """The candidate's task and what the classes rule says of its table; the best has one of three rows."""
    owls.set_policy(POLICY + CLASSES_RULE)
    rows = [("1", "owl", "owl"), ("2", "owl", "owl"), ("3", "bat", "owl")]
    owls.run(owls.main(), rows=rows, tags=["best"])
    pull = owls.pull("Try")
    candidate = owls.run(pull.head.sha, status="in_progress")
    if content is not None:
        owls.upload(candidate, "predictions", content, **told)
    owls.call("tasks.completed", {"task": candidate})
    return candidate, check(owls.connect(), Question(pull=pull.number)).verdict.findings[-1]


def test_the_tables_of_best_and_candidate_are_not_mixed_up(owls: SmallWorld) -> None:
    _, finding = classes(owls, parquet([("1", "owl", "bat"), ("2", "owl", "bat"), ("3", "bat", "bat")]))
    assert "Largest loss 'owl' 0.800 -> 0.000, which may be chance (n=2)" in finding.message


UNREADABLE = [
    (b"id,y_true\n", {}, "are not Parquet"),
    (parquet([("1", "owl", "owl")]), {"sha256": "0" * 64}, "is not what was uploaded"),
    (parquet([("1", "owl", "owl")]), {"uri": "file:///etc/passwd"}, "lies at file://"),
    (parquet([("1", "owl", "owl")]), {"uri": "http://127.0.0.1:9/x"}, "not on the file server"),
]


@pytest.mark.parametrize(("content", "told", "why"), UNREADABLE, ids=[row[2] for row in UNREADABLE])
def test_a_table_that_cannot_be_used_is_missing_evidence_with_the_reason(
    owls: SmallWorld, content: bytes, told: dict[str, str], why: str
) -> None:
    _, finding = classes(owls, content, **told)
    assert finding.outcome is Outcome.UNKNOWN
    assert why in finding.found


def test_a_run_without_a_table_is_named(owls: SmallWorld) -> None:
    candidate, finding = classes(owls)
    assert finding.outcome is Outcome.UNKNOWN
    assert f"the candidate's run {candidate} has no artifact 'predictions'" in finding.found


def test_tables_of_different_test_sets_are_left_to_a_person(owls: SmallWorld) -> None:
    _, finding = classes(owls, parquet([("9", "owl", "owl")]))
    assert finding.outcome is Outcome.REVIEW
    assert "not paired: the tables have no id in common" in finding.message


def with_candidate(**changed: object) -> Callable[[Review], Review]:
    def change(review: Review) -> Review:
        assert review.candidate is not None
        return replace(review, choice=replace(review.choice, run=replace(review.candidate, **changed)))

    return change


def with_best(review: Review) -> Review:
    assert review.best is not None
    return replace(review, evidence=replace(review.evidence, best=replace(review.best, id="another")))


def with_finding(review: Review) -> Review:
    first, *rest = review.verdict.findings
    return replace(review, verdict=Verdict((replace(first, found="something else"), *rest)))


CHANGES: dict[str, Callable[[Review], Review]] = {
    "repository": lambda review: replace(review, repository="skyline/bats"),
    "pull request": lambda review: replace(review, pull=None),
    "head": lambda review: replace(review, commit="b" * 40),
    "base branch": lambda review: replace(review, base_ref="develop"),
    "base commit": lambda review: replace(review, base="b" * 40),
    "scope": lambda review: replace(review, scope=replace(review.scope, tag="other")),
    "no candidate": lambda review: replace(review, choice=replace(review.choice, run=None)),
    "candidate": with_candidate(id="another"),
    "its status": with_candidate(status="published"),
    "its diff": with_candidate(diff="5e1f"),
    "its commit": with_candidate(commit="b" * 40),
    "its last change": with_candidate(last_change="2030-01-01"),
    "its dataset": with_candidate(datasets={"train": "d1"}),
    "its artifact": with_candidate(artifacts={"predictions": Artifact("predictions", "", 1, "5e1f")}),
    "best": with_best,
    "epoch": lambda review: replace(review, ledger=ledger("promoted", candidate=None)),
    "decision": lambda review: replace(review, ledger=ledger("reject", candidate=review.model, epoch=0)),
    "policy": lambda review: replace(review, policy=Policy(review.policy.rules, review.policy.source, "5e1f")),
    "finding": with_finding,
}


def test_whatever_a_decision_rests_on_changes_the_packet(owls: SmallWorld) -> None:
    number, *_ = a_better_candidate(owls)
    review = check(owls.connect(), Question(pull=number))
    assert check(owls.connect(), Question(pull=number)).packet_digest == review.packet_digest
    unnoticed = [what for what, change in CHANGES.items() if change(review).packet_digest == review.packet_digest]
    assert unnoticed == []
